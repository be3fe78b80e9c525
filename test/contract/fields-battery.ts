import { expect, it } from '@jest/globals';
import type { EntityChange } from '../../src/contract/client.js';
import type { HostDeal } from '../../src/contract/streams.js';
import type { BatteryWorld } from './battery-world.js';

/** A deal as the list tells it, read with these fields watched. */
async function listed(world: BatteryWorld, dealId: string, watched: readonly string[]): Promise<HostDeal> {
  for await (const page of world.watching(watched).read('deals', { cursor: null, lane: 'low' })) {
    const found = page.rows.find(({ id }) => id === dealId);
    if (found) return found;
  }
  throw new Error(`the list lacks the deal ${dealId}`);
}

async function reread(world: BatteryWorld, dealId: string, watched: readonly string[]): Promise<HostDeal> {
  const [deal] = await world.watching(watched).readDeals([dealId], 'high');
  if (!deal) throw new Error(`the deal ${dealId} is gone`);
  return deal;
}

async function productsOf(world: BatteryWorld, dealId: string): Promise<readonly string[]> {
  const { client } = world;
  // A host may learn anew which lists of products there are.
  const deal = await reread(world, dealId, []);
  if (deal.productIds !== null) return deal.productIds;
  const told = await client.readDealProducts?.([dealId, 'D_999999999', 'nonsense'], 'low');
  return told?.get(dealId) ?? [];
}

/** What the mirror makes of such a hint: reads the deals that it is about again, or asks what was done. */
async function lastActivityOf(
  world: BatteryWorld,
  dealId: string,
  changes: readonly EntityChange[],
): Promise<number> {
  const { client } = world;
  const hints = changes.filter(({ entity }) => entity === 'activity').map(({ id }) => id);
  expect(hints.length).toBeGreaterThan(0);
  if (client.dealsOfActivities) {
    const about = await client.dealsOfActivities([...hints, 'A_999999999', 'nonsense'], 'low');
    expect(about).toContain(dealId);
    return (await reread(world, dealId, [])).lastActivityAt ?? 0;
  }
  return Math.max(0, ...(await activitiesSince(world, dealId, (await client.serverTime()) - 600_000)));
}

async function activitiesSince(
  { client }: BatteryWorld,
  dealId: string,
  modifiedSince: number,
): Promise<readonly number[]> {
  const found: number[] = [];
  const request = { cursor: null, lane: 'low', modifiedSince } as const;
  for await (const page of client.read('activities', request)) {
    found.push(...page.rows.filter((row) => row.dealId === dealId).map(({ at }) => at));
  }
  return found;
}

