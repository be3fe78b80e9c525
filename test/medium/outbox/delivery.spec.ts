import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { ACCOUNT, keyOf, OutboxWorld, wish } from '../../support/outbox-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';

const NAMES = Array.from({ length: 120 }, (_, index) => `s${index}`);

describeOnEveryDatabase('test/medium/outbox/delivery.spec.ts', (open: () => Promise<Database>) => {
  let world: OutboxWorld;

  beforeEach(async () => {
    world = new OutboxWorld(await open());
    await world.account();
  });

  afterEach(() => world.close());

  it('creates one task per wish, fifty a request, and nothing when the wishes come again', async () => {
    await world.want(...NAMES.map((name) => wish(name)));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(120);
    expect(world.host.calls.get('writeTasks')).toBe(3);

    await world.want(...NAMES.map((name) => wish(name)));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(120);
    expect(world.host.calls.get('writeTasks')).toBe(3);
    expect(await world.repository.dueAccounts()).toStrictEqual([]);
  });

  it('writes only what changed, and closes a task once', async () => {
    await world.want(wish('call'));
    await world.deliver();
    await world.want(wish('call', { dueAt: Date.UTC(2026, 10, 25, 9) }));
    await world.deliver();
    expect(world.host.tasks.executed.at(-1)).toStrictEqual({
      kind: 'update',
      taskId: '1',
      changes: { dueAt: Date.UTC(2026, 10, 25, 9) },
    });

    await world.want(wish('call', { dueAt: Date.UTC(2026, 10, 25, 9), state: 'completed' }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ state: 'completed' });
    await world.want(wish('call', { state: 'completed', ownerId: '9' }));
    await world.deliver();
    expect(world.host.tasks.executed.map((write) => write.kind)).toStrictEqual([
      'create',
      'update',
      'complete',
    ]);
  });

  it('cancels with the reason, reopens, and then catches up with what changed meanwhile', async () => {
    await world.want(wish('call'));
    await world.deliver();
    await world.want(wish('call', { state: 'cancelled', comment: 'the deal moved on' }));
    await world.deliver();
    expect(world.task('call').comments).toStrictEqual(['the deal moved on']);

    await world.want(wish('call', { state: 'open', ownerId: '9' }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ state: 'open', ownerId: '9' });
  });

  it('sends nothing for a wish that was taken back before it went out', async () => {
    await world.want(wish('call'));
    await world.want(wish('call', { state: 'cancelled' }));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(0);
    expect(await world.states()).toStrictEqual({ call: 'withdrawn' });

    await world.want(wish('call'));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(1);
  });

  it('sends nothing for a frozen account, and everything when it is active again', async () => {
    await world.want(wish('call'));
    await world.account(ACCOUNT, 'frozen');
    await world.deliver();
    expect(await world.repository.dueAccounts()).toStrictEqual([]);
    expect(world.host.tasks.list()).toHaveLength(0);

    await world.account(ACCOUNT, 'active');
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(1);
  });

  it('retries exactly the three of fifty that were refused for a moment', async () => {
    await world.want(...NAMES.slice(0, 50).map((name) => wish(name)));
    world.host.meets({ kind: 'refused', each: 17, failure: { kind: 'unavailable', detail: '502' } });
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(47);
    await world.wait();
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(50);
    expect(world.host.tasks.executed).toHaveLength(50);
  });

  it('keeps what is refused for good as a dead letter, tells the plan, and tries again on a new wish', async () => {
    await world.want(wish('call'), wish('mail'));
    world.host.meets({ kind: 'refused', each: 2, failure: { kind: 'malformed', where: 'RESPONSIBLE_ID' } });
    await world.deliver();
    expect(await world.states()).toStrictEqual({ call: 'failed', mail: 'created' });
    expect(world.fates[0]?.fates).toMatchObject([{ stepKey: 'call', fate: 'refused' }]);
    const letters = await world.database.query('SELECT source, subject, reason FROM dead_letter');
    expect(letters).toStrictEqual([
      { source: 'outbox', subject: keyOf('call'), reason: 'refused: RESPONSIBLE_ID' },
    ]);
    const [plan] = [...(await world.reads.byPlans(ACCOUNT, [wish('call').planId])).values()];
    expect(plan?.get('call~1')).toMatchObject({ state: 'failed', fault: 'refused: RESPONSIBLE_ID' });
    expect(plan?.get('mail~1')).toMatchObject({ state: 'there', hostTaskId: '1' });

    await world.want(wish('call', { ownerId: '8' }));
    await world.deliver();
    expect(await world.states()).toStrictEqual({ call: 'created', mail: 'created' });
  });

  it('stops within one call when the tokens are dead, reports it, and goes on after the reconnection', async () => {
    await world.want(...NAMES.map((name) => wish(name)));
    world.refusal = { kind: 'reauthorise', detail: 'invalid_grant' };
    const worker = world.worker();
    await worker.start();
    await until(() => world.reported.length > 0);
    world.refusal = null;
    await world.database.transaction((tx) => world.outbox.resume(tx, ACCOUNT));
    await until(() => world.host.tasks.list().length === 120);
    expect(world.reported).toHaveLength(1);
  });

  it('takes a task that disappeared as gone: never created again, and the plan hears of it', async () => {
    await world.want(wish('call'));
    await world.deliver();
    world.host.tasks.delete('1');
    await world.want(wish('call', { ownerId: '9' }));
    await world.deliver();
    expect(await world.states()).toStrictEqual({ call: 'gone' });
    expect(world.fates[0]?.fates).toMatchObject([{ stepKey: 'call', fate: 'gone' }]);

    await world.want(wish('call', { ownerId: '7' }));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(0);
  });

  it('halves its requests when the host finds them too large', async () => {
    await world.want(...NAMES.slice(0, 50).map((name) => wish(name)));
    world.host.meets({ kind: 'refused', each: 1, failure: { kind: 'tooLarge' } });
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(50);
    expect(world.host.calls.get('writeTasks')).toBe(3);
  });

  it('brings a wish to the host within 300 ms on an idle system', async () => {
    await world.worker({ pollMs: 60_000 }).start();
    const latencies: number[] = [];
    for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      const start = performance.now();
      await world.want(wish(name));
      await until(() => world.host.tasks.list().length === index + 1);
      latencies.push(performance.now() - start);
    }
    // The best of five: this machine is not idle while tests run.
    expect(Math.min(...latencies)).toBeLessThan(300);
  });

  it('lets two workers share one account without a double', async () => {
    await world.worker().start();
    await world.worker().start();
    await world.want(...NAMES.map((name) => wish(name)));
    await until(() => world.host.tasks.list().length >= 120);
    await until(async () => Object.values(await world.states()).every((state) => state === 'created'));
    expect(world.host.tasks.list()).toHaveLength(120);
    expect(new Set(world.host.tasks.list().map((task) => task.ourKey)).size).toBe(120);
  });

  it('refuses a wish of the same step to stand twice when two plans save it at once', async () => {
    await Promise.all([world.want(wish('call')), world.want(wish('call', { ownerId: '9' }))]);
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(1);
  });
});
