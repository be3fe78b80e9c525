// A worker process of the outbox, to be killed: `outbox-child.ts DATABASE_URL HOST_URL POINT N FOLDER WAIT_MS`. Dies by its own hand at
// the Nth passing of POINT, as kill -9 would have it; with POINT `never` it works until it is told to stop.
import 'reflect-metadata';
import type { ActionLookup, ActionOutcome, HostAction } from '../../src/contract/actions.js';
import type {
  BeforeSend,
  StillInTime,
  TaskLookup,
  TaskWrite,
  TaskWriteOutcome,
} from '../../src/contract/client.js';
import type { HostTask } from '../../src/domain/crm/records.js';
import { axiosTransport } from '../../src/hosts/common/transport.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { Departures } from '../../src/outbox/departures.js';
import { MemoryHost } from '../support/memory-host.js';
import { OutboxWorld } from '../support/outbox-world.js';

const [databaseUrl = '', hostUrl = '', point = 'never', count = '1', folder = '', waitMs = '500'] =
  process.argv.slice(2);
let passings = Number(count);

function pass(here: string): void {
  if (here === point && --passings === 0) process.kill(process.pid, 'SIGKILL');
}

/** What every host's client sends with. */
const transport = axiosTransport({ trusted: () => true });

async function post<Answer>(path: string, body: object, stillInTime?: StillInTime | void): Promise<Answer> {
  const text = JSON.stringify(body);
  const answer = await transport.send(
    {
      ...{ method: 'POST', url: `${hostUrl}${path}`, body: { contentType: 'application/json', text } },
      ...(stillInTime && { stillInTime }),
    },
    10_000,
  );
  return JSON.parse(answer.body) as Answer;
}

class RemoteHost extends MemoryHost {
  override async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend: NonNullable<BeforeSend> = async () => undefined,
  ): Promise<readonly TaskWriteOutcome[]> {
    pass('claimed');
    const stillInTime = await beforeSend();
    pass('marked');
    setTimeout(() => pass('onItsWay'), 100);
    const outcomes = await post<TaskWriteOutcome[]>('/write', writes, stillInTime);
    pass('answered');
    return outcomes;
  }

  override async act(
    actions: readonly HostAction[],
    beforeSend: NonNullable<BeforeSend> = async () => undefined,
  ): Promise<readonly ActionOutcome[]> {
    pass('actionsClaimed');
    const stillInTime = await beforeSend();
    pass('actionsMarked');
    const outcomes = await post<ActionOutcome[]>('/act', actions, stillInTime);
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

class MortalDepartures extends Departures {
  override note(name: string | null, keys: readonly string[]): void {
    pass('unsent');
    super.note(name, keys);
  }
}

const settings = { leaseMs: 1_500, lookUpWaitMs: Number(waitMs), pollMs: 50, lanes: 2 };
const database = await openDatabase({ databaseUrl, dataDir: '' });
const world = new OutboxWorld(database, new RemoteHost(), settings, new MortalDepartures(folder));
process.on('SIGTERM', () => {
  void world.close().then(() => process.exit(0));
});
await world.worker().start();