export function fieldsBattery(world: () => BatteryWorld): void {
  it('names the fields that people added to deals, with their kinds and choices', async () => {
    const key = await world().addField({ kind: 'choice', name: 'Сегмент', choices: ['Малый', 'Крупный'] });
    const text = await world().addField({ kind: 'text', name: 'ЛПР' });
    const fields = await world().client.dealFields();
    const segment = fields.find((field) => field.key === key);
    expect(segment).toMatchObject({ name: 'Сегмент', kind: 'choice', multiple: false });
    expect(segment?.choices.map(({ name }) => name)).toEqual(['Малый', 'Крупный']);
    expect(new Set(segment?.choices.map(({ id }) => id)).size).toBe(2);
    expect(fields.find((field) => field.key === text)).toMatchObject({ kind: 'text', choices: [] });
    expect(new Set(fields.map((field) => field.key)).size).toBe(fields.length);
  });

  it('brings the values of watched fields with the list and with a second reading, and no others', async () => {
    const [deal = ''] = await world().addDeals(1);
    const text = await world().addField({ kind: 'text', name: 'ЛПР' });
    const other = await world().addField({ kind: 'text', name: 'Прочее' });
    const choice = await world().addField({ kind: 'choice', name: 'Сегмент', choices: ['Малый', 'Крупный'] });
    const date = await world().addField({ kind: 'date', name: 'Дата решения' });
    const flag = await world().addField({ kind: 'flag', name: 'VIP' });
    await world().fill(deal, { [text]: 'Иван "Грозный"', [other]: 'x', [choice]: 'Крупный' });
    await world().fill(deal, { [date]: '2026-12-31', [flag]: true });
    const fields = await world().client.dealFields();
    const large = fields.find(({ key }) => key === choice)?.choices[1]?.id;
    const expected = { [text]: 'Иван "Грозный"', [choice]: large, [date]: '2026-12-31', [flag]: true };
    const watched = [text, choice, date, flag];
    expect((await listed(world(), deal, watched)).fields).toEqual(expected);
    expect((await reread(world(), deal, watched)).fields).toEqual(expected);
    expect((await reread(world(), deal, [])).fields).toEqual({});
    expect(world().watching(watched).watchedFields).toEqual(watched);
  });

  it('keeps every value of a field with several, and leaves out what is empty or unknown', async () => {
    const [deal = '', empty = ''] = await world().addDeals(2);
    const key = await world().addField({ kind: 'choices', name: 'Услуги', choices: ['А', 'Б', 'В'] });
    await world().fill(deal, { [key]: ['А', 'В'] });
    const field = (await world().client.dealFields()).find((each) => each.key === key);
    expect(field).toMatchObject({ kind: 'choice', multiple: true });
    const [first, , third] = field?.choices ?? [];
    const watched = [key, 'UF_CRM_NOT_THERE', '999999'];
    expect((await reread(world(), deal, watched)).fields).toEqual({ [key]: [first?.id, third?.id] });
    expect((await listed(world(), deal, watched)).fields).toEqual({ [key]: [first?.id, third?.id] });
    expect((await reread(world(), empty, watched)).fields).toEqual({});
  });

  it('tells the products of a deal by the ids of the products that it lists', async () => {
    const [sold = '', plain = ''] = await world().addDeals(2);
    const productId = await world().sell(sold);
    expect(await productsOf(world(), sold)).toEqual([productId]);
    expect(await productsOf(world(), plain)).toEqual([]);
    if (!world().client.streams.has('products')) return;
    const listedIds: string[] = [];
    for await (const page of world().client.read('products', { cursor: null, lane: 'low' })) {
      listedIds.push(...page.rows.map(({ id }) => id));
    }
    expect(listedIds).toContain(productId);
  });

  it('tells tags, and the reason of a loss where the host has such a list', async () => {
    const [deal = '', open = ''] = await world().addDeals(2);
    const tags = await world().tag(deal);
    const reason = await world().lose(deal);
    const lost = await reread(world(), deal, []);
    expect(lost).toMatchObject({ tags, lossReason: reason, stageKind: 'lost' });
    expect(await listed(world(), deal, [])).toMatchObject({ tags, lossReason: reason });
    expect(await reread(world(), open, [])).toMatchObject({ tags: [], lossReason: null });
  });

  it('learns at once that somebody worked on a deal, though nothing in the deal changed', async () => {
    const [deal = ''] = await world().addDeals(1);
    const before = await world().client.serverTime();
    const reading = world().host.readHook(await world().hookOfWork(deal));
    if (reading.kind !== 'changes') throw new Error(`not a change: ${reading.kind}`);
    const at = await lastActivityOf(world(), deal, reading.changes);
    expect(at).toBeGreaterThanOrEqual(before - 2000);
    expect(at).toBeLessThanOrEqual((await world().client.serverTime()) + 2000);
  });

  it('finds with the next sweep who worked on what, when no hook came', async () => {
    const [deal = ''] = await world().addDeals(1);
    await world().passTime();
    const since = await world().client.serverTime();
    await world().work(deal);
    const { client } = world();
    if (client.streams.has('activities')) {
      expect(await activitiesSince(world(), deal, since - 2000)).toHaveLength(1);
      return;
    }
    const found: string[] = [];
    const request = { cursor: null, lane: 'low', modifiedSince: since - 1000 } as const;
    for await (const page of client.read('deals', request)) found.push(...page.rows.map(({ id }) => id));
    expect(found).toContain(deal);
  });
}
