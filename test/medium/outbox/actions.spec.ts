import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { DealAction } from '../../../src/contract/actions.js';
import type { Database } from '../../../src/infra/db/database.js';
import { actionKey } from '../../../src/outbox/index.js';
import { ActionRetention } from '../../../src/outbox/action-retention.js';
import type { ActionWish } from '../../../src/outbox/action.types.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { ACCOUNT, OutboxWorld } from '../../support/outbox-world.js';
import { aDeal } from '../../support/records.js';

const OTHER = '33333333-3333-5333-8333-333333333333';
const DAY = 24 * 3_600_000;
const DUE = Date.UTC(2026, 10, 23, 9);

describeOnEveryDatabase('test/medium/outbox/actions.spec.ts', (open: () => Promise<Database>) => {
  let world: OutboxWorld;

  beforeEach(async () => {
    world = new OutboxWorld(await open());
    await world.account();
    world.host.records.deals.push(aDeal('1'), aDeal('2'));
  });

  afterEach(() => world.close());

  function key(name: string): string {
    return actionKey(ACCOUNT, name);
  }

  function comment(name: string, dealId = '1'): ActionWish {
    return { key: key(name), action: { kind: 'comment', dealId, text: name } };
  }

  function ask(name: string, dealId = '1'): ActionWish {
    return {
      key: key(name),
      action: { kind: 'ask', dealId, userId: '7', title: name, text: '', dueAt: DUE },
    };
  }

  function wish(name: string, action: DealAction): ActionWish {
    return { key: key(name), action };
  }

  async function deliver(settings = {}): Promise<void> {
    await world.deliver(world.actionCourier(settings));
  }

  async function openDeal(dealId: string): Promise<void> {
    await world.database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, created_at, modified_at, synced_at, product_ids, tags)
       VALUES ($1, $2, 'open', '1', 'NEW', 'open', now(), now(), now(), '{}', '{}')`,
      [ACCOUNT, dealId],
    );
  }

  async function standing(name: string) {
    return (await world.actions.of(ACCOUNT, [key(name)])).get(key(name));
  }

  it('carries out each wish once and tells what came of it', async () => {
    await world.wantActions(comment('one'), ask('two'), comment('three', '2'));
    await world.wantActions(comment('one'), ask('two'));
    await deliver();
    await deliver();
    expect(world.host.actions.executed.map((one) => one.key)).toEqual(['one', 'two', 'three'].map(key));
    expect(world.settled).toEqual([
      { key: key('one'), kind: 'comment', dealId: '1', outcome: 'done', hostId: 'x1', fault: null },
      { key: key('two'), kind: 'ask', dealId: '1', outcome: 'done', hostId: 'x2', fault: null },
      { key: key('three'), kind: 'comment', dealId: '2', outcome: 'done', hostId: 'x3', fault: null },
    ]);
    expect(await standing('two')).toMatchObject({ state: 'done', hostId: 'x2', closed: false, fault: null });
    expect(await world.repository.dueAccounts()).toEqual([]);
  });

  it('keeps a wish only when its transaction commits', async () => {
    const failing = world.database.transaction(async (tx) => {
      await world.actions.want(tx, ACCOUNT, [comment('lost')]);
      throw new Error('the decision failed');
    });
    await expect(failing).rejects.toThrow('the decision failed');
    await deliver();
    expect(world.host.actions.executed).toEqual([]);
  });

  it('forgets after ninety days what was told to people or written into closed deals, and nothing that waits', async () => {
    await openDeal('1');
    const told = wish('told', { kind: 'notify', userId: '7', text: 'told', dealId: '1' });
    await world.wantActions(told, comment('open'), comment('closed', '2'));
    await deliver();
    const later = { ...comment('waits', '2'), notBefore: Date.now() + 400 * DAY };
    await world.wantActions(later);
    const nightly = (days: number) =>
      new ActionRetention(null as never, world.database, { now: () => Date.now() + days * DAY }).forget();
    await nightly(89);
    expect(Object.keys(await world.actionStates())).toHaveLength(4);
    await nightly(91);
    expect(await world.actionStates()).toEqual({ [key('open')]: 'done', [key('waits')]: 'planned' });
  });

  it('refuses a key that no host would keep', async () => {
    await expect(world.wantActions({ ...comment('x'), key: 'Ключ 1' })).rejects.toThrow('not a key');
  });

  it('waits for the time that it was given', async () => {
    const later = { ...comment('later'), notBefore: Date.now() + 3_600_000 };
    await world.wantActions(later, comment('now'));
    await deliver();
    expect(world.host.actions.executed.map((one) => one.key)).toEqual([key('now')]);
    expect(await standing('later')).toMatchObject({ state: 'pending' });
    await world.wait();
    await deliver();
    expect(await standing('later')).toMatchObject({ state: 'done' });
  });

  it('takes back what was never sent, and nothing else', async () => {
    await world.wantActions(comment('sent'));
    await deliver();
    await world.wantActions(comment('unsent'));
    const cancelled = await world.database.transaction((tx) =>
      world.actions.cancel(tx, ACCOUNT, [key('sent'), key('unsent'), key('never')]),
    );
    expect([...cancelled]).toEqual([key('unsent')]);
    await deliver();
    expect(world.host.actions.executed).toHaveLength(1);
    await world.wantActions(comment('unsent'));
    await deliver();
    expect(world.host.actions.executed).toHaveLength(2);
  });

  it('sends nothing of a portion that was partly taken back while the request waited for its turn', async () => {
    await world.wantActions(comment('one'), comment('two'));
    const { host } = world;
    const act = host.act.bind(host);
    host.act = async (actions, beforeSend) => {
      host.act = act;
      await world.database.transaction((tx) => world.actions.cancel(tx, ACCOUNT, [key('two')]));
      return act(actions, beforeSend);
    };
    await deliver();
    expect(host.actions.executed.map((one) => one.key)).toEqual([key('one')]);
    expect(await world.actionStates()).toEqual({ [key('one')]: 'done' });
  });

  it('looks up a lost answer instead of repeating it', async () => {
    await world.wantActions(comment('one'), ask('two'));
    world.host.meets({ kind: 'answerLost' });
    await deliver();
    await world.wait();
    await deliver();
    expect(world.host.calls.get('act')).toBe(1);
    expect(world.host.actions.doubled()).toEqual([]);
    expect(await standing('two')).toMatchObject({ state: 'done', hostId: 'x2' });
  });

  it('repeats a request that never arrived only after the wait, but a move at once', async () => {
    const move = wish('move', { kind: 'moveStage', dealId: '1', pipelineId: 'main', stageId: 'talk' });
    await world.wantActions(comment('one'), move);
    world.host.meets({ kind: 'requestLost' });
    const patient = { lookUpWaitMs: 60_000 };
    await deliver(patient);
    await world.wait();
    await deliver(patient);
    expect(await world.actionStates()).toEqual({ [key('one')]: 'unknown', [key('move')]: 'done' });
    expect(world.host.actions.executed).toHaveLength(1);
    await world.wait();
    await deliver();
    expect(await standing('one')).toMatchObject({ state: 'done' });
    expect(world.host.actions.doubled()).toEqual([]);
  });

  it.each([
    ['before the request goes out', { kind: 'killedBefore' }],
    ['after the host carried it out', { kind: 'killed', carriedOut: true }],
    ['while the request was on its way and lost', { kind: 'killed', carriedOut: false }],
  ] as const)('doubles and loses nothing when the process dies %s', async (_when, accident) => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await world.wantActions(...names.map((name) => comment(name)));
    world.host.meets(accident);
    void world.actionCourier({ leaseMs: 600_000 }).round(ACCOUNT);
    while (world.host.deaths === 0) await new Promise((done) => setTimeout(done, 1));
    await deliver();
    expect(world.host.calls.get('act')).toBe(1);
    await world.leasesEnd();
    await deliver();
    await world.wait();
    await deliver();
    expect(world.host.actions.list()).toHaveLength(names.length);
    expect(Object.values(await world.actionStates())).toEqual(names.map(() => 'done'));
  });

  it('lets a later move of a deal have the last word, whatever becomes of the earlier one', async () => {
    const move = (name: string, stageId: string): ActionWish =>
      wish(name, { kind: 'moveStage', dealId: '1', pipelineId: 'main', stageId });
    await world.wantActions(move('first', 'talk'));
    world.host.meets({ kind: 'requestLost' });
    await deliver();
    await world.wantActions(move('second', 'offer'), comment('beside'));
    await deliver();
    expect(await standing('second')).toMatchObject({ state: 'pending' });
    expect(await standing('beside')).toMatchObject({ state: 'done' });
    await world.wait();
    await deliver();
    await deliver();
    expect(world.host.records.deals[0]).toMatchObject({ stageId: 'offer' });
    expect(Object.values(await world.actionStates())).toEqual(['done', 'done', 'done']);
  });

  it('ends what can never be done: a gone deal and missing rights quietly, a wrong wish with a letter', async () => {
    world.host.meets(
      { kind: 'refused', each: 1, failure: { kind: 'malformed', where: 'stageId' } },
      { kind: 'refused', each: 1, failure: { kind: 'forbidden', scope: 'im' } },
    );
    await world.wantActions(comment('wrong'));
    await deliver();
    await world.wantActions(wish('told', { kind: 'notify', userId: '7', text: '', dealId: null }));
    await deliver();
    await world.wantActions(comment('gone', '99'));
    await deliver();
    expect(world.settled.map(({ key: name, outcome, fault }) => [name, outcome, fault])).toEqual([
      [key('wrong'), 'refused', 'refused: stageId'],
      [key('told'), 'refused', 'not allowed: im'],
      [key('gone'), 'refused', 'the deal or the person is not there'],
    ]);
    const letters = await world.database.query<{ subject: string; reason: string }>(
      'SELECT subject, reason FROM dead_letter',
    );
    expect(letters).toEqual([{ subject: key('wrong'), reason: 'refused: stageId' }]);
    expect(await standing('wrong')).toMatchObject({ state: 'refused', fault: 'refused: stageId' });
    await world.wait();
    await deliver();
    expect(world.host.calls.get('act')).toBe(3);

    const redriven = await world.database.transaction((tx) =>
      world.actions.redrive(tx, ACCOUNT, key('wrong')),
    );
    expect(redriven).toBe(true);
    await deliver();
    expect(await standing('wrong')).toMatchObject({ state: 'done', fault: null });
  });

  it('leaves a throttled account alone without counting it as an attempt', async () => {
    await world.wantActions(comment('one'));
    const retryAt = Date.now() + 60_000;
    world.host.meets({ kind: 'refused', each: 1, failure: { kind: 'throttled', retryAt } });
    const courier = world.actionCourier();
    await world.deliver(courier);
    await world.wait();
    await world.deliver(courier);
    expect(world.host.calls.get('act')).toBe(1);
    await deliver();
    expect(await standing('one')).toMatchObject({ state: 'done' });
  });

  it('keeps everything while the connection is dead, and says so to its people', async () => {
    world.refusal = { kind: 'reauthorise', detail: 'expired' };
    await world.wantActions(comment('one'));
    await deliver();
    expect(world.reported).toEqual([world.refusal]);
    world.refusal = null;
    await deliver();
    expect(await standing('one')).toMatchObject({ state: 'done' });
  });

  it('does nothing for an account that was uninstalled, and nothing for another’s rows', async () => {
    await world.account(OTHER, 'frozen');
    await world.database.transaction((tx) => world.actions.want(tx, OTHER, [comment('one')]));
    await world.wantActions(comment('one'));
    expect(await world.repository.dueAccounts()).toEqual([ACCOUNT]);
    expect((await world.actionCourier().round(OTHER)).taken).toBe(0);
    await deliver();
    expect((await world.actions.of(OTHER, [key('one')])).get(key('one'))).toMatchObject({ state: 'pending' });
    expect(await standing('one')).toMatchObject({ state: 'done' });
  });

  it('is delivered by a worker that hears of it, beside tasks', async () => {
    await world.worker().start();
    await world.wantActions(...Array.from({ length: 120 }, (_, index) => comment(`w${index}`)));
    while (world.settled.length < 120) await new Promise((done) => setTimeout(done, 20));
    expect(world.host.actions.doubled()).toEqual([]);
    expect(world.host.actions.list()).toHaveLength(120);
  });
});
