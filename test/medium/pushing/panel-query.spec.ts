import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { marksOf, painOf, type DealPulse, type StageNorm } from '../../../src/domain/pushing/pulse.js';
import {
  boardStatement,
  countsStatement,
  MARKS,
  pageStatement,
  type BoardRow,
  type PanelRow,
  type PanelScope,
} from '../../../src/features/pushing/panel.query.js';
import type { PanelFilter, PanelSort } from '../../../src/features/pushing/panel.view.js';
import { PulseRepository } from '../../../src/features/pushing/pulse.repository.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = MONDAY + 40 * DAY;
/** Moscow, and one colleague further east. */
const ZONES = { own: 10_800, others: { oleg: 18_000 } };
const zoneOf = (userId: string | null): string =>
  userId === 'oleg' ? 'Asia/Yekaterinburg' : 'Europe/Moscow';
const STAGES = ['A', 'B', 'C'] as const;
const SORTS: readonly PanelSort[] = ['pain', 'due', 'idle', 'amount', 'created'];

/** Ages in hours before now; the future of a deadline or a wait is negative. */
const facts = fc.record({
  stage: fc.constantFrom(...STAGES),
  owner: fc.constantFrom('anna', 'oleg', null),
  amount: fc.constantFrom(null, '0', '10.50', '1000', '1000'),
  created: fc.integer({ min: 24, max: 900 }),
  since: fc.integer({ min: 0, max: 900 }),
  event: fc.integer({ min: 0, max: 900 }),
  plan: fc.constantFrom(null, 'active', 'paused', 'closed'),
  due: fc.option(fc.integer({ min: -60, max: 60 })),
  step: fc.boolean(),
  waiting: fc.option(fc.integer({ min: -48, max: 48 })),
  snoozed: fc.option(fc.integer({ min: -48, max: 48 })),
  pushed: fc.boolean(),
  unsorted: fc.boolean(),
});
type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

