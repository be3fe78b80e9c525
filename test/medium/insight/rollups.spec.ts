import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { visitsOf } from '../../../src/domain/crm/visits.js';
import { passagesOf } from '../../../src/domain/insight/funnel.js';
import { HonestyJudge } from '../../../src/domain/insight/honesty.js';
import { StageOrder, staysOf, type LoggedDeal } from '../../../src/domain/insight/stays.js';
import type { StageTransition } from '../../../src/domain/crm/records.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { MirrorWriter } from '../../../src/mirror/mirror-writer.js';
import { rollupDifferences } from '../../../src/mirror/rollup-verify.js';
import { Rollups } from '../../../src/mirror/rollups.js';
import { recomputeVisits, upsertTransitions } from '../../../src/mirror/visits.repository.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const MINUTE = 60_000;
const STAGES = [
  ['A', 'open'],
  ['B', 'open'],
  ['C', 'open'],
  ['W', 'won'],
  ['L', 'lost'],
] as const;
const DEALS = ['D_1', 'D_2', 'D_3'] as const;

const move = fc.record({
  dealId: fc.constantFrom(...DEALS),
  at: fc.integer({ min: 0, max: 200_000 }).map((minutes) => MONDAY + minutes * MINUTE),
  pipelineId: fc.constantFrom('P', 'P', 'P', 'Q'),
  stageId: fc.constantFrom('A', 'B', 'C', 'W', 'L'),
  stageKind: fc.constant('open' as const),
  hostId: fc.integer({ min: 1, max: 999 }).map(String),
});
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('moves' as const), moves: fc.array(move, { maxLength: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'revive' as const),
      dealId: fc.constantFrom(...DEALS),
    }),
  },
);

