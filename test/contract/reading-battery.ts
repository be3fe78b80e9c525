import { expect, it } from '@jest/globals';
import { HostError } from '../../src/contract/failure.js';
import type { StreamName, StreamRecords, StreamRequest } from '../../src/contract/streams.js';
import { knownDealsOf } from '../support/known-deals.js';
import type { BatteryWorld } from './battery-world.js';

async function all<Name extends StreamName>(
  { client }: BatteryWorld,
  stream: Name,
  request: Partial<StreamRequest> = {},
): Promise<readonly StreamRecords[Name][]> {
  const rows: StreamRecords[Name][] = [];
  let done = false;
  const deals = client.streamsAfterDeals?.has(stream) ? { deals: await knownDealsOf(client) } : {};
  for await (const page of client.read(stream, { cursor: null, lane: 'low', ...deals, ...request })) {
    rows.push(...page.rows);
    done = page.done;
  }
  expect(done).toBe(true);
  return rows;
}

function idsOf(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id).toSorted();
}

export function readingBattery(world: () => BatteryWorld): void {
  it('reads pipelines whose stages tell open from won and lost', async () => {
    const pipelines = await all(world(), 'pipelines');
    expect(pipelines.length).toBeGreaterThan(0);
    for (const { pipeline, stages } of pipelines) {
      expect(new Set(stages.map(({ kind }) => kind))).toEqual(new Set(['open', 'won', 'lost']));
      expect(stages.every(({ pipelineId }) => pipelineId === pipeline.id)).toBe(true);
      expect(new Set(stages.map(({ id }) => id)).size).toBe(stages.length);
    }
  });

  it('reads the people', async () => {
    const people = await all(world(), 'users');
    expect(idsOf(people)).toEqual(expect.arrayContaining([...world().people]));
    expect(people.every(({ name }) => name !== '')).toBe(true);
  });

  it('reads every deal once, in a pipeline and a stage that are known', async () => {
    const made = await world().addDeals(230);
    const deals = await all(world(), 'deals');
    expect(idsOf(deals)).toEqual([...new Set(idsOf(deals))]);
    expect(idsOf(deals)).toEqual(expect.arrayContaining([...made]));
    const stages = (await all(world(), 'pipelines')).flatMap((each) => each.stages);
    for (const { pipelineId, stageId, stageKind } of deals) {
      const stage = stages.find((each) => each.pipelineId === pipelineId && each.id === stageId);
      expect(stage?.kind).toBe(stageKind);
    }
  });

  it('goes on behind any page without losing or inventing a deal', async () => {
    await world().addDeals(230);
    const whole = idsOf(await all(world(), 'deals'));
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let done = false; !done;) {
      for await (const page of world().client.read('deals', { cursor, lane: 'low' })) {
        for (const { id } of page.rows) seen.add(id);
        ({ cursor, done } = page);
        // The process "dies" after each page.
        break;
      }
    }
    expect([...seen].toSorted()).toEqual(whole);
  });

  it('loses no live deal while others are deleted', async () => {
    const made = await world().addDeals(230);
    const doomed = made.filter((_, index) => index % 10 === 0);
    const seen = new Set<string>();
    for await (const page of world().client.read('deals', { cursor: null, lane: 'low' })) {
      for (const { id } of page.rows) seen.add(id);
      for (const id of doomed.splice(0, 5)) await world().deleteDeal(id);
    }
    const live = idsOf(await all(world(), 'deals'));
    expect(live.filter((id) => !seen.has(id))).toEqual([]);
  });

  it('reads only what changed since an instant of the host’s clock', async () => {
    const [first = ''] = await world().addDeals(3);
    const since = (await world().client.serverTime()) + 2000;
    expect(await all(world(), 'deals', { modifiedSince: since })).toEqual([]);
    const before = await all(world(), 'deals', { modifiedSince: since - 60_000 });
    expect(idsOf(before)).toContain(first);
  });

  it('reads deals again and leaves out those that are gone', async () => {
    const made = await world().addDeals(120);
    const [gone = '', ...rest] = made;
    await world().deleteDeal(gone);
    expect(idsOf(await world().client.readDeals(made, 'high'))).toEqual(rest.toSorted());
  });

  it('lists the ids of all live deals', async () => {
    const [gone = ''] = await world().addDeals(70);
    await world().deleteDeal(gone);
    const ids: string[] = [];
    for await (const page of world().client.readDealIds(null, 'low')) ids.push(...page.ids);
    expect(ids.toSorted()).toEqual(idsOf(await all(world(), 'deals')));
  });

  it('reads a stage history whose last entry is where the deal stands', async () => {
    const [deal = ''] = await world().addDeals(1);
    const place = await world().moveByHand(deal);
    if (!world().client.streams.has('stageHistory')) return;
    const entries = (await all(world(), 'stageHistory')).filter(({ dealId }) => dealId === deal);
    expect(entries.length).toBeGreaterThan(1);
    // Rows may come in any order; in one second they come as they happened.
    expect(entries.toSorted((one, other) => one.at - other.at).at(-1)).toMatchObject(place);
    expect(new Set(entries.map(({ hostId }) => hostId)).size).toBe(entries.length);
  });

  it('asks again after a passing fault', async () => {
    await world().addDeals(5);
    const whole = idsOf(await all(world(), 'deals'));
    world().fail('passing');
    expect(idsOf(await all(world(), 'deals'))).toEqual(whole);
  });

  it('does not take an odd empty page for the end', async () => {
    await world().addDeals(230);
    const whole = idsOf(await all(world(), 'deals'));
    world().fail('emptyPage');
    expect(idsOf(await all(world(), 'deals'))).toEqual(whole);
  });

  it('renews an expired token once and goes on', async () => {
    world().expireAccess();
    expect((await all(world(), 'users')).length).toBeGreaterThan(0);
    expect(world().session.renewals).toBe(1);
  });

  it('asks for a reconnection when the tokens are dead', async () => {
    world().killTokens();
    const failure = await world()
      .client.serverTime()
      .catch((error: unknown) => error);
    expect(failure instanceof HostError && failure.failure.kind).toBe('reauthorise');
  });
}
