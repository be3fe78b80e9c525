import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import type { ActionWish } from '../../../src/outbox/action.types.js';
import { actionKey } from '../../../src/outbox/index.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { ACCOUNT, OutboxWorld } from '../../support/outbox-world.js';
import { aDeal } from '../../support/records.js';

const DUE = Date.UTC(2026, 10, 23, 9);

describeOnEveryDatabase('test/medium/outbox/asks.spec.ts', (open: () => Promise<Database>) => {
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

  function ask(name: string, dealId = '1'): ActionWish {
    return {
      key: key(name),
      action: { kind: 'ask', dealId, userId: '7', title: name, text: '', dueAt: DUE },
    };
  }

  async function deliver(): Promise<void> {
    await world.deliver(world.actionCourier());
  }

  async function standing(name: string) {
    return (await world.actions.of(ACCOUNT, [key(name)])).get(key(name));
  }

  async function closeAsks(which: Parameters<typeof world.actions.closeAsks>[2]): Promise<void> {
    await world.database.transaction((tx) => world.actions.closeAsks(tx, ACCOUNT, which, 'не нужно'));
  }

  it('takes a question away wherever it is on its way: unsent, under way, there', async () => {
    await world.wantActions(ask('there'));
    await deliver();
    await world.wantActions(ask('lost', '2'));
    world.host.meets({ kind: 'answerLost' });
    await deliver();
    await world.wantActions(ask('unsent', '2'), ask('other', '1'));
    await closeAsks({ keys: [key('there')], dealIds: ['2'] });
    await closeAsks({ keys: [key('there')], dealIds: ['2'] });
    await world.wait();
    await deliver();
    await deliver();
    const open = world.host.actions.list().filter((one) => one.open && one.action.kind === 'ask');
    expect(open.map((one) => one.key)).toEqual([key('other')]);
    expect(await standing('unsent')).toBeUndefined();
    expect(await standing('there')).toMatchObject({ state: 'done', closed: true });
    expect(await standing('other')).toMatchObject({ state: 'done', closed: false });
    const closings = world.host.actions.executed.filter(({ action }) => action.kind === 'closeAsk');
    expect(closings.map(({ action }) => 'hostId' in action && action.hostId)).toEqual(['x1', 'x2']);
  });

  it('never sends again a question that lost its point and its request', async () => {
    await world.wantActions(ask('lost'));
    world.host.meets({ kind: 'requestLost' });
    await deliver();
    await closeAsks({ dealIds: ['1'] });
    await world.wait();
    await deliver();
    expect(world.host.actions.executed).toEqual([]);
    expect(await world.actionStates()).toEqual({});
  });

  it('tells an answer by the host’s button once, and only for a question that stands open', async () => {
    await world.wantActions(ask('asked'), ask('closed', '2'));
    await deliver();
    await closeAsks({ dealIds: ['2'] });
    const by = { userId: '7', answer: 'done' } as const;
    for (const hostId of ['x1', 'x1', 'x2', 'x99']) await world.actions.answered(ACCOUNT, hostId, by);
    expect(world.answers).toEqual([{ accountId: ACCOUNT, key: key('asked'), dealId: '1', ...by }]);
    expect(await standing('asked')).toMatchObject({ closed: true });
  });

  it('takes a completed task that asked something for an answer, and its own closing of one for none', async () => {
    await world.wantActions(ask('asked'), ask('closed'));
    await deliver();
    await world.database.query(`UPDATE outbox_action SET host_id = 'task:' || host_id`);
    await closeAsks({ keys: [key('closed')] });
    const task = (id: string, state: 'open' | 'completed') => ({
      id,
      dealId: '1',
      title: '',
      ownerId: '7',
      state,
      dueAt: null,
      completedAt: null,
      completedBy: '8',
      modifiedAt: 1,
      ourKey: null,
    });
    await world.observe([task('x1', 'open'), task('x2', 'completed'), task('x3', 'completed')]);
    expect(world.answers).toEqual([]);
    const closed = { ...task('x1', 'completed'), result: ' созвонились ' };
    for (let again = 0; again < 2; again += 1) await world.observe([closed]);
    expect(world.answers).toEqual([
      {
        accountId: ACCOUNT,
        key: key('asked'),
        dealId: '1',
        userId: '8',
        answer: 'done',
        words: 'созвонились',
      },
    ]);
  });
});