describeOnEveryDatabase('src/mirror/rollups', (open) => {
  let database: Database;
  let rollups: Rollups;
  let writer: MirrorWriter;
  let run = 0;

  beforeAll(async () => {
    database = await open();
    writer = new MirrorWriter(database, { prepare: () => Promise.resolve() } as never, null as never);
    rollups = new Rollups(database, writer);
  });

  afterAll(() => database.close());

  async function anAccount(deals: readonly string[] = DEALS, createdAt = MONDAY): Promise<string> {
    const accountId = accountIdOf('memory', `rollups-${run++}`);
    await database.query(
      `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
       SELECT $1::uuid, p, s, s, row_number() OVER (), k FROM unnest($2::text[], $3::text[]) AS x(s, k), unnest('{P,Q}'::text[]) p`,
      [accountId, STAGES.map(([id]) => id), STAGES.map(([, kind]) => kind)],
    );
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, created_at, modified_at, synced_at)
       SELECT $1::uuid, id, id, 'P', 'A', 'open', $3, $3, $3 FROM unnest($2::text[]) id`,
      [accountId, deals, new Date(createdAt)],
    );
    return accountId;
  }

  async function moved(accountId: string, moves: readonly StageTransition[]): Promise<void> {
    await recomputeVisits(database, accountId, await upsertTransitions(database, accountId, moves));
  }

  it('equal a full recomputation after random moves, late history, deletions and returns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 10 }), fc.nat(5), async (acts, liveFrom) => {
        const accountId = await anAccount();
        for (const [at, one] of acts.entries()) {
          if (at === liveFrom) await rollups.rebuild(accountId);
          if (one.kind === 'moves') await moved(accountId, one.moves);
          else {
            const deletedAt = one.kind === 'delete' ? new Date(MONDAY) : null;
            await database.query('UPDATE deal SET deleted_at = $3 WHERE account_id = $1 AND deal_id = $2', [
              accountId,
              one.dealId,
              deletedAt,
            ]);
            await recomputeVisits(database, accountId, [one.dealId]);
          }
          const expected = at >= liveFrom ? [] : null;
          expect(await rollupDifferences(database, accountId)).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  /** As the mirror writes: one after another within an account. */
  function writes(accountId: string, moves: readonly StageTransition[]): Promise<void> {
    return writer.transaction(accountId, async (tx) => {
      await recomputeVisits(tx, accountId, await upsertTransitions(tx, accountId, moves));
    });
  }

  it('come out right when the account writes on while they are counted, the first time and later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(move, { maxLength: 4 }), { maxLength: 12 }), async (batches) => {
        const accountId = await anAccount();
        await moved(accountId, batches[0] ?? []);
        for (const half of [batches.slice(1, 6), batches.slice(6)]) {
          const counting = rollups.rebuild(accountId, 1);
          await Promise.all([counting, ...half.map((moves) => writes(accountId, moves))]);
          expect(await rollupDifferences(database, accountId)).toEqual([]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('let a write through between two steps', async () => {
    const deals = Array.from({ length: 60 }, (_, at) => `S_${String(at).padStart(2, '0')}`);
    const accountId = await anAccount(deals);
    await moved(
      accountId,
      deals.flatMap((id, at) => [aMove(id, 'A', at), aMove(id, 'B', 5_000 + at)]),
    );
    const done: string[] = [];
    const counting = rollups.rebuild(accountId, 2).then(() => done.push('counted'));
    await writes(accountId, [aMove('S_00', 'C', 9_000)]).then(() => done.push('first deal written'));
    await writes(accountId, [aMove('S_59', 'C', 9_000)]).then(() => done.push('last deal written'));
    await counting;
    expect(done.at(-1)).toBe('counted');
    expect(done).toHaveLength(3);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
  });

  it('go on where a first count was broken off', async () => {
    const deals = Array.from({ length: 9 }, (_, at) => `R_${at}`);
    const accountId = await anAccount(deals);
    await moved(
      accountId,
      deals.flatMap((id, at) => [aMove(id, 'A', at), aMove(id, 'B', 5_000 + at)]),
    );
    const counted: string[] = [];
    const breaking = new MirrorWriter(database, { prepare: () => Promise.resolve() } as never, null as never);
    const transaction = breaking.transaction.bind(breaking);
    breaking.transaction = (account, work, commit) => {
      if (counted.length === 2) return Promise.reject(new Error('broken off'));
      counted.push(account);
      return transaction(account, work, commit);
    };
    await expect(new Rollups(database, breaking).rebuild(accountId, 2)).rejects.toThrow('broken off');
    expect(await rollupDifferences(database, accountId)).toBeNull();
    const [state] = await database.query<{ counted_until: string }>(
      'SELECT counted_until FROM rollup_state WHERE account_id = $1',
      [accountId],
    );
    expect(state?.counted_until).toBe('R_3');
    await writes(accountId, [aMove('R_1', 'C', 9_000), aMove('R_8', 'C', 9_000)]);
    await rollups.rebuild(accountId, 2);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
  });

  it('tell when a count is wrong', async () => {
    const accountId = await anAccount();
    await rollups.rebuild(accountId);
    await moved(accountId, [aMove('D_1', 'A', 0), aMove('D_1', 'B', 90)]);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
    await database.query('UPDATE stay_hist SET n = n + 1 WHERE account_id = $1', [accountId]);
    expect(await rollupDifferences(database, accountId)).toEqual([
      { table: 'stay_hist', wrong: 1, missing: 1 },
    ]);
    await rollups.rebuild(accountId);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
  });

  it('are right again after the stages changed their order', async () => {
    const accountId = await anAccount();
    await rollups.rebuild(accountId);
    await moved(accountId, [
      aMove('D_1', 'B', 0),
      aMove('D_1', 'A', 90),
      aMove('D_2', 'A', 5),
      aMove('D_2', 'C', 95),
    ]);
    await database.query(
      `UPDATE stage SET sort = CASE stage_id WHEN 'A' THEN 200 ELSE sort END WHERE account_id = $1`,
      [accountId],
    );
    expect(await rollupDifferences(database, accountId)).not.toEqual([]);
    await rollups.rebuild(accountId);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
  });

  it('judge passages as the domain does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 14 }), async (all) => {
        const accountId = await anAccount();
        const moves = [
          ...new Map(all.map((one) => [`${one.dealId}|${one.at}`, { ...one, pipelineId: 'P' }])).values(),
        ];
        await moved(accountId, moves);
        const stored = await database.query<{ deal_id: string; stage_id: string; passage: string }>(
          `SELECT deal_id, stage_id, passage FROM stage_visit WHERE account_id = $1 AND passage IS NOT NULL
           ORDER BY deal_id, seq`,
          [accountId],
        );
        const expected = DEALS.flatMap((dealId) => {
          const visits = visitsOf(moves.filter((one) => one.dealId === dealId));
          const stays = staysOf(
            visits.map((visit) => ({ stageId: visit.stageId, at: visit.enteredAt })),
            ORDER,
            Infinity,
          );
          const end = ORDER.kindOf(stays.at(-1)?.stageId ?? 'A').charAt(0);
          return passagesOf(stays, ORDER).map(({ stageId, outcome }) => ({
            deal_id: dealId,
            stage_id: stageId,
            passage: outcome === 'advanced' ? `a${end}` : outcome.charAt(0),
          }));
        });
        expect(new Set(stored.map((row) => JSON.stringify(row)))).toEqual(
          new Set(expected.map((row) => JSON.stringify(row))),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('mark what is a clean-up, an import or a slip as the domain does', async () => {
    const deals = Array.from({ length: 100 }, (_, at) => `B_${String(at).padStart(2, '0')}`);
    const accountId = await anAccount(deals);
    const logs = deals.map((id, at): LoggedDeal => {
      const imported = at < 22;
      const begin = imported ? 7 : 100 + at * 61;
      const quick = at > 90 ? 0.2 : 500 + at * 17;
      const moves = [
        { stageId: 'A', at: MONDAY + begin * MINUTE },
        { stageId: at % 12 === 11 ? 'C' : 'B', at: MONDAY + (begin + quick) * MINUTE },
        { stageId: 'L', at: MONDAY + (at >= 25 && at < 50 ? 90_000 : 60_000 + at * 37) * MINUTE },
      ];
      return { id, ownerId: null, productId: null, amount: null, moves };
    });
    await moved(
      accountId,
      logs.flatMap(({ id, moves }) => moves.map((one) => aMove(id, one.stageId, (one.at - MONDAY) / MINUTE))),
    );
    await rollups.rebuild(accountId);
    const stored = await database.query<{ deal_id: string; seq: number; mark: string }>(
      'SELECT deal_id, seq, mark FROM stage_visit WHERE account_id = $1 AND mark IS NOT NULL ORDER BY deal_id, seq',
      [accountId],
    );
    const judge = new HonestyJudge(logs, ORDER);
    const expected = logs.flatMap(({ id, moves }) =>
      judge.judge(staysOf(moves, ORDER, Infinity)).flatMap((marks, at) => {
        const first = (['import', 'bulkMove', 'sameMinute', 'backdated', 'skippedStage'] as const).find(
          (mark) => marks.includes(mark),
        );
        return first ? [{ deal_id: id, seq: at + 1, mark: STORED[first] }] : [];
      }),
    );
    expect(new Set(stored.map((row) => row.mark))).toEqual(
      new Set(['imported', 'bulkMove', 'sameMinute', 'skippedStages']),
    );
    expect(stored).toEqual(expected);
    expect(await rollupDifferences(database, accountId)).toEqual([]);
  });
});

const STORED = {
  import: 'imported',
  bulkMove: 'bulkMove',
  sameMinute: 'sameMinute',
  backdated: 'backdated',
  skippedStage: 'skippedStages',
} as const;

const ORDER = new StageOrder(STAGES.map(([id, kind]) => ({ id, kind })));

function aMove(dealId: string, stageId: string, minutes: number): StageTransition {
  return {
    dealId,
    at: MONDAY + minutes * MINUTE,
    pipelineId: 'P',
    stageId,
    stageKind: 'open',
    hostId: `${stageId}${minutes}`,
  };
}
