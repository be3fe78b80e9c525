// A process of the mirror, to be killed or frozen: `mirror-child.ts DATABASE_URL ACCOUNT TASK POINT N`. At the Nth passing
// of POINT it dies as by kill -9 (or stops as by SIGSTOP, when the point is `…:freeze`).
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deal } from '../../src/domain/crm/records.js';
import type { StreamName, StreamPage, StreamRequest } from '../../src/contract/streams.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { MemoryHost } from '../support/memory-host.js';
import { NEVER, mirrorParts } from '../support/mirror-parts.js';
import { fill } from '../support/records.js';

const [databaseUrl = '', accountId = '', task = '', at = 'never', count = '1'] = process.argv.slice(2);
const [point, manner = 'kill'] = at.split(':');
let passings = Number(count);

function pass(here: string): void {
  if (here !== point || --passings !== 0) return;
  if (manner === 'freeze') writeSync(1, 'freezing\n');
  process.kill(process.pid, manner === 'freeze' ? 'SIGSTOP' : 'SIGKILL');
}

class DyingHost extends MemoryHost {
  override async *read<Name extends StreamName>(
    stream: Name,
    request: StreamRequest,
  ): AsyncIterable<StreamPage<Name>> {
    for await (const page of super.read(stream, request)) {
      // Pages that come at once are stored together; these come one by one.
      if (stream === 'deals' && point === 'page') await sleep(400);
      if (stream === 'deals') pass('page');
      yield page;
    }
  }

  override async readDeals(ids: readonly string[]): Promise<readonly Deal[]> {
    const deals = await super.readDeals(ids);
    pass('refetched');
    return deals;
  }
}

const database = await openDatabase({ databaseUrl, dataDir: '' });
const query = database.query.bind(database);
database.query = (async (text: string, params?: readonly unknown[]) => {
  const isHint = text.includes('INSERT INTO inbox');
  if (isHint) pass('beforeCommit');
  const rows = await query(text, params);
  if (isHint) pass('committed');
  return rows;
}) as typeof database.query;

const host = new DyingHost();
fill(host, 400);
const parts = mirrorParts(database, () => host);

if (task === 'copy') await parts.copier.copy(accountId, NEVER);
if (task === 'drain') await parts.drain.drain(accountId, NEVER);
if (task === 'accept') {
  await parts.intake.accept(accountId, [{ entity: 'deal', id: 'D_1', change: 'saved' }], null);
  console.log('answered');
}
if (task === 'load') {
  let stopping = false;
  process.once('SIGTERM', () => (stopping = true));
  await parts.worker.onApplicationBootstrap();
  for (let n = 1; !stopping; n++) {
    const id = `D_${1 + (n % 400)}`;
    await parts.intake.accept(accountId, [{ entity: 'deal', id, change: 'saved' }], null);
    if (n % 50 === 0) console.log(`answered ${n}`);
  }
  await parts.worker.beforeApplicationShutdown();
  await parts.intake.onApplicationShutdown();
}
await parts.intake.onApplicationShutdown();
await database.close();
