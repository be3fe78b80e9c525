import {
  type Account,
  copied,
  endAccountProduct,
  type ProductSettings,
  startAccount,
  startAccountProduct,
} from './amocrm-product.js';
import { runTasks } from './amocrm-tasks.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { log, query, start } from './workshop.js';

/** What the host grants an integration in an account, and the most rows of a page and of a write. */
const PER_SECOND = 7;
const PER_REQUEST = 250;
/** The same extras that our client asks for. */
const EXTRAS = ['contacts', 'source_id'];
const HISTORY = ['stageHistory'];
const PEER_REDIRECT = 'https://integrator.example/callback';

interface Taken {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Triple {
  readonly product: Taken;
  /** The same while no history is copied beside it. */
  readonly alone: Taken;
  readonly peer: Taken;
}

/** Copying leads with the host's limits and without, and writing tasks, also with kill -9 half-way. */
export async function amocrm(options: BenchOptions): Promise<Report> {
  const leads = options.quick ? 10_000 : 100_000;
  const tasks = options.quick ? 4_000 : 10_000;
  const leadsBound = leads / PER_REQUEST / PER_SECOND;
  const tasksBound = tasks / PER_REQUEST / PER_SECOND;
  const { product, alone, peer } = await withoutLimits(leads, options.rounds);
  const limited = await withLimits(leads, {});
  const limitedAlone = await withLimits(leads, { without: HISTORY });
  const whole = await runTasks(tasks, false);
  log(`tasks undisturbed: ${JSON.stringify(whole)}`);
  const killed = await runTasks(tasks, true);
  log(`tasks killed half-way: ${JSON.stringify(killed)}`);
  return {
    name: 'amocrm',
    figures: {
      leads,
      leadsBoundSeconds: rounded(leadsBound),
      leadsSeconds: rounded(limited.seconds),
      leadsOfBound: rounded(limited.seconds / leadsBound),
      leadsAloneSeconds: rounded(limitedAlone.seconds),
      leadsAloneOfBound: rounded(limitedAlone.seconds / leadsBound),
      leadsRefusals: limited.refusals + limitedAlone.refusals,
      productRowsPerSecond: rounded(product.rows / product.seconds),
      peerRowsPerSecond: rounded(peer.rows / peer.seconds),
      rowsPerSecondOfPeer: rounded(product.rows / product.seconds / (peer.rows / peer.seconds)),
      aloneRowsPerSecond: rounded(alone.rows / alone.seconds),
      aloneRowsPerSecondOfPeer: rounded(alone.rows / alone.seconds / (peer.rows / peer.seconds)),
      productCpuSeconds: rounded(product.cpuSeconds),
      peerCpuSeconds: rounded(peer.cpuSeconds),
      tasks,
      tasksBoundSeconds: rounded(tasksBound),
      tasksSeconds: rounded(whole.seconds),
      tasksSavingSeconds: rounded(whole.savingSeconds),
      tasksOfBound: rounded(whole.seconds / tasksBound),
      tasksRequests: whole.requests,
      killedSeconds: rounded(killed.seconds),
      killedOfBound: rounded(killed.seconds / tasksBound),
      killedRequests: killed.requests,
      missing: whole.missing + killed.missing,
      twice: whole.twice + killed.twice,
      tasksRefusals: whole.refusals + killed.refusals,
    },
    targets: {
      leadsOfBound: { atMost: 1.02 },
      rowsPerSecondOfPeer: { atLeast: 1 },
      tasksOfBound: { atMost: 1.02 },
      killedOfBound: { atMost: 1.02 },
      missing: { atMost: 0 },
      twice: { atMost: 0 },
    },
    notes: [
      `bounds: rows / ${PER_REQUEST} a request / ${PER_SECOND} requests a second; checks for deleted rows, look-ups, saving the wishes and the restart are not in them`,
      'leads: from the start to the end of their step of the first copy, stored; the peer lists the same and stores nothing',
      'alone: the same without the stage history, which the product copies side by side and out of the same requests; no target is held against it',
      'product CPU: of the service from its start, until leads are copied',
    ],
  };
}

/** Over TLS, as the peer insists; product and peer in turn, medians. */
async function withoutLimits(leads: number, rounds: number): Promise<Triple> {
  const account = await startAccount({ deals: leads, tls: true, limits: false });
  const products: Taken[] = [];
  const alones: Taken[] = [];
  const peers: Taken[] = [];
  for (let round = 1; round <= rounds; round++) {
    const product = await copy(account, leads, { unlimited: true });
    const alone = await copy(account, leads, { unlimited: true, without: HISTORY });
    const peer = await list(account, leads);
    products.push(product);
    alones.push(alone);
    peers.push(peer);
    log(`round ${round}: product ${words(product)}; without history ${words(alone)}; peer ${words(peer)}`);
  }
  await account.process.stop();
  return { product: middle(products), alone: middle(alones), peer: middle(peers) };
}

async function withLimits(
  leads: number,
  settings: ProductSettings,
): Promise<Taken & { readonly refusals: number }> {
  const account = await startAccount({ deals: leads, tls: false, limits: true });
  const taken = await copy(account, leads, settings);
  const { requestsByMethod, refusals } = await account.state();
  log(`with limits: ${words(taken)}; requests ${JSON.stringify(requestsByMethod)}`);
  await account.process.stop();
  return { ...taken, refusals: (refusals['429'] ?? 0) + (refusals['403'] ?? 0) };
}

async function copy(account: Account, leads: number, settings: ProductSettings): Promise<Taken> {
  const product = await startAccountProduct(account, settings);
  const seconds = await copied(product, 'deals');
  const { cpuSeconds } = await product.process.usage();
  const [stored] = await query<{ rows: number }>(
    product.databaseUrl,
    'SELECT count(*)::int AS rows FROM deal',
  );
  await endAccountProduct(account, product);
  const rows = stored?.rows ?? 0;
  if (rows < leads) throw new Error(`the copy is not whole: ${rows} of ${leads}`);
  return { rows, seconds, cpuSeconds };
}

async function list(account: Account, leads: number): Promise<Taken> {
  const integration = await account.post<{ readonly clientId: string; readonly clientSecret: string }>(
    '/applications',
    { title: 'Peer', redirectUri: PEER_REDIRECT },
  );
  const token = await account.post<object>(`/applications/${integration.clientId}/tokens`, {});
  const credentials = {
    client_id: integration.clientId,
    client_secret: integration.clientSecret,
    redirect_uri: PEER_REDIRECT,
  };
  const settings = { url: account.url, credentials, token, limit: PER_REQUEST, extras: EXTRAS };
  const peer = await start('peer-amo', settings, account.trusting);
  const taken = await peer.ask<Taken>({ kind: 'fetch' });
  await peer.stop();
  if (taken.rows < leads) throw new Error(`the peer listed ${taken.rows} of ${leads}`);
  return taken;
}

function middle(all: readonly Taken[]): Taken {
  return {
    rows: median(all.map((one) => one.rows)),
    seconds: median(all.map((one) => one.seconds)),
    cpuSeconds: median(all.map((one) => one.cpuSeconds)),
  };
}

function words({ rows, seconds, cpuSeconds }: Taken): string {
  return `${rows} rows in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s CPU`;
}
