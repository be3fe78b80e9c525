import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { MemoryHost } from '../../support/memory-host.js';
import { MONDAY, aDeal, aFunnel, aMove, aUser } from '../../support/records.js';

const MINUTE = 60_000;

describeOnEveryDatabase('src/mirror/sweeper', (open) => {
  let database: Database;
  let world: MirrorWorld;
  let now: number;

  beforeEach(async () => {
    database = await open();
    now = MONDAY + 60 * MINUTE;
    world = await MirrorWorld.open(database, new MemoryHost(() => now));
    const { records } = world.host;
    records.pipelines.push(aFunnel('P', ['A', 'B', 'WON']));
    records.users.push(aUser('7'));
    for (let n = 1; n <= 120; n++) records.deals.push(aDeal(`D_${n}`, n));
    await world.copied();
    world.parts.jobs.length = 0;
    now += 10 * MINUTE;
  });

  afterEach(() => database.close());

  function change(id: string, changes: object): void {
    const { deals } = world.host.records;
    const index = deals.findIndex((deal) => deal.id === id);
    deals[index] = { ...deals[index]!, modifiedAt: now, ...changes };
  }

  it('finds what no webhook told of', async () => {
    change('D_5', { title: 'Тихо переименована' });
    world.host.records.deals.push(aDeal('D_121', 0, { modifiedAt: now }));
    await world.swept();
    await world.expectMirrorEqualsHost();
    expect(world.dealJobs()).toEqual(['D_5', 'D_121']);
  });

  it('asks only for what was modified since the last time, with an overlap', async () => {
    const asked: (number | undefined)[] = [];
    const read = world.host.read.bind(world.host);
    world.host.read = ((stream, request) => {
      if (stream === 'deals') asked.push(request.modifiedSince);
      return read(stream, request);
    }) as typeof world.host.read;
    await world.swept();
    now += 10 * MINUTE;
    await world.swept();
    expect(asked).toEqual([MONDAY + 55 * MINUTE, MONDAY + 65 * MINUTE]);
  });

  it('finds a change that the host shows late, within the overlap', async () => {
    await world.swept();
    change('D_5', { title: 'Показана поздно', modifiedAt: now - 4 * MINUTE });
    now += MINUTE;
    await world.swept();
    await world.expectMirrorEqualsHost();
  });

  it('goes on with the same bounds after it broke off', async () => {
    world.host.pageSize = 10;
    for (let n = 1; n <= 40; n++) change(`D_${n}`, { title: `Массово ${n}` });
    const read = world.host.read.bind(world.host);
    let pages = 0;
    world.host.read = async function* (stream, request) {
      for await (const page of read(stream, request)) {
        if (stream === 'deals' && ++pages === 3) throw new Error('killed');
        yield page;
      }
    } as typeof world.host.read;
    await world.swept();
    now += 10 * MINUTE;
    change('D_1', { title: 'Меж двух подходов' });
    await world.swept();
    await world.swept();
    await world.expectMirrorEqualsHost();
  });

  it('adds the rows of the history that came since, and announces deals whose visits change by it', async () => {
    world.host.records.stageHistory.push(aMove('D_9', -3_600, 'B', '900'), aMove('D_9', -1_800, 'A', '901'));
    await world.swept();
    await world.expectVisitsFollowTransitions();
    expect(world.dealJobs()).toEqual(['D_9']);
    const visits = (await world.parts.reads.visits(world.accountId, ['D_9'])).get('D_9');
    expect(visits?.map((one) => one.stageId)).toEqual(['B', 'A']);
  });

  it('takes what waits in the queue of the host, and confirms only what is durable here', async () => {
    const host = world.host as { capabilities: object };
    host.capabilities = { ...world.host.capabilities, offlineQueue: true };
    for (let n = 1; n <= 80; n++) world.host.queue.push({ entity: 'deal', id: `D_${n}`, change: 'saved' });
    await world.swept();
    expect(world.host.queue).toEqual([]);
    expect(await world.count('inbox')).toBe(80);
  });

  it('takes an unfinished answer for a failure, not for the end', async () => {
    change('D_120', { title: 'За обрывом' });
    const read = world.host.read.bind(world.host);
    let broken = true;
    world.host.read = async function* (stream, request) {
      for await (const page of read(stream, request)) {
        if (stream === 'deals' && broken) {
          broken = false;
          return;
        }
        yield page;
      }
    } as typeof world.host.read;
    await world.swept();
    expect((await world.parts.progress.of(world.accountId)).problem).toBe('unavailable');
    await world.swept();
    await world.expectMirrorEqualsHost();
    expect((await world.parts.progress.of(world.accountId)).problem).toBeNull();
  });

  it('finds deletions by the walk over all ids, and deals that nobody told of', async () => {
    world.host.records.deals.splice(10, 20);
    world.host.records.deals.push(aDeal('D_500', 1));
    await world.reconciled();
    await world.expectMirrorEqualsHost();
    expect(world.dealJobs()).toHaveLength(21);
  });

  it('brings back what was buried by mistake', async () => {
    await database.query(`UPDATE deal SET deleted_at = now() - interval '1 s' WHERE deal_id = 'D_7'`);
    await world.reconciled();
    await world.expectMirrorEqualsHost();
  });

  it('does not bury most deals before two walks in a row found them gone', async () => {
    const { deals } = world.host.records;
    deals.length = 5;
    await world.reconciled();
    expect((await world.deals()).length).toBe(120);
    await world.reconciled();
    await world.expectMirrorEqualsHost();
  });

  it('asks for open tasks of ours by name, for nobody tells of their deletion', async () => {
    const made = world.host.tasks.carryOut({
      kind: 'create',
      key: 'k1',
      task: { dealId: 'D_1', title: 'x', description: '', ownerId: '7', dueAt: null, durationMinutes: null },
    });
    if (made.kind !== 'ok') throw new Error('the task was not made');
    await world.swept();
    world.parts.jobs.length = 0;
    world.host.readTasks = async () => [];
    await world.reconciled();
    expect(await world.parts.reads.deletedTasks(world.accountId, [made.taskId])).toEqual([made.taskId]);
    expect(world.parts.jobs.map((job) => job.name)).toEqual(['mirror.tasksChanged']);
  });
});
