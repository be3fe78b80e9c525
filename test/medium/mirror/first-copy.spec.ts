import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { aDeal, aFunnel, aMove, aUser } from '../../support/records.js';

describeOnEveryDatabase('src/mirror/copier', (open) => {
  let database: Database;
  let world: MirrorWorld;

  beforeEach(async () => {
    database = await open();
    world = await MirrorWorld.open(database);
    const { records } = world.host;
    records.pipelines.push(aFunnel('P', ['A', 'B', 'WON']));
    records.users.push(aUser('7'), aUser('8', { departmentIds: ['a"b', 'c\\d', 'е,ж'] }));
    records.departments.push({ id: '1', name: 'Продажи', sort: 1, parentId: null, headId: '7' });
    records.products.push({ id: '3', name: 'Аудит', price: 10.5, currency: 'RUB', active: true });
    for (let n = 1; n <= 130; n++) {
      records.deals.push(aDeal(`D_${n}`, n, n % 3 === 0 ? { stageId: 'B' } : {}));
      records.stageHistory.push(aMove(`D_${n}`, 0, 'A', `${n}`));
      if (n % 3 === 0) records.stageHistory.push(aMove(`D_${n}`, n, 'B', `${1_000 + n}`));
    }
  });

  afterEach(() => database.close());

  it('brings every stream into the mirror, field by field', async () => {
    await world.copied();
    await world.expectMirrorEqualsHost();
    const { reads } = world.parts;
    expect(await reads.users(world.accountId)).toEqual(world.host.records.users);
    expect(await reads.departments(world.accountId)).toEqual(world.host.records.departments);
    expect(await reads.products(world.accountId)).toEqual(world.host.records.products);
    expect(await reads.pipelines(world.accountId)).toEqual([world.host.records.pipelines[0]?.pipeline]);
    expect(await reads.stages(world.accountId, 'P')).toEqual(world.host.records.pipelines[0]?.stages);
    expect(await reads.openCounts(world.accountId)).toEqual(new Map([['P', 130]]));
  });

  it('announces every deal once, and only when its history is here', async () => {
    await world.copied();
    expect(world.dealJobs().toSorted()).toEqual(world.host.records.deals.map((deal) => deal.id).toSorted());
    const visits = await world.parts.reads.visits(world.accountId, ['D_3']);
    expect(visits.get('D_3')?.map((one) => [one.seq, one.stageId])).toEqual([
      [1, 'A'],
      [2, 'B'],
    ]);
  });

  it('announces nothing before the last visits are there, and then each deal once, though it broke off between', async () => {
    const { records } = world.host;
    for (let n = 1; n <= 2_500; n++) records.deals.push(aDeal(`E_${n}`, n));
    const transaction = database.transaction.bind(database);
    let portions = 0;
    database.transaction = ((work: Parameters<typeof transaction>[0]) =>
      transaction((tx) =>
        work({
          load: (into, rows) => tx.load(into, rows),
          query: (text, params) => {
            const breaks = text.includes('INSERT INTO stage_visit') && ++portions === 2;
            return breaks ? Promise.reject(new Error('killed')) : tx.query(text, params);
          },
        }),
      )) as typeof transaction;
    await world.copied();
    expect(await world.count('stage_visit WHERE account_id = $1')).toBeGreaterThan(0);
    expect(world.dealJobs()).toEqual([]);
    await world.copied();
    expect(portions).toBe(3);
    expect(world.dealJobs().toSorted()).toEqual(records.deals.map((deal) => deal.id).toSorted());
    await world.expectMirrorEqualsHost();
  });

  it('does nothing more when it is started again', async () => {
    await world.copied();
    const reads = world.host.calls.get('read');
    await world.copied();
    expect(world.host.calls.get('read')).toBe(reads);
  });

  it('goes on at the stored cursor after it broke off in the middle', async () => {
    world.host.pageSize = 10;
    let pages = 0;
    const read = world.host.read.bind(world.host);
    world.host.read = async function* (stream, request) {
      for await (const page of read(stream, request)) {
        if (stream === 'deals' && ++pages === 7) throw new Error('killed');
        yield page;
      }
    } as typeof world.host.read;
    await world.copied();
    expect(await world.count('deal WHERE account_id = $1')).toBe(60);
    await world.copied();
    await world.expectMirrorEqualsHost();
    // 13 pages, the broken one asked for twice.
    expect(pages).toBe(14);
  });

  it('takes over when the worker before has died, and the dead one can write nothing any more', async () => {
    world.host.pageSize = 10;
    let release: () => void = () => undefined;
    const frozen = new Promise<void>((done) => (release = done));
    const read = world.host.read.bind(world.host);
    let first = true;
    world.host.read = async function* (stream, request) {
      const freezes = stream === 'deals' && first;
      if (freezes) first = false;
      let pages = 0;
      for await (const page of read(stream, request)) {
        if (freezes && ++pages === 3) await frozen;
        yield page;
      }
    } as typeof world.host.read;
    const late = world.copied();
    while ((await world.count('deal WHERE account_id = $1')) < 20)
      await new Promise((done) => setTimeout(done, 5));
    // Its walk over the history, which goes on beside the deals, is over.
    const walked = `checkpoint WHERE account_id = $1 AND stream = 'stageHistory' AND stage = 'following'`;
    while ((await world.count(walked)) < 1) await new Promise((done) => setTimeout(done, 5));
    await database.query(
      `UPDATE checkpoint SET lease_until = now() - interval '1 s' WHERE lease_owner IS NOT NULL`,
    );
    await world.copied();
    await world.expectMirrorEqualsHost();
    const before = await world.count('deal WHERE account_id = $1');
    world.host.records.deals.push(aDeal('D_9999', 1));
    release();
    await late;
    expect(await world.count('deal WHERE account_id = $1')).toBe(before);
  });

  it('tells how far it is', async () => {
    expect((await world.parts.progress.of(world.accountId)).state).toBe('waiting');
    world.host.fails('read', { kind: 'unavailable', detail: 'maintenance' });
    await world.copied();
    expect(await world.parts.progress.of(world.accountId)).toMatchObject({
      state: 'running',
      problem: 'unavailable',
    });
    await database.query('UPDATE checkpoint SET lease_until = NULL');
    await world.copied();
    expect(await world.parts.progress.of(world.accountId)).toMatchObject({
      state: 'done',
      rowsDone: 1 + 2 + 1 + 1 + 130 + 173,
      rowsTotal: 308,
      secondsLeft: null,
      problem: null,
    });
  });

  it('goes on with the other streams when one is forbidden, and says which', async () => {
    const read = world.host.read.bind(world.host);
    world.host.read = ((stream, request) => {
      if (stream === 'products') world.host.fails('read', { kind: 'forbidden', scope: 'catalog' });
      return read(stream, request);
    }) as typeof world.host.read;
    await world.copied();
    await world.expectMirrorEqualsHost();
    expect(await world.parts.progress.of(world.accountId)).toMatchObject({
      state: 'failed',
      problem: 'forbidden: catalog',
    });
  });

  it('stores everything but the one deal that cannot be stored, and keeps that as a dead letter', async () => {
    const bad = aDeal('D_66', 66, { amount: 'много' });
    world.host.records.deals[65] = bad;
    await world.copied();
    expect((await world.deals()).length).toBe(129);
    expect(await world.count(`dead_letter WHERE account_id = $1 AND subject = 'deal'`)).toBe(1);
    expect((await world.parts.progress.of(world.accountId)).state).toBe('done');
  });

  it('carries titles with quotes, backslashes, braces, emoji and NUL', async () => {
    const title = String.raw`a"b\c{d},NULL 'e' 😀`;
    world.host.records.deals[0] = aDeal('D_1', 1, { title: `${title}\u0000` });
    await world.copied();
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title).toBe(title);
  });

  it('copies nothing for a frozen account', async () => {
    await database.query(`UPDATE account SET state = 'frozen'`);
    await world.copied();
    expect(world.host.calls.get('read') ?? 0).toBe(0);
  });
});
