import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { MONDAY, aDeal, aFunnel, aUser } from '../../support/records.js';

describeOnEveryDatabase('src/mirror/drain', (open) => {
  let database: Database;
  let world: MirrorWorld;

  beforeEach(async () => {
    database = await open();
    world = await MirrorWorld.open(database);
    world.host.records.pipelines.push(aFunnel('P', ['A', 'B', 'WON']));
    world.host.records.users.push(aUser('7'));
    world.host.records.deals.push(aDeal('D_1'), aDeal('D_2'));
    await world.copied();
    world.parts.jobs.length = 0;
  });

  afterEach(() => database.close());

  function change(id: string, seconds: number, changes: object): void {
    const { deals } = world.host.records;
    const index = deals.findIndex((deal) => deal.id === id);
    deals[index] = { ...deals[index]!, modifiedAt: MONDAY + seconds * 1_000, ...changes };
  }

  it('reads a deal again, however often it was announced, and passes it on once', async () => {
    change('D_1', 60, { title: 'Новое имя' });
    await world.hooked(...Array.from({ length: 10 }, () => 'D_1'));
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(world.host.calls.get('readDeals')).toBe(1);
    expect(world.dealJobs()).toEqual(['D_1']);
    expect(await world.count('inbox')).toBe(0);
  });

  it('passes nothing on when a deal is as it was', async () => {
    await world.hooked('D_1');
    await world.drained();
    expect(world.dealJobs()).toEqual([]);
  });

  it('lets the second of two changes in one second win', async () => {
    change('D_1', 60, { title: 'первое' });
    await world.hooked('D_1');
    await world.drained();
    change('D_1', 60, { title: 'второе' });
    await world.hooked('D_1');
    await world.drained();
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title).toBe('второе');
  });

  it('keeps the newer record when an old reading comes late', async () => {
    change('D_1', 60, { title: 'новое' });
    const readAt = await world.parts.writer.readingStarts();
    await world.hooked('D_1');
    await world.drained();
    await world.parts.writer.transaction(world.accountId, (tx) =>
      world.parts.writer.saveDeals(tx, world.accountId, {
        asked: ['D_1'],
        rows: [aDeal('D_1', 60, { title: 'старое, той же секунды' })],
        readAt,
      }),
    );
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title).toBe('новое');
  });

  it('keeps the stage visits current and hears of a move once', async () => {
    change('D_1', 60, { stageId: 'B', stageSince: MONDAY + 59_000 });
    await world.hooked('D_1');
    await world.drained();
    const visits = (await world.parts.reads.visits(world.accountId, ['D_1'])).get('D_1');
    expect(visits?.map((one) => [one.seq, one.stageId, one.leftAt])).toEqual([
      [1, 'A', MONDAY + 59_000],
      [2, 'B', null],
    ]);
    await world.expectVisitsFollowTransitions();
    expect(world.dealJobs()).toEqual(['D_1']);
  });

  it('takes a deal that the host does not have any more for deleted, whatever the hint said', async () => {
    world.host.records.deals.shift();
    await world.hooked('D_1');
    await world.drained();
    expect(await world.parts.reads.deal(world.accountId, 'D_1')).toBeNull();
    expect(world.dealJobs()).toEqual(['D_1']);
    const [kept] = await world.parts.reads.deals(world.accountId, ['D_1']);
    expect(kept?.deleted).toBe(true);
  });

  it('never believes a hint of deletion: the deal is read', async () => {
    await world.parts.intake.accept(
      world.accountId,
      [{ entity: 'deal', id: 'D_1', change: 'deleted' }],
      null,
    );
    await world.drained();
    await world.expectMirrorEqualsHost();
  });

  it('brings a deleted deal back only by a fresh reading, never by an old page', async () => {
    const [deal] = world.host.records.deals.splice(0, 1);
    const pageReadAt = await world.parts.writer.readingStarts();
    await world.hooked('D_1');
    await world.drained();
    await world.parts.writer.transaction(world.accountId, (tx) =>
      world.parts.writer.saveDeals(tx, world.accountId, { asked: [], rows: [deal!], readAt: pageReadAt }),
    );
    expect(await world.parts.reads.deal(world.accountId, 'D_1')).toBeNull();
    world.host.records.deals.unshift(deal!);
    await world.hooked('D_1');
    await world.drained();
    await world.expectMirrorEqualsHost();
  });

  it('does not let an old page bring in a deal that was deleted before it was ever here', async () => {
    const pageReadAt = await world.parts.writer.readingStarts();
    await world.hooked('D_3');
    await world.drained();
    await world.parts.writer.transaction(world.accountId, (tx) =>
      world.parts.writer.saveDeals(tx, world.accountId, {
        asked: [],
        rows: [aDeal('D_3')],
        readAt: pageReadAt,
      }),
    );
    expect(await world.parts.reads.deal(world.accountId, 'D_3')).toBeNull();
    expect(await world.count(`deal WHERE account_id = $1 AND deal_id = 'D_3'`)).toBe(1);
  });

  it('follows tasks the same way and tells of them', async () => {
    const outcome = world.host.tasks.carryOut({
      kind: 'create',
      key: 'k1',
      task: {
        dealId: 'D_1',
        title: 'Позвонить',
        description: '',
        ownerId: '7',
        dueAt: MONDAY,
        durationMinutes: 5,
      },
    });
    if (outcome.kind !== 'ok') throw new Error('the task was not made');
    await world.parts.intake.accept(
      world.accountId,
      [{ entity: 'task', id: outcome.taskId, change: 'saved' }],
      null,
    );
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(world.parts.jobs).toEqual([
      {
        name: 'mirror.tasksChanged',
        payload: { accountId: world.accountId, taskIds: [outcome.taskId] },
      },
    ]);
  });

  it('reads the small streams again when the structure changed, and buries what is gone', async () => {
    world.host.records.pipelines.splice(0, 1, aFunnel('P', ['A', 'C', 'WON']));
    world.host.records.users.splice(0, 1, aUser('8'));
    await world.parts.intake.accept(
      world.accountId,
      [
        { entity: 'structure', id: 'P', change: 'saved' },
        { entity: 'user', id: '8', change: 'saved' },
      ],
      null,
    );
    await world.drained();
    const stages = await world.parts.reads.stages(world.accountId, 'P');
    expect(stages.map((stage) => stage.id)).toEqual(['A', 'C', 'WON']);
    const users = await world.parts.reads.users(world.accountId);
    expect(users.map((user) => [user.id, user.active])).toEqual([
      ['7', false],
      ['8', true],
    ]);
  });

  it('does not believe a host that has no pipelines all of a sudden', async () => {
    world.host.records.pipelines.length = 0;
    await world.parts.intake.accept(
      world.accountId,
      [{ entity: 'structure', id: 'P', change: 'saved' }],
      null,
    );
    await world.drained();
    expect(await world.parts.reads.pipelines(world.accountId)).toHaveLength(1);
  });

  it('works off what is left of a claim whose worker died', async () => {
    change('D_1', 60, { title: 'Новое имя' });
    await world.hooked('D_1');
    await database.query(`UPDATE inbox SET claimed_by = 'dead', claimed_until = now() - interval '1 s'`);
    await world.drained();
    await world.expectMirrorEqualsHost();
  });

  it('writes nothing when its claim was taken over while it read', async () => {
    change('D_1', 60, { title: 'Новое имя' });
    await world.hooked('D_1');
    const readDeals = world.host.readDeals.bind(world.host);
    world.host.readDeals = async (ids) => {
      await database.query(`UPDATE inbox SET claimed_by = 'other', claimed_until = now() + interval '1 min'`);
      return readDeals(ids);
    };
    await world.drained();
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title).toBe('Сделка D_1');
    expect(await world.count('inbox')).toBe(1);
  });

  it('keeps the hints while the host is away, and costs them no attempt', async () => {
    change('D_1', 60, { title: 'Новое имя' });
    await world.hooked('D_1');
    for (let time = 0; time < 8; time++) {
      world.host.fails('readDeals', { kind: 'unavailable', detail: '502' });
      await database.query('UPDATE inbox SET claimed_until = NULL');
      await world.drained();
    }
    expect(await world.count('inbox WHERE attempts = 0 AND claimed_by IS NULL')).toBe(1);
    await world.parts.mirror.sweepNow(world.accountId);
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(await world.count('dead_letter')).toBe(0);
  });

  it('keeps the hints while the account has to reconnect, and shows why', async () => {
    await world.hooked('D_1');
    world.parts.connections.closed = { kind: 'reauthorise', detail: 'invalid_grant' };
    await world.drained();
    expect(world.parts.connections.reported).toEqual([{ kind: 'reauthorise', detail: 'invalid_grant' }]);
    expect(await world.count('inbox')).toBe(1);
  });

  it('finds the one deal that breaks the reading, buries it after its attempts, and holds up no other', async () => {
    for (let n = 3; n <= 40; n++) world.host.records.deals.push(aDeal(`D_${n}`, n));
    const readDeals = world.host.readDeals.bind(world.host);
    world.host.readDeals = async (ids) => {
      if (ids.includes('D_17')) throw new TypeError('Cannot read properties of undefined');
      return readDeals(ids);
    };
    await world.hooked(...world.host.records.deals.map((deal) => deal.id));
    await world.drained();
    expect((await world.deals()).length).toBe(39);
    expect(await world.count('inbox')).toBe(1);
    for (let time = 0; time < 4; time++) {
      await database.query('UPDATE inbox SET claimed_until = NULL');
      await world.drained();
    }
    expect(await world.count('inbox')).toBe(0);
    expect(
      await world.count(`dead_letter WHERE account_id = $1 AND payload->'ids' = '["D_17"]'::jsonb`),
    ).toBe(1);
  });

  it('asks for less when the host says that it is too much', async () => {
    for (let n = 3; n <= 20; n++) world.host.records.deals.push(aDeal(`D_${n}`, n));
    const readDeals = world.host.readDeals.bind(world.host);
    world.host.readDeals = async (ids) => {
      if (ids.length > 4) world.host.fails('readDeals', { kind: 'tooLarge' });
      return readDeals(ids);
    };
    await world.hooked(...world.host.records.deals.map((deal) => deal.id));
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(await world.count('inbox')).toBe(0);
  });

  it('buries a hint about an unknown kind of entity', async () => {
    await database.query(
      `INSERT INTO inbox (account_id, entity, entity_id, change) VALUES ($1, 'robot', '1', 'saved')`,
      [world.accountId],
    );
    await world.drained();
    expect(await world.count('inbox')).toBe(0);
    expect(await world.count('dead_letter WHERE account_id = $1')).toBe(1);
  });

  it('fetches the queue of the host when its bell rings', async () => {
    change('D_2', 60, { title: 'Из очереди' });
    world.host.queue.push({ entity: 'deal', id: 'D_2', change: 'saved' });
    await world.parts.intake.ring(world.accountId);
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(world.host.queue).toEqual([]);
  });

  it('leaves the inbox of a frozen account alone', async () => {
    await world.hooked('D_1');
    await database.query(`UPDATE account SET state = 'frozen'`);
    await world.drained();
    expect(world.host.calls.get('readDeals') ?? 0).toBe(0);
    expect(await world.count('inbox')).toBe(1);
  });
});
