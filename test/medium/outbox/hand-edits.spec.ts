import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { OutboxWorld, wish } from '../../support/outbox-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const MONDAY = Date.UTC(2026, 10, 23, 9);
const TUESDAY = Date.UTC(2026, 10, 24, 9);
const FRIDAY = Date.UTC(2026, 10, 27, 9);

describeOnEveryDatabase('test/medium/outbox/hand-edits.spec.ts', (open: () => Promise<Database>) => {
  let world: OutboxWorld;

  beforeEach(async () => {
    world = new OutboxWorld(await open());
    await world.account();
    await world.want(wish('call', { dueAt: MONDAY }));
    await world.deliver();
  });

  afterEach(() => world.close());

  it('says nothing of an echo, however often it is read', async () => {
    expect(await world.observe()).toStrictEqual([]);
    await world.want(wish('call', { dueAt: TUESDAY }));
    await world.deliver();
    expect(await world.observe()).toStrictEqual([]);
    expect(await world.observe()).toStrictEqual([]);
  });

  it('says nothing of a read that is older than our last write', async () => {
    const old = [world.task('call')];
    await world.want(wish('call', { dueAt: TUESDAY }));
    await world.deliver();
    expect(await world.observe(old)).toStrictEqual([]);
    expect(await world.observe()).toStrictEqual([]);
  });

  it('tells a completion by hand once, with who and when', async () => {
    world.host.tasks.completeByHand('1', '7');
    const [seen, ...others] = await world.observe();
    expect(others).toStrictEqual([]);
    expect(seen).toMatchObject({ stepKey: 'call', visitSeq: 1, dealId: '1', taskId: '1' });
    expect(seen?.facts).toStrictEqual([{ kind: 'completed', at: world.task('call').completedAt, by: '7' }]);
    expect(await world.observe()).toStrictEqual([]);
  });

  it('writes nothing when the plan takes over what was done by hand', async () => {
    world.host.tasks.completeByHand('1', '7');
    await world.observe();
    await world.want(wish('call', { dueAt: MONDAY, state: 'completed' }));
    await world.deliver();
    expect(world.host.tasks.executed).toHaveLength(1);

    await world.want(wish('call', { dueAt: MONDAY, state: 'open' }));
    await world.deliver();
    expect(world.task('call').state).toBe('open');
  });

  it('does not reopen what a person completed, though the plan does not count it yet', async () => {
    world.host.tasks.completeByHand('1', '7');
    await world.observe();
    await world.want(wish('call', { dueAt: FRIDAY }));
    await world.deliver();
    expect(world.task('call').state).toBe('completed');

    await world.want(wish('call', { dueAt: FRIDAY }, { decides: ['state'] }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ state: 'open', dueAt: FRIDAY });
  });

  it('leaves a hand-made deadline alone until the plan decides it anew', async () => {
    world.host.tasks.edit('1', { dueAt: TUESDAY });
    const [seen] = await world.observe();
    expect(seen?.facts).toMatchObject([{ kind: 'deadlineChanged', dueAt: TUESDAY }]);

    await world.want(wish('call', { dueAt: FRIDAY, ownerId: '9' }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ dueAt: TUESDAY, ownerId: '9' });

    await world.want(wish('call', { dueAt: FRIDAY, ownerId: '9' }, { decides: ['dueAt'] }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ dueAt: FRIDAY, ownerId: '9' });
    expect(await world.observe()).toStrictEqual([]);
  });

  it('follows the plan again once the plan took the hand-made value over', async () => {
    world.host.tasks.edit('1', { dueAt: TUESDAY, ownerId: '9' });
    await world.observe();
    await world.want(wish('call', { dueAt: TUESDAY, ownerId: '9' }));
    await world.want(wish('call', { dueAt: FRIDAY, ownerId: '9' }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ dueAt: FRIDAY, ownerId: '9' });
  });

  it('tells several edits of one task together, and a reopening', async () => {
    world.host.tasks.edit('1', { title: 'Call the director', ownerId: '9' });
    const [seen] = await world.observe();
    expect(seen?.facts.map((fact) => fact.kind)).toStrictEqual(['titleChanged', 'ownerChanged']);

    await world.want(wish('call', { state: 'completed' }));
    await world.deliver();
    world.host.tasks.edit('1', { state: 'inProgress', completedAt: null });
    const [again] = await world.observe();
    expect(again?.facts.map((fact) => fact.kind)).toStrictEqual(['reopened']);
  });

  it('keeps a hand edit that was seen while our own write was under way', async () => {
    world.host.meets({ kind: 'requestLost' });
    await world.want(wish('call', { ownerId: '9' }));
    await world.deliver();
    world.host.tasks.edit('1', { dueAt: TUESDAY });
    const [seen] = await world.observe();
    expect(seen?.facts.map((fact) => fact.kind)).toStrictEqual(['deadlineChanged']);
    await world.want(wish('call', { dueAt: FRIDAY, ownerId: '9' }));
    await world.deliver();
    expect(world.task('call')).toMatchObject({ dueAt: TUESDAY, ownerId: '9' });
  });

  it('tells a deletion of an open task and never creates it again', async () => {
    world.host.tasks.delete('1');
    const [seen] = await world.observe([], ['1']);
    expect(seen).toMatchObject({ stepKey: 'call', facts: [{ kind: 'deleted' }] });
    expect(await world.observe([], ['1'])).toStrictEqual([]);
    await world.want(wish('call', { ownerId: '9' }));
    await world.deliver();
    expect(world.host.tasks.list()).toHaveLength(0);
  });

  it('keeps quiet when a closed task is thrown away, and about tasks that are not ours', async () => {
    await world.want(wish('call', { state: 'completed' }));
    await world.deliver();
    const foreign = { ...world.task('call'), id: '77', ourKey: null, title: 'Buy paper' };
    expect(await world.observe([foreign])).toStrictEqual([]);
    world.host.tasks.delete('1');
    expect(await world.observe([], ['1'])).toStrictEqual([]);
  });

  it('counts a second task with our key and follows the first', async () => {
    const copy = { ...world.task('call'), id: '99', state: 'completed' as const };
    expect(await world.observe([copy])).toStrictEqual([]);
    expect((await world.metrics.outboxDoubled.get()).values[0]?.value).toBe(1);
  });

  it('takes a change that the host refuses as done when the host already is so', async () => {
    world.host.tasks.completeByHand('1', '7');
    await world.want(wish('call', { dueAt: MONDAY, state: 'completed' }));
    await world.deliver();
    expect(await world.states()).toStrictEqual({ call: 'created' });
    expect(world.host.tasks.executed.map((write) => write.kind)).toStrictEqual(['create', 'complete']);
  });

  it('does not swallow a hand edit that made the host refuse our change', async () => {
    world.host.meets({ kind: 'refused', each: 1, failure: { kind: 'malformed', where: 'closed' } });
    world.host.tasks.completeByHand('1', '7');
    await world.want(wish('call', { dueAt: FRIDAY }));
    await world.deliver();
    const [seen] = await world.observe();
    expect(seen?.facts.map((fact) => fact.kind)).toStrictEqual(['completed']);
  });
});
