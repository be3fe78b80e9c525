import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Deal } from '../../../src/domain/crm/records.js';
import type { Database } from '../../../src/infra/db/database.js';
import type { Jobs } from '../../../src/infra/jobs/jobs.js';
import { upsertDeals } from '../../../src/mirror/deals.repository.js';
import { FieldWatch } from '../../../src/mirror/field-watch.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MemoryHost } from '../../support/memory-host.js';
import { NEVER } from '../../support/mirror-parts.js';
import { RichHost } from '../../support/rich-host.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { MONDAY, aDeal, fill } from '../../support/records.js';

const MINUTE = 60_000;

describeOnEveryDatabase('src/mirror: what deals carry', (open) => {
  let database: Database;
  let now: number;

  beforeEach(async () => {
    database = await open();
    now = MONDAY + 60 * MINUTE;
  });
  afterEach(() => database.close());

  async function deal(world: MirrorWorld, id: string): Promise<Deal> {
    const found = await world.parts.reads.deal(world.accountId, id);
    if (!found) throw new Error(`no deal ${id}`);
    return found;
  }

  it('stores products, tags, the reason of a loss and every kind of value, and reads them back', async () => {
    const world = await MirrorWorld.open(database);
    fill(world.host, 3);
    const rich = aDeal('D_2', 2, {
      productIds: ['2', '10'],
      tags: ['VIP, "лучшие"', 'a{b}\\c', "o'k"],
      lossReason: 'Дорого; {"x"}',
      fields: {
        UF_1: 'Иван\n"Г"',
        UF_2: '12.50',
        UF_3: true,
        UF_4: false,
        UF_5: ['1', '2'],
        UF_6: '\\u0000',
      },
    });
    world.host.records.deals[1] = rich;
    await world.copied();
    await world.expectMirrorEqualsHost();
    expect(await deal(world, 'D_2')).toMatchObject(rich);
  });

  it('announces a deal of which only such a value changed, and none that is as it was', async () => {
    const world = await MirrorWorld.open(database);
    fill(world.host, 4);
    world.host.records.deals[0] = aDeal('D_1', 1, { tags: ['a'], fields: { UF_1: 'x' } });
    await world.copied();
    world.parts.jobs.length = 0;
    const changes: Partial<Deal>[] = [
      { tags: ['a'], fields: { UF_1: 'x' } },
      { tags: ['b'] },
      { fields: { UF_1: 'y' } },
      { lossReason: 'Дорого' },
    ];
    for (const [index, change] of changes.entries()) {
      world.host.records.deals[index] = aDeal(`D_${index + 1}`, index + 1, change);
    }
    await world.hooked('D_1', 'D_2', 'D_3', 'D_4');
    await world.drained();
    expect(world.dealJobs().toSorted()).toEqual(['D_2', 'D_3', 'D_4']);
    world.host.records.deals[1] = aDeal('D_2', 2, {});
    await world.hooked('D_2');
    await world.drained();
    expect((await deal(world, 'D_2')).tags).toEqual([]);
  });

  it('keeps signs that the database cannot hold from spoiling a page', async () => {
    const world = await MirrorWorld.open(database);
    const odd = aDeal('D_1', 0, {
      tags: ['a\u001fb', 'c\u0000d'],
      productIds: ['1\u001f2'],
      fields: { UF_1: 'e\u0000f', UF_2: ['\ud800'] },
    });
    const written = await upsertDeals(database, world.accountId, [odd, aDeal('D_2')], MONDAY);
    expect(written).toContain('D_2');
    expect(await deal(world, 'D_1')).toMatchObject({ tags: ['a b', 'cd'], fields: { UF_1: 'ef' } });
  });

  it('reads products after the first copy, open deals first, and tells only of deals that have some', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 70);
    host.records.products.push({ id: '5', name: 'Аудит', price: 1, currency: 'RUB', active: true });
    host.records.deals[0] = aDeal('D_1', 1, { stageKind: 'won', stageId: 'WON' });
    host.productsOf.set('D_1', ['5']).set('D_7', ['5', '6']);
    await world.parts.mirror.start(world.accountId);
    await world.parts.sweeper.sweep(world.accountId, NEVER);
    expect(host.asked).toEqual([]);
    await world.copied();
    world.parts.jobs.length = 0;
    await world.swept();
    expect(host.asked.map((ids) => ids.length)).toEqual([50, 20]);
    expect(host.asked.at(-1)?.at(-1)).toBe('D_1');
    expect(world.dealJobs().toSorted()).toEqual(['D_1', 'D_7']);
    expect((await deal(world, 'D_7')).productIds).toEqual(['5', '6']);
    await world.swept();
    expect(host.asked).toHaveLength(2);
  });

  it('keeps known products over a reading that does not tell them, and asks again for a deal that changed', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 2);
    host.records.products.push({ id: '5', name: 'Аудит', price: 1, currency: 'RUB', active: true });
    host.productsOf.set('D_1', ['5']);
    await world.copied();
    await world.swept();
    now += 10 * MINUTE;
    host.productsOf.set('D_1', ['5', '8']);
    host.records.deals[0] = aDeal('D_1', 1, { title: 'Иначе', modifiedAt: now });
    host.asked.length = 0;
    await world.swept();
    expect(host.asked).toEqual([['D_1']]);
    expect(await deal(world, 'D_1')).toMatchObject({ title: 'Иначе', productIds: ['5', '8'] });
    now += 10 * MINUTE;
    host.productsOf.set('D_1', []);
    host.records.deals[0] = aDeal('D_1', 1, { title: 'Ещё иначе', modifiedAt: now });
    await world.hooked('D_1');
    await world.drained();
    expect(await deal(world, 'D_1')).toMatchObject({ title: 'Ещё иначе', productIds: [] });
  });

  it('asks for no products where the account has no catalogue', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 2);
    await world.copied();
    await world.swept();
    await world.hooked('D_1');
    await world.drained();
    expect(host.asked).toEqual([]);
  });

  it('moves the last activity forward by the host’s log, never back, and that of a contact on its open deals', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 3);
    host.records.deals[1] = aDeal('D_2', 2, { contactId: 'c1' });
    host.records.deals[2] = aDeal('D_3', 3, { contactId: 'c1', stageKind: 'won', stageId: 'WON' });
    host.records.activities.push(
      { dealId: 'D_1', contactId: null, at: MONDAY + 20 * MINUTE },
      { dealId: 'D_1', contactId: null, at: MONDAY + 10 * MINUTE },
      { dealId: null, contactId: 'c1', at: MONDAY + 30 * MINUTE },
      { dealId: 'D_9', contactId: null, at: MONDAY + 30 * MINUTE },
    );
    await world.copied();
    world.parts.jobs.length = 0;
    await world.swept();
    expect(world.dealJobs().toSorted()).toEqual(['D_1', 'D_2']);
    expect((await deal(world, 'D_1')).lastActivityAt).toBe(MONDAY + 20 * MINUTE);
    expect((await deal(world, 'D_2')).lastActivityAt).toBe(MONDAY + 30 * MINUTE);
    expect((await deal(world, 'D_3')).lastActivityAt).toBeNull();
    now += 10 * MINUTE;
    host.records.deals[0] = aDeal('D_1', 1, { title: 'Иначе', modifiedAt: now });
    await world.hooked('D_1');
    await world.drained();
    expect(await deal(world, 'D_1')).toMatchObject({ title: 'Иначе', lastActivityAt: MONDAY + 20 * MINUTE });
  });

  it('looks into the host’s log when a hook says that there is something new', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 2);
    await world.copied();
    host.records.activities.push({ dealId: 'D_1', contactId: null, at: MONDAY + 50 * MINUTE });
    await world.parts.intake.accept(
      world.accountId,
      [{ entity: 'activity', id: 'new', change: 'saved' }],
      null,
    );
    await world.drained();
    expect((await deal(world, 'D_1')).lastActivityAt).toBe(MONDAY + 50 * MINUTE);
    expect(await world.count('inbox WHERE account_id = $1')).toBe(0);
  });

  it('reads the deals that activities are about; one that is gone moves nothing', async () => {
    const host = new MemoryHost(() => now);
    const about = new Map([
      ['A_1', 'D_1'],
      ['C_1', 'D_2'],
    ]);
    const asked: string[][] = [];
    Object.assign(host, {
      dealsOfActivities: async (ids: readonly string[]) => {
        asked.push([...ids]);
        return ids.flatMap((id) => about.get(id) ?? []);
      },
    });
    const world = await MirrorWorld.open(database, host);
    fill(host, 3);
    await world.copied();
    world.parts.jobs.length = 0;
    for (const index of [0, 1]) {
      host.records.deals[index] = aDeal(`D_${index + 1}`, index + 1, { lastActivityAt: now });
    }
    const hints = ['A_1', 'A_1', 'C_1', 'A_404'].map(
      (id) => ({ entity: 'activity', id, change: 'saved' }) as const,
    );
    await world.parts.intake.accept(world.accountId, hints, null);
    await world.drained();
    expect(asked).toEqual([['A_1', 'C_1', 'A_404']]);
    expect((await deal(world, 'D_1')).lastActivityAt).toBe(now);
    expect(world.dealJobs().toSorted()).toEqual(['D_1', 'D_2']);
    expect(await world.count('deal WHERE account_id = $1 AND deleted_at IS NOT NULL')).toBe(0);
    // What follows at once rests, and is read together.
    await world.parts.intake.accept(world.accountId, hints, null);
    await world.drained();
    expect(asked).toHaveLength(1);
    expect(await world.count('inbox WHERE account_id = $1')).toBe(4);
  });

  it('reads all deals again when the account watches other fields, twice asked or once', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 120);
    host.records.deals[6] = aDeal('D_7', 7, { fields: { UF_1: 'x', UF_2: 'y' } });
    await world.copied();
    expect((await deal(world, 'D_7')).fields).toEqual({});
    await database.query('INSERT INTO watched_field (account_id, field_key) VALUES ($1, $2)', [
      world.accountId,
      'UF_1',
    ]);
    const forgotten: string[] = [];
    const connections = {
      ...world.parts.connections,
      forget: async (accountId: string) => void forgotten.push(accountId),
    };
    const watch = new FieldWatch(database, {} as Jobs, connections as never);
    await watch.changed(world.accountId);
    await watch.changed(world.accountId);
    expect(forgotten).toEqual([world.accountId, world.accountId]);
    // A process that has not heard of it yet leaves the step to one that has.
    host.since.length = 0;
    await world.parts.sweeper.sweep(world.accountId, NEVER);
    expect(host.since).toEqual([]);
    host.watchedFields = ['UF_1'];
    world.parts.jobs.length = 0;
    await world.parts.sweeper.sweep(world.accountId, NEVER);
    expect(host.since).toEqual([undefined]);
    expect((await deal(world, 'D_7')).fields).toEqual({ UF_1: 'x' });
    expect(world.dealJobs()).toEqual(['D_7']);
    now += 10 * MINUTE;
    await world.swept();
    expect(host.since.at(-1)).toBeGreaterThan(0);
  });

  it('takes the lease from a sweep that is still at it: what it would read has the fields of before', async () => {
    const host = new RichHost(() => now);
    const world = await MirrorWorld.open(database, host);
    fill(host, 120);
    await world.copied();
    const read = host.read.bind(host);
    const watch = new FieldWatch(database, {} as Jobs, world.parts.connections);
    let interrupted = false;
    host.read = async function* (stream, request) {
      for await (const page of read(stream, request)) {
        if (stream === 'deals' && !interrupted) {
          interrupted = true;
          await watch.changed(world.accountId);
        }
        yield page;
      }
    };
    host.records.deals.forEach((one, index) => {
      host.records.deals[index] = { ...one, modifiedAt: now };
    });
    await world.swept();
    expect(interrupted).toBe(true);
    host.since.length = 0;
    await world.parts.sweeper.sweep(world.accountId, NEVER);
    expect(host.since).toEqual([undefined]);
    expect(await world.count('deal WHERE account_id = $1 AND deleted_at IS NULL')).toBe(120);
  });
});
