import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { ACCOUNT, OutboxWorld, wish } from '../../support/outbox-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const NAMES = Array.from({ length: 50 }, (_, index) => `s${index}`);

describeOnEveryDatabase('test/medium/outbox/crashes.spec.ts', (open: () => Promise<Database>) => {
  let world: OutboxWorld;

  beforeEach(async () => {
    world = new OutboxWorld(await open());
    await world.account();
    await world.want(...NAMES.map((name) => wish(name)));
  });

  afterEach(() => world.close());

  async function expectEachOnce(): Promise<void> {
    expect(world.host.tasks.list()).toHaveLength(50);
    expect(Object.values(await world.states())).toStrictEqual(NAMES.map(() => 'created'));
  }

  it('looks up a lost answer instead of repeating it (row 5)', async () => {
    world.host.meets({ kind: 'answerLost' });
    await world.deliver();
    await world.wait();
    await world.deliver();
    await expectEachOnce();
    expect(world.host.calls.get('writeTasks')).toBe(1);
  });

  it('repeats a request that never arrived, only after the wait', async () => {
    const patient = world.courier({ lookUpWaitMs: 60_000 });
    world.host.meets({ kind: 'requestLost' });
    await world.deliver(patient);
    await world.wait();
    await world.deliver(patient);
    expect(world.host.tasks.list()).toHaveLength(0);
    expect(world.host.calls.get('writeTasks')).toBe(1);

    await world.wait();
    await world.deliver();
    await expectEachOnce();
  });

  it.each([
    ['before the request goes out', { kind: 'killedBefore' }],
    ['after the host carried it out (row 4)', { kind: 'killed', carriedOut: true }],
    ['while the request was on its way and lost', { kind: 'killed', carriedOut: false }],
  ] as const)('doubles and loses nothing when the process dies %s', async (_when, accident) => {
    world.host.meets(accident);
    void world.courier({ leaseMs: 600_000 }).round(ACCOUNT);
    await settle(() => world.host.deaths === 1);
    await world.deliver();
    expect(world.host.calls.get('writeTasks')).toBe(1);

    await world.leasesEnd();
    await world.deliver();
    await expectEachOnce();
  });

  it('keeps a worker from sending that slept past its lease (row 34)', async () => {
    const asleep = sleeper(world);
    const late = world.courier({ leaseMs: 600_000 }).round(ACCOUNT);
    await asleep.reached;
    await world.leasesEnd();
    await world.deliver();
    await expectEachOnce();

    asleep.wake();
    await late;
    await expectEachOnce();
    expect(world.host.tasks.executed).toHaveLength(50);
  });

  it('does not wait for the host over a request that stayed here, because our own database was slow', async () => {
    const patient = world.courier({ lookUpWaitMs: 60_000 });
    await standStill();
    await world.deliver(patient);
    await expectEachOnce();
    expect(world.host.calls.get('writeTasks')).toBe(2);
    expect(world.host.tasks.executed).toHaveLength(50);
  });

  /** The first marking of fifty rows takes longer than a process may take that is surely awake. */
  async function standStill(): Promise<void> {
    await world.database.query(
      `CREATE OR REPLACE FUNCTION slow_mark() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE started timestamptz := clock_timestamp();
       BEGIN
         WHILE clock_timestamp() < started + interval '30 milliseconds' LOOP END LOOP;
         RETURN NULL;
       END $$`,
    );
    await world.database.query(
      `CREATE TRIGGER slow_mark AFTER UPDATE ON outbox_task FOR EACH ROW
       WHEN (OLD.first_sent_at IS NULL AND NEW.state = 'sending') EXECUTE FUNCTION slow_mark()`,
    );
  }

  it('does not send a wish that was taken back while its request waited for its turn', async () => {
    const asleep = sleeper(world);
    const late = world.courier().round(ACCOUNT);
    await asleep.reached;
    await world.want(wish('s7', { state: 'cancelled' }));
    asleep.wake();
    await late;
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(49);
    expect(await world.states()).toMatchObject({ s7: 'withdrawn', s8: 'created' });
  });

  it('believes a task that the mirror saw before the answer was recorded', async () => {
    world.host.meets({ kind: 'killed', carriedOut: true });
    void world.courier({ leaseMs: 600_000 }).round(ACCOUNT);
    await settle(() => world.host.tasks.list().length === 50);
    expect(await world.observe()).toStrictEqual([]);
    await expectEachOnce();
    await world.deliver();
    expect(world.host.calls.get('writeTasks')).toBe(1);
    expect(world.host.calls.get('findTasks')).toBeUndefined();
  });

  it('goes on with the others while one request hangs', async () => {
    await world.want(wish('more'));
    world.host.meets({ kind: 'killed', carriedOut: false });
    void world.courier({ leaseMs: 600_000 }).round(ACCOUNT);
    await settle(() => world.host.deaths === 1);
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(1);
  });
});

/** The next request waits right before it is announced, as it does for limits, until it is woken. */
function sleeper(world: OutboxWorld): { readonly reached: Promise<void>; wake(): void } {
  const { host } = world;
  const original = host.writeTasks.bind(host);
  const [reached, reach] = gate();
  const [woken, wake] = gate();
  host.writeTasks = async (writes, beforeSend) => {
    host.writeTasks = original;
    reach();
    await woken;
    return original(writes, beforeSend);
  };
  return { reached, wake };
}

function gate(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, () => resolve()];
}

async function settle(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
}
