import { afterEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../src/domain/crm/time.js';
import type { FaultDraft } from '../../src/sandbox/bitrix24/server/faults.js';
import { type Bitrix24World, IMPATIENT, startBitrix24World } from '../support/bitrix24-world.js';
import { realClock } from '../support/session.js';
import { tinyCompany } from '../support/tiny-company.js';
import { until } from '../support/until.js';

const DEALS = 5000;
/** A full copy counts deals and leads beside its walk. */
const COUNTS = 2;
/** The count and the first 2,500 rows. */
const BEHIND_THE_FIRST_BATCH = 2;

/** Only where a fault is to be sat out: on a busy machine an honest answer may take longer. */
const SHORT_MS = 700;

function isSlow({ kind }: FaultDraft): boolean {
  return kind === 'hang' || kind === 'slow';
}

let world: Bitrix24World | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

async function start(requestTimeoutMs = 20_000, clock: Clock = realClock): Promise<Bitrix24World> {
  world = await startBitrix24World({
    clock,
    company: tinyCompany(DEALS),
    patience: { ...IMPATIENT, requestTimeoutMs },
  });
  return world;
}

async function readAll(
  { client }: Bitrix24World,
  meanwhile?: (page: number) => void,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let pages = 0;
  for await (const page of client.read('deals', { cursor: null, lane: 'low' })) {
    ids.push(...page.rows.map(({ id }) => id));
    meanwhile?.((pages += 1));
  }
  return ids;
}

function everyDeal(): readonly string[] {
  return Array.from({ length: DEALS }, (_, index) => `D_${index + 1}`);
}

describe('test/faults/host-reading', () => {
  it.each<[string, FaultDraft]>([
    ['row 12, one HTML page with 500', { kind: 'http500-html', after: BEHIND_THE_FIRST_BATCH }],
    ['row 12, one HTML page with 502', { kind: 'http502-html', after: BEHIND_THE_FIRST_BATCH }],
    ['row 13, five 500s in a row', { kind: 'http500', after: BEHIND_THE_FIRST_BATCH, times: 5 }],
    [
      'row 14, twenty refusals by the bucket',
      { kind: 'query-limit', after: BEHIND_THE_FIRST_BATCH, times: 20 },
    ],
    ['row 16, an HTML page with 200', { kind: 'html-200', after: BEHIND_THE_FIRST_BATCH }],
    ['row 17, garbage with 200', { kind: 'garbage', after: BEHIND_THE_FIRST_BATCH }],
    ['row 17, an empty body with 200', { kind: 'empty-body', after: BEHIND_THE_FIRST_BATCH }],
    ['row 18, a body that breaks off', { kind: 'truncated', after: BEHIND_THE_FIRST_BATCH }],
    ['row 18, a connection that breaks', { kind: 'reset', after: BEHIND_THE_FIRST_BATCH }],
    ['row 19, a null result', { kind: 'result-null', after: BEHIND_THE_FIRST_BATCH }],
    ['row 19, an error with 200', { kind: 'error-200', after: BEHIND_THE_FIRST_BATCH }],
    ['row 20, an empty page in mid-stream', { kind: 'empty-page', method: 'crm.item.list', after: 73 }],
    ['row 20, an empty first page', { kind: 'empty-page', method: 'crm.item.list', after: COUNTS }],
    ['row 21, no answer at all', { kind: 'hang', after: BEHIND_THE_FIRST_BATCH }],
    ['row 22, one byte a second', { kind: 'slow', after: BEHIND_THE_FIRST_BATCH }],
    ['row 29, a token that expires in mid-stream', { kind: 'expired-token', after: BEHIND_THE_FIRST_BATCH }],
    [
      'row 46, a command that fails inside a batch',
      { kind: 'inner-error', method: 'crm.item.list', after: 73 },
    ],
  ])('reads all 5,000 deals in spite of %s', async (_row, fault) => {
    const running = await start(isSlow(fault) ? SHORT_MS : undefined);
    const injected = running.portal.faults.add(fault);
    expect(await readAll(running)).toEqual(everyDeal());
    expect(injected.fired).toBe(fault.times ?? 1);
  });

  it('refreshes exactly once when the token expires in mid-stream (row 29)', async () => {
    const running = await start();
    expect(await readAll(running, (page) => page === 1 && running.expireAccess())).toEqual(everyDeal());
    expect(running.session.renewals).toBe(1);
    expect(running.portal.log.byMethod.get('oauth.token')).toBe(1);
  });

  it('misses no live deal while others are deleted and made at every list call (row 23)', async () => {
    const running = await start();
    running.portal.faults.add({ kind: 'drift', method: 'crm.item.list', times: 60, amount: 10 });
    const seen = new Set(await readAll(running));
    expect(running.portal.store.deals.get(600)).toBeUndefined();
    const missed: number[] = [];
    for (const deal of running.portal.store.deals) if (!seen.has(`D_${deal.id}`)) missed.push(deal.id);
    expect(missed).toEqual([]);
  });

  it.each([1, 5])(
    'pauses only the method that used up its operating time, %i times in a row (row 15)',
    async (times) => {
      // A clock that runs a hundred times as fast sits out pauses of ten seconds.
      const began = Date.now();
      const clock = { now: () => began + (Date.now() - began) * 100 };
      const running = await start(20_000, clock);
      const { faults } = running.portal;
      faults.add({
        kind: 'inner-error',
        method: 'crm.item.list',
        code: 'OPERATION_TIME_LIMIT',
        after: 60,
        times,
      });
      const reading = readAll(running);
      await until(() => running.session.limits.pauses.has('crm.item.list'));
      const paused = clock.now();
      await running.client.serverTime();
      expect(clock.now() - paused).toBeLessThan(10_000);
      expect(await reading).toEqual(everyDeal());
      expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
      expect([...running.session.limits.pauses.keys()]).toEqual(['crm.item.list']);
    },
  );
});
