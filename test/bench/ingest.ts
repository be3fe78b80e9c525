import { customerEvent, dealEvent, type HookProof } from './hook-requests.js';
import { endProduct, install, startPortal, startProduct, type Portal, type Product } from './product.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { freePort } from '../support/postgres.js';
import { asFile, log, newDatabase, query, start, type BenchProcess } from './workshop.js';

const CONNECTIONS = 64;
const DEALS = 10_000;
/** More than it takes in the time. */
const PEER_EVENTS = 120_000;
const SECRET = 'whsec_benchmark';

interface Flow {
  readonly perSecond: number;
  readonly good: number;
  readonly bad: number;
}

interface Latency {
  readonly offered: number;
  readonly answered: number;
  readonly bad: number;
  readonly p50: number;
  readonly p99: number;
}

type Server = BenchProcess<unknown>;

/**
 * Deal events into the built service, answered after the commit, against the same service that stores nothing and
 * against a peer that stores a comparable object. Only the web part runs, as where workers have their own process.
 */
export async function ingest(options: BenchOptions): Promise<Report> {
  const seconds = options.quick ? 3 : 10;
  const portal = await startPortal({ deals: DEALS, tls: false, limits: false });
  const product = await startProduct(portal, {}, { BITRIX24_LIMITS: 'none' });
  await install(portal, product);
  await product.process.stop();
  const events = await dealEvents(portal, product);
  const load: Server = await start('load', {});
  const flows = { product: [] as number[], bare: [] as number[], peer: [] as number[] };
  const p99s: number[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const bare = await startWeb(portal, product, false);
    flows.bare.push(await flow(load, product, events, seconds));
    await bare.stop();
    const storing = await startWeb(portal, product, true);
    flows.product.push(await stored(load, product, events, seconds));
    p99s.push((await paced(load, product, events, seconds)).p99);
    await storing.stop();
    flows.peer.push(await peer(load, seconds));
    log(`round ${round}: ${JSON.stringify({ ...lastOf(flows), p99: p99s.at(-1) })}`);
  }
  const whole = await withWorkers(load, portal, product, events, seconds);
  await load.stop();
  await endProduct(portal, product);
  await portal.process.stop();
  return report(flows, p99s, whole);
}

function report(
  flows: Readonly<Record<'product' | 'bare' | 'peer', readonly number[]>>,
  p99s: readonly number[],
  whole: Latency,
): Report {
  const [product, bare, peer] = [median(flows.product), median(flows.bare), median(flows.peer)];
  return {
    name: 'ingest',
    figures: {
      productPerSecond: rounded(product),
      barePerSecond: rounded(bare),
      peerPerSecond: rounded(peer),
      shareOfBare: rounded(product / bare),
      timesPeer: rounded(product / peer),
      p99MsAt2000: rounded(median(p99s)),
      p99MsAt2000WithWorkers: rounded(whole.p99),
    },
    targets: { shareOfBare: { atLeast: 0.6 }, timesPeer: { atLeast: 4 }, p99MsAt2000: { atMost: 100 } },
    notes: [
      'web process alone, 64 connections; every answered event was found in the inbox afterwards',
      'with workers: one process that also drains, reads every deal again and plans',
    ],
  };
}

/** A file of events about every deal. */
async function dealEvents(portal: Portal, product: Product): Promise<string> {
  const fields = (await portal.post(`/applications/${product.applicationId}/launch`, {})) as {
    readonly fields: Readonly<Record<string, string>>;
  };
  const proof: HookProof = {
    memberId: fields.fields['member_id'] ?? '',
    applicationToken: fields.fields['APPLICATION_TOKEN'] ?? '',
    domain: new URL(portal.url).host,
  };
  if (proof.memberId === '' || proof.applicationToken === '') {
    throw new Error(`the portal did not tell its proof: ${JSON.stringify(Object.keys(fields))}`);
  }
  return asFile(
    'deal-events.json',
    Array.from({ length: DEALS }, (_, index) => dealEvent(index + 1, proof)),
  );
}

function startWeb(portal: Portal, product: Product, storing: boolean): Promise<Server> {
  return start('service', { portalUrl: portal.url, storing }, { ...product.environment, ROLE: 'web' });
}

async function flow(load: Server, product: Product, requests: string, seconds: number): Promise<number> {
  const port = Number(new URL(product.url).port);
  const warm = { kind: 'closedLoop', port, requests, connections: CONNECTIONS, seconds: 2 };
  await load.ask<Flow>(warm);
  const answer = await load.ask<Flow>({ ...warm, seconds });
  if (answer.bad > 0) throw new Error(`${answer.bad} of ${answer.good} events were not taken`);
  return answer.perSecond;
}

/** The same, and every event that was answered is in the inbox. */
async function stored(load: Server, product: Product, requests: string, seconds: number): Promise<number> {
  await query(product.databaseUrl, 'TRUNCATE inbox');
  const port = Number(new URL(product.url).port);
  const settings = { kind: 'closedLoop', port, requests, connections: CONNECTIONS };
  const warm = await load.ask<Flow>({ ...settings, seconds: 2 });
  const answer = await load.ask<Flow>({ ...settings, seconds });
  if (answer.bad > 0) throw new Error(`${answer.bad} of ${answer.good} events were not taken`);
  const [row] = await query<{ n: number }>(product.databaseUrl, 'SELECT count(*)::int AS n FROM inbox');
  if ((row?.n ?? 0) < warm.good + answer.good) {
    throw new Error(`${warm.good + answer.good} events were answered, ${row?.n} are in the inbox`);
  }
  return answer.perSecond;
}

async function paced(load: Server, product: Product, requests: string, seconds: number): Promise<Latency> {
  const port = Number(new URL(product.url).port);
  const answer = await load.ask<Latency>({
    kind: 'openLoop',
    port,
    requests,
    connections: CONNECTIONS,
    perSecond: 2_000,
    seconds,
  });
  if (answer.bad > 0 || answer.answered < answer.offered) {
    throw new Error(`of ${answer.offered} events ${answer.answered} were answered, ${answer.bad} badly`);
  }
  return answer;
}

async function peer(load: Server, seconds: number): Promise<number> {
  const port = await freePort();
  const databaseUrl = await newDatabase();
  // Its migrations give their function to this role.
  await query(databaseUrl, 'CREATE ROLE postgres').catch(() => undefined);
  const engine: Server = await start('peer-stripe', { databaseUrl, port, secret: SECRET });
  // Signed now: a signature is good for five minutes. Each one is news: the peer drops what it has in the same second.
  const requests = asFile(
    `customer-events-${port}.json`,
    Array.from({ length: PEER_EVENTS }, (_, index) => customerEvent(index, SECRET)),
  );
  const settings = { kind: 'closedLoop', port, requests, connections: CONNECTIONS };
  await load.ask<Flow>({ ...settings, seconds: 2 });
  const answer = await load.ask<Flow>({ ...settings, seconds });
  await engine.stop();
  if (answer.bad > 0) throw new Error(`the peer did not take ${answer.bad} of ${answer.good} events`);
  return answer.perSecond;
}

async function withWorkers(
  load: Server,
  portal: Portal,
  product: Product,
  requests: string,
  seconds: number,
): Promise<Latency> {
  await query(product.databaseUrl, 'TRUNCATE inbox');
  const all: Server = await start('service', { portalUrl: portal.url }, product.environment);
  const latency = await paced(load, product, requests, seconds);
  await all.stop();
  return latency;
}

function lastOf(flows: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(flows).map(([name, values]) => [name, Math.round(values.at(-1) ?? Number.NaN)]),
  );
}
