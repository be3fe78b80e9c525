import type { BenchOptions } from './run.js';
import { endProduct, install, startPortal, startProduct, type Portal } from './product.js';
import { median, rounded, type Report } from './report.js';
import { log, query, start, type BenchProcess } from './workshop.js';

interface Taken {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** The same fields that our client asks for: with all 46 of them the peer would be slower. */
const DEAL_FIELDS = [
  'id',
  'title',
  'categoryId',
  'stageId',
  'stageSemanticId',
  'assignedById',
  'opportunity',
  'currencyId',
  'sourceId',
  'companyId',
  'contactId',
  'createdTime',
  'updatedTime',
  'movedTime',
  'lastActivityTime',
];
const LISTS = [
  {
    method: 'crm.item.list',
    params: { entityTypeId: 2, select: DEAL_FIELDS },
    idKey: 'id',
    customKeyForResult: 'items',
  },
  { method: 'crm.stagehistory.list', params: { entityTypeId: 2 }, idKey: 'ID', customKeyForResult: 'items' },
];

/**
 * A full mirror of deals and their stage history against the official SDK, which reads the same rows of the same portal
 * over TLS and stores nothing. Interleaved rounds, medians.
 */
export async function mirror(options: BenchOptions): Promise<Report> {
  const deals = options.quick ? 10_000 : 100_000;
  const small = await measure(deals, options.rounds);
  const large = options.large ? await measureProduct(deals * 10) : null;
  const { product, peer } = small;
  const figures = {
    deals,
    rows: product.rows,
    productRowsPerSecond: rounded(product.rows / product.seconds),
    productDealsPerSecond: rounded(deals / product.seconds),
    peerRowsPerSecond: rounded(peer.rows / peer.seconds),
    rowsPerSecondOfPeer: rounded(product.rows / product.seconds / (peer.rows / peer.seconds)),
    productCpuSeconds: rounded(product.cpuSeconds),
    peerCpuSeconds: rounded(peer.cpuSeconds),
    cpuOfPeer: rounded(product.cpuSeconds / product.rows / (peer.cpuSeconds / peer.rows)),
    peakMb: rounded(product.peakMb),
    peerPeakMb: rounded(peer.peakMb),
    ...(large && {
      largeDeals: deals * 10,
      largeRowsPerSecond: rounded(large.rows / large.seconds),
      largePeakMb: rounded(large.peakMb),
      largePeakOfSmall: rounded(large.peakMb / product.peakMb),
    }),
  };
  return {
    name: 'mirror',
    figures,
    targets: {
      rowsPerSecondOfPeer: { atLeast: 1 },
      cpuOfPeer: { atMost: 1.2 },
      peakMb: { atMost: 300 },
      ...(options.large && { largePeakMb: { atMost: 300 }, largePeakOfSmall: { atMost: 1.1 } }),
    },
    notes: [
      'rows: deals and stage history, the same for both; the product also stores them, derives stage visits and announces every deal',
      'CPU is that of the service, without the database server',
    ],
  };
}

async function measure(
  deals: number,
  rounds: number,
): Promise<{ readonly product: Taken; readonly peer: Taken }> {
  const portal = await startPortal({ deals, tls: true, limits: false });
  const products: Taken[] = [];
  const peers: Taken[] = [];
  for (let round = 1; round <= rounds; round++) {
    products.push(await runProduct(portal, deals));
    peers.push(await runPeer(portal));
    log(`round ${round}: product ${words(products.at(-1))}; peer ${words(peers.at(-1))}`);
  }
  await portal.process.stop();
  return { product: middle(products), peer: middle(peers) };
}

async function measureProduct(deals: number): Promise<Taken> {
  const portal = await startPortal({ deals, tls: true, limits: false });
  const taken = await runProduct(portal, deals);
  log(`large: ${words(taken)}`);
  await portal.process.stop();
  return taken;
}

async function runProduct(portal: Portal, deals: number): Promise<Taken> {
  const product = await startProduct(portal, {}, { BITRIX24_LIMITS: 'none' });
  const before = await product.process.usage();
  log(`  resident after the start: ${before.residentMb.toFixed(0)} MB`);
  await install(portal, product);
  const after = await product.process.usage();
  const [row] = await query<{ deals: number; history: number; seconds: number; visits: number }>(
    product.databaseUrl,
    `SELECT (SELECT count(*)::int FROM deal) AS deals, (SELECT count(*)::int FROM stage_transition) AS history,
       (SELECT count(*)::int FROM stage_visit) AS visits,
       (SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8 FROM checkpoint) AS seconds`,
  );
  log(`  steps: ${await stepsOf(product.databaseUrl)}`);
  await endProduct(portal, product);
  if (!row || row.deals < deals || row.visits < deals) {
    throw new Error(`the mirror is not whole: ${JSON.stringify(row)}`);
  }
  return {
    rows: row.deals + row.history,
    seconds: row.seconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    peakMb: after.peakMb,
  };
}

async function stepsOf(databaseUrl: string): Promise<string> {
  const steps = await query<{ stream: string; rows_done: number; seconds: number }>(
    databaseUrl,
    `SELECT stream, rows_done, extract(epoch FROM finished_at - started_at)::float8 AS seconds FROM checkpoint
     WHERE finished_at IS NOT NULL AND started_at IS NOT NULL ORDER BY finished_at`,
  );
  return steps.map((one) => `${one.stream} ${one.rows_done} in ${one.seconds.toFixed(1)} s`).join(', ');
}

async function runPeer(portal: Portal): Promise<Taken> {
  const peer: BenchProcess<unknown> = await start('peer-sdk', { webhook: portal.webhook }, portal.trusting);
  const { rows, ...taken } = await peer.ask<Omit<Taken, 'rows'> & { readonly rows: readonly number[] }>({
    kind: 'fetch',
    lists: LISTS,
  });
  await peer.stop();
  return { ...taken, rows: rows.reduce((sum, count) => sum + count, 0) };
}

function middle(all: readonly Taken[]): Taken {
  return {
    rows: median(all.map((one) => one.rows)),
    seconds: median(all.map((one) => one.seconds)),
    cpuSeconds: median(all.map((one) => one.cpuSeconds)),
    peakMb: Math.max(...all.map((one) => one.peakMb)),
  };
}

function words(taken: Taken | undefined): string {
  if (!taken) return '-';
  const { rows, seconds, cpuSeconds, peakMb } = taken;
  return `${rows} rows in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s CPU, ${peakMb.toFixed(0)} MB`;
}
