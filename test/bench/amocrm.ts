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

/** What the host grants an integration in an account, the most rows of a page and of a write, and of a page of events. */
const PER_SECOND = 7;
const PER_REQUEST = 250;
const EVENTS_PER_REQUEST = 100;
/** The same extras that our client asks for. */
const EXTRAS = ['contacts', 'source_id', 'loss_reason'];
const PEER_REDIRECT = 'https://integrator.example/callback';

interface Taken {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** The same with the history that follows the leads. */
interface Copied extends Taken {
  /** From the first page of leads to the last move of a lead. */
  readonly wholeSeconds: number;
  readonly moves: number;
}

/** Copying leads with the host's limits and without, and writing tasks, also with kill -9 half-way. */
export async function amocrm(options: BenchOptions): Promise<Report> {
  const leads = options.quick ? 10_000 : 100_000;
  const tasks = options.quick ? 4_000 : 10_000;
  const leadsBound = leads / PER_REQUEST / PER_SECOND;
  const tasksBound = tasks / PER_REQUEST / PER_SECOND;
  const { product, peer } = await withoutLimits(leads, options.rounds);
  const limited = await withLimits(leads);
  const wholeBound = leadsBound + Math.ceil(limited.moves / EVENTS_PER_REQUEST) / PER_SECOND;
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
      moves: limited.moves,
      wholeBoundSeconds: rounded(wholeBound),
      wholeSeconds: rounded(limited.wholeSeconds),
      wholeOfBound: rounded(limited.wholeSeconds / wholeBound),
      copyRefusals: limited.refusals,
      productRowsPerSecond: rounded(product.rows / product.seconds),
      peerRowsPerSecond: rounded(peer.rows / peer.seconds),
      rowsPerSecondOfPeer: rounded(product.rows / product.seconds / (peer.rows / peer.seconds)),
      productWholeSeconds: rounded(product.wholeSeconds),
      productCpuSeconds: rounded(product.cpuSeconds),
      peerCpuSeconds: rounded(peer.cpuSeconds),
      tasks,
      tasksBoundSeconds: rounded(tasksBound),
      tasksSeconds: rounded(whole.seconds),
      tasksSavingSeconds: rounded(whole.savingSeconds),
      tasksOfBound: rounded(whole.seconds / tasksBound),
      tasksRequests: whole.requests,
      killedSeconds: rounded(killed.seconds),
      killedDeadSeconds: rounded(killed.deadSeconds),
      killedOfBound: rounded((killed.seconds - killed.deadSeconds) / tasksBound),
      killedRequests: killed.requests,
      missing: whole.missing + killed.missing,
      twice: whole.twice + killed.twice,
      tasksRefusals: whole.refusals + killed.refusals,
    },
    targets: {
      leadsOfBound: { atMost: 1.02 },
      wholeOfBound: { atMost: 1.1 },
      rowsPerSecondOfPeer: { atLeast: 1 },
      tasksOfBound: { atMost: 1.02 },
      killedOfBound: { atMost: 1.02 },
      missing: { atMost: 0 },
      twice: { atMost: 0 },
    },
    notes: [
      `bounds: rows / ${PER_REQUEST} a request / ${PER_SECOND} requests a second; checks for deleted rows, look-ups and saving the wishes are not in them`,
      'killed: without the seconds in which no process served, for then nobody can write; they are told apart',
      'leads: from the start to the end of their step of the first copy, stored; the peer lists the same and stores nothing',
      `whole: leads and then their history; its bound counts the pages that these rows need, ${EVENTS_PER_REQUEST} events on each`,
      'product CPU: of the service from its installation until leads are copied',
    ],
  };
}

/** Over TLS, as the peer insists; product and peer in turn, medians. */
async function withoutLimits(
  leads: number,
  rounds: number,
): Promise<{ readonly product: Copied; readonly peer: Taken }> {
  const account = await startAccount({ deals: leads, tls: true, limits: false });
  const products: Copied[] = [];
  const peers: Taken[] = [];
  for (let round = 1; round <= rounds; round++) {
    const product = await copy(account, leads, { unlimited: true });
    const peer = await list(account, leads);
    products.push(product);
    peers.push(peer);
    log(`round ${round}: product ${words(product)}, whole ${product.wholeSeconds} s; peer ${words(peer)}`);
  }
  await account.process.stop();
  const [first] = products;
  if (!first) throw new Error('no round was run');
  const wholeSeconds = median(products.map((one) => one.wholeSeconds));
  return { product: { ...middle(products), wholeSeconds, moves: first.moves }, peer: middle(peers) };
}

async function withLimits(leads: number): Promise<Copied & { readonly refusals: number }> {
  const account = await startAccount({ deals: leads, tls: false, limits: true });
  const taken = await copy(account, leads, {});
  const { requestsByMethod, refusals } = await account.state();
  log(`with limits: ${words(taken)}; requests ${JSON.stringify(requestsByMethod)}`);
  await account.process.stop();
  return { ...taken, refusals: (refusals['429'] ?? 0) + (refusals['403'] ?? 0) };
}

async function copy(account: Account, leads: number, settings: ProductSettings): Promise<Copied> {
  const product = await startAccountProduct(account, settings);
  const seconds = await copied(product, 'deals');
  const cpuSeconds = (await product.process.usage()).cpuSeconds - product.startCpuSeconds;
  await copied(product, 'stageHistory');
  const [stored] = await query<{ rows: number; moves: number; whole: number }>(
    product.databaseUrl,
    `SELECT (SELECT count(*)::int FROM deal) AS rows,
       (SELECT count(*)::int FROM stage_transition WHERE host_id NOT IN ('', 'new')) AS moves,
       (SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8 FROM checkpoint
        WHERE stream IN ('deals', 'stageHistory')) AS whole`,
  );
  await endAccountProduct(account, product);
  const rows = stored?.rows ?? 0;
  if (rows < leads) throw new Error(`the copy is not whole: ${rows} of ${leads}`);
  return { rows, seconds, cpuSeconds, wholeSeconds: stored?.whole ?? Number.NaN, moves: stored?.moves ?? 0 };
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
