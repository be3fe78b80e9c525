// A worker process of the outbox, to be killed: `outbox-child.ts DATABASE_URL HOST_URL POINT N`. Dies by its own hand at
// the Nth passing of POINT, as kill -9 would have it; with POINT `never` it works until it is told to stop.
import 'reflect-metadata';
import type { ActionLookup, ActionOutcome, HostAction } from '../../src/contract/actions.js';
import type { TaskLookup, TaskWrite, TaskWriteOutcome } from '../../src/contract/client.js';
import type { HostTask } from '../../src/domain/crm/records.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { MemoryHost } from '../support/memory-host.js';
import { OutboxWorld } from '../support/outbox-world.js';

const [databaseUrl = '', hostUrl = '', point = 'never', count = '1'] = process.argv.slice(2);
let passings = Number(count);

function pass(here: string): void {
  if (here === point && --passings === 0) process.kill(process.pid, 'SIGKILL');
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const answer = await fetch(`${hostUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Answer;
}

class RemoteHost extends MemoryHost {
  override async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend: () => Promise<void> = async () => undefined,
  ): Promise<readonly TaskWriteOutcome[]> {
    pass('claimed');
    await beforeSend();
    pass('marked');
    const outcomes = await post<TaskWriteOutcome[]>('/write', writes);
    pass('answered');
    return outcomes;
  }

  override async act(
    actions: readonly HostAction[],
    beforeSend: () => Promise<void> = async () => undefined,
  ): Promise<readonly ActionOutcome[]> {
    pass('actionsClaimed');
    await beforeSend();
    pass('actionsMarked');
    const outcomes = await post<ActionOutcome[]>('/act', actions);
    pass('actionsAnswered');
    return outcomes;
  }

  override async findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map(await post<[string, string][]>('/find-actions', lookups));
    pass('actionsLookedUp');
    return found;
  }

  override async findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>> {
    const found = new Map(await post<[string, HostTask][]>('/find', lookups));
    pass('lookedUp');
    return found;
  }
}

const world = new OutboxWorld(await openDatabase({ databaseUrl, dataDir: '' }), new RemoteHost(), {
  leaseMs: 1_500,
  lookUpWaitMs: 500,
  pollMs: 50,
  lanes: 2,
});
process.on('SIGTERM', () => {
  void world.close().then(() => process.exit(0));
});
await world.worker().start();