describeOnEveryDatabase('src/features/pushing/panel.query', (open) => {
  let database: Database;
  let pulses: PulseRepository;
  let run = 0;

  beforeAll(async () => {
    database = await open();
    pulses = new PulseRepository(database);
  });

  afterAll(() => database.close());

  function scopeOf(accountId: string, ownerIds: readonly string[] | null = null): PanelScope {
    return { accountId, ownerIds, now: new Date(NOW), endOfDay: new Date(NOW + 9 * HOUR), zones: ZONES };
  }

  async function anAccount(deals: readonly Facts[]): Promise<string> {
    const accountId = accountIdOf('memory', `panel-${run++}`);
    for (const [place, stage] of STAGES.entries())
      await database.query(
        `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES ($1::uuid, 'P', $2, $2, $3, 'open')`,
        [accountId, stage, place],
      );
    await database.query(
      `INSERT INTO stage_norm (account_id, pipeline_id, stage_id, visits, norm_ms, stuck_after_ms, computed_at)
       VALUES ($1::uuid, 'P', 'A', 40, $2, $3, now())`,
      [accountId, 4 * DAY, 6 * DAY],
    );
    await database.query(
      `INSERT INTO pipeline_plan (account_id, pipeline_id, template_id, version, triggers, since, enabled_at)
       VALUES ($1::uuid, 'P', $1::uuid, 1, '{}', now(), now())`,
      [accountId],
    );
    for (const [index, deal] of deals.entries())
      await insert(accountId, `D_${String(index).padStart(3, '0')}`, deal);
    return accountId;
  }

  async function insert(accountId: string, dealId: string, deal: Facts): Promise<void> {
    const at = (hours: number): Date => new Date(NOW - hours * HOUR);
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, created_at, modified_at, synced_at)
       VALUES ($1::uuid, $2, $3, 'P', $4, 'open', $5, $5, $5)`,
      [accountId, dealId, `Deal 100% ${dealId}`, deal.stage, at(deal.created)],
    );
    const due = deal.plan === null || deal.due === null ? null : at(deal.due);
    await database.query(
      `INSERT INTO deal_pulse (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
         stage_since, last_event, last_event_at, unsorted, plan_id, template_id, template_version, plan_state, due_ats,
         next_due_at, next_step, waiting_until, pushed_at, next_owner_id, snoozed_until)
       VALUES ($1::uuid, $2, 'P', $3, 'open', $4, $5::numeric, $6, $7, 'activity', $8, $9, $10::uuid, $10::uuid, 1, $11,
         $12::timestamptz[], $13, $14, $15, $16, $4, $17)`,
      [
        accountId,
        dealId,
        deal.stage,
        deal.owner,
        deal.amount,
        at(deal.created),
        at(deal.since),
        at(deal.event),
        deal.unsorted,
        deal.plan === null ? null : accountId,
        deal.plan,
        due === null ? '{}' : [due],
        due,
        due === null && !deal.step ? null : 'step~1',
        deal.waiting === null ? null : at(deal.waiting),
        deal.pushed ? at(1) : null,
        deal.snoozed === null ? null : at(deal.snoozed),
      ],
    );
  }

  async function page(
    accountId: string,
    filter: PanelFilter = {},
    sort: PanelSort = 'pain',
    limit = 200,
    after: { key: number; dealId: string } | null = null,
    ownerIds: readonly string[] | null = null,
  ): Promise<readonly PanelRow[]> {
    const statement = pageStatement(scopeOf(accountId, ownerIds), filter, { sort, after, limit });
    return database.query<PanelRow>(statement.text, statement.values);
  }

  function normOf(pulse: DealPulse): StageNorm {
    const place = STAGES.findIndex((stage) => stage === pulse.stageId);
    const learned = pulse.stageId === 'A';
    return {
      normMs: learned ? 4 * DAY : null,
      stuckAfterMs: learned ? 6 * DAY : null,
      place,
      openStages: STAGES.length,
    };
  }

  it('marks and weighs deals as the domain does, and counts what it marks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(facts, { minLength: 1, maxLength: 12 }), async (deals) => {
        const accountId = await anAccount(deals);
        const rows = await page(accountId);
        const found = await pulses.find(
          accountId,
          rows.map((row) => row.deal_id),
        );
        expect(rows).toHaveLength(deals.length);
        const moment = { now: NOW, endOfDay: NOW + 9 * HOUR, zoneOf, plansOn: true };
        for (const pulse of found) {
          const row = rows.find((one) => one.deal_id === pulse.dealId);
          expect(MARKS.filter((mark) => row?.[mark])).toEqual(
            MARKS.filter((mark) => marksOf(pulse, normOf(pulse), moment).includes(mark)),
          );
          expect(row?.key).toBeCloseTo(painOf(pulse, normOf(pulse), NOW), 3);
        }
        const statement = countsStatement(scopeOf(accountId), {});
        const [counts] = await database.query<Record<string, number>>(statement.text, statement.values);
        expect(counts?.['total']).toBe(deals.length);
        for (const mark of MARKS) expect(counts?.[mark]).toBe(rows.filter((row) => row[mark]).length);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('loses no row and shows none twice from page to page, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(facts, { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (deals, limit) => {
          const accountId = await anAccount(deals);
          for (const sort of SORTS) {
            const seen: string[] = [];
            let after: { key: number; dealId: string } | null = null;
            do {
              const rows = await page(accountId, {}, sort, limit, after);
              seen.push(...rows.map((row) => row.deal_id));
              const last = rows.at(-1);
              after = last && rows.length === limit ? { key: last.key, dealId: last.deal_id } : null;
            } while (after !== null);
            expect(seen.toSorted()).toEqual(deals.map((_, index) => `D_${String(index).padStart(3, '0')}`));
          }
        },
      ),
      { numRuns: 10 },
    );
  }, 120_000);

  it('narrows by seller, stage, amount, period, words and marks, and takes signs in words for themselves', async () => {
    const plain: Facts = {
      stage: 'A',
      owner: 'anna',
      amount: '1000',
      created: 100,
      since: 1,
      event: 1,
      plan: 'active',
      due: null,
      step: true,
      waiting: null,
      snoozed: null,
      pushed: false,
      unsorted: false,
    };
    const accountId = await anAccount([
      plain,
      { ...plain, owner: 'oleg', amount: '10.50' },
      { ...plain, owner: null, stage: 'B', due: 5 },
      { ...plain, created: 800, pushed: true },
    ]);
    const ids = async (filter: PanelFilter): Promise<readonly string[]> =>
      (await page(accountId, filter, 'created')).map((row) => row.deal_id).toSorted();
    expect(await ids({ sellerIds: ['oleg'] })).toEqual(['D_001']);
    expect(await ids({ stageIds: ['B'] })).toEqual(['D_002']);
    expect(await ids({ amountFrom: 11, amountTo: 1000 })).toEqual(['D_000', 'D_002', 'D_003']);
    expect(await ids({ to: new Date(NOW - 500 * HOUR).toISOString() })).toEqual(['D_003']);
    expect(await ids({ text: '100% d_00' })).toHaveLength(4);
    expect(await ids({ text: '100_' })).toEqual([]);
    expect(await ids({ marks: ['overdue', 'pushedUnanswered'] })).toEqual(['D_002', 'D_003']);
    expect(await ids({ sellerIds: [], marks: [] })).toHaveLength(4);
    const own = await page(accountId, {}, 'created', 200, null, ['anna']);
    expect(own.map((row) => row.deal_id).toSorted()).toEqual(['D_000', 'D_002', 'D_003']);
  });

  it('shows the first cards of each stage with the sums of all of them', async () => {
    const card: Facts = {
      stage: 'A',
      owner: 'anna',
      amount: '10.50',
      created: 100,
      since: 1,
      event: 1,
      plan: null,
      due: null,
      step: false,
      waiting: null,
      snoozed: null,
      pushed: false,
      unsorted: false,
    };
    const accountId = await anAccount([card, card, card, { ...card, stage: 'C', amount: null }]);
    const statement = boardStatement(scopeOf(accountId), {}, { sort: 'created', limit: 2 });
    const rows = await database.query<BoardRow>(statement.text, statement.values);
    expect(rows.map((row) => [row.stage_id, row.deal_id, row.column_total, row.column_amount])).toEqual([
      ['A', 'D_000', 3, '31.5'],
      ['A', 'D_001', 3, '31.5'],
      ['C', 'D_003', 1, '0'],
    ]);
  });
});
