import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { chanceToAdvance, stuckFrom, type StageNorm } from '../../domain/insight/stuck.js';
import { Database } from '../../infra/db/database.js';
import type { InsightScope } from './insight-scope.js';
import type { StuckKind } from './insight.view.js';
import { ALL_DEALS, dealsInPipeline, Values, type DealRange } from './insight.sql.js';
import { Steps } from './steps.service.js';

/** No event for so long, or hardly a chance ever to move: dead. As in the domain's `stuckVerdict`. */
const DEAD_AFTER_MS = 45 * MS_PER_DAY;
const HOPELESS = 0.05;

export interface StuckRow {
  readonly deal_id: string;
  readonly title: string;
  readonly stage_id: string;
  readonly owner_id: string | null;
  readonly amount: string | null;
  readonly kind: StuckKind;
  readonly age: number;
  readonly idle: number;
  readonly last_event: string | null;
  readonly last_event_at: Date;
  readonly waiting_until: Date | null;
  readonly pain: number;
}

export interface StuckSum {
  readonly kind: StuckKind;
  readonly deals: number;
  readonly money: bigint;
}

export interface StuckKeyset {
  readonly pain: number;
  readonly dealId: string;
}

/** All stuck deals as counts, and the worst of each kind by name. */
export interface StuckStanding {
  readonly sums: readonly StuckSum[];
  /** At most `WORST` of a kind, most pain first within it. */
  readonly worst: readonly (StuckKeyset & { readonly kind: StuckKind })[];
}

export const WORST = 300;

/** Deals that do not move: the norms of their stages as thresholds, decided row by row in the database. */
@Injectable()
export class StuckRepository {
  constructor(
    private readonly database: Database,
    private readonly steps: Steps,
  ) {}

  /** One look at all open deals of the scope. */
  async standing(scope: InsightScope, norms: readonly StageNorm[]): Promise<StuckStanding> {
    interface Row {
      readonly deal_id: string;
      readonly kind: StuckKind;
      readonly pain: number;
      readonly n: number;
      readonly money: string;
    }
    const steps: (readonly Row[])[] = [];
    await this.steps.each<Row>(
      scope.accountId,
      (range) => {
        const values = new Values();
        const text = `WITH ${stuckSql(values, scope, norms, range)} SELECT * FROM (
            SELECT s.deal_id, s.kind, s.pain, row_number() OVER w AS place, (count(*) OVER (PARTITION BY s.kind))::int AS n,
              trunc(coalesce(sum(s.money) OVER (PARTITION BY s.kind), 0) * 10000)::text AS money
            FROM stuck s WINDOW w AS (PARTITION BY s.kind ORDER BY s.pain DESC, s.deal_id)) r
          WHERE r.place <= ${WORST} ORDER BY r.kind, r.place`;
        return { text, values: values.list };
      },
      (rows) => steps.push(rows),
    );
    const firsts = steps.flatMap((rows) =>
      [...Map.groupBy(rows, (row) => row.kind).values()].flatMap((same) => same[0] ?? []),
    );
    const sums = [...Map.groupBy(firsts, (row) => row.kind)].map(([kind, same]) => ({
      kind,
      deals: same.reduce((sum, row) => sum + row.n, 0),
      money: same.reduce((sum, row) => sum + BigInt(row.money), 0n),
    }));
    const worst = [...Map.groupBy(steps.flat(), (row) => row.kind).values()].flatMap((same) =>
      same.toSorted(byPain).slice(0, WORST),
    );
    return { sums, worst: worst.map(({ deal_id: dealId, kind, pain }) => ({ dealId, kind, pain })) };
  }

  /** Of these deals those that are stuck, as they are now, most pain first. */
  async among(
    scope: InsightScope,
    norms: readonly StageNorm[],
    dealIds: readonly string[],
  ): Promise<readonly StuckRow[]> {
    const values = new Values();
    const only = `d.deal_id = ANY(${values.add([...dealIds], 'text[]')})`;
    const text = `WITH ${stuckSql(values, scope, norms, ALL_DEALS, only)}
      SELECT s.*, trim_scale(s.money)::text AS amount FROM stuck s ORDER BY s.pain DESC, s.deal_id`;
    return this.database.query<StuckRow>(text, values.list);
  }

  /** Most pain first: days beyond the norm times money. */
  async page(
    scope: InsightScope,
    norms: readonly StageNorm[],
    order: {
      readonly kinds: readonly StuckKind[];
      readonly after: StuckKeyset | null;
      readonly limit: number;
    },
  ): Promise<readonly StuckRow[]> {
    const rows = await this.steps.rows<StuckRow>(scope.accountId, (range) => {
      const values = new Values();
      const stuck = stuckSql(values, scope, norms, range);
      const where = kindConditions(values, order.kinds);
      if (order.after) {
        const pain = values.add(order.after.pain, 'float8');
        where.push(
          `(s.pain < ${pain} OR (s.pain = ${pain} AND s.deal_id > ${values.add(order.after.dealId, 'text')}))`,
        );
      }
      const text = `WITH ${stuck} SELECT s.*, trim_scale(s.money)::text AS amount FROM stuck s
        ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
        ORDER BY s.pain DESC, s.deal_id LIMIT ${values.add(order.limit, 'int')}`;
      return { text, values: values.list };
    });
    return rows.toSorted(byPain).slice(0, order.limit);
  }
}

function byPain(
  a: { readonly pain: number; readonly deal_id: string },
  b: { readonly pain: number; readonly deal_id: string },
): number {
  return b.pain - a.pain || (a.deal_id < b.deal_id ? -1 : 1);
}

/** Norms of the open stages, with a breath between two: each is some milliseconds of arithmetic. */
export async function normsOf(history: PipelineHistory): Promise<readonly StageNorm[]> {
  const norms: StageNorm[] = [];
  for (const { id } of history.order.open) {
    norms.push(history.normOf(id));
    await setImmediate();
  }
  return norms;
}

function kindConditions(values: Values, kinds: readonly StuckKind[]): string[] {
  return kinds.length === 0 ? [] : [`s.kind = ANY(${values.add([...kinds], 'text[]')})`];
}

/**
 * A relation `stuck` of deals within the scope, as the domain's `stuckVerdict` judges them; a test compares the two. New
 * leads that nobody accepted yet are not among them: as on the panel they are a matter of their own.
 */
export function stuckSql(
  values: Values,
  scope: InsightScope,
  norms: readonly StageNorm[],
  range: DealRange,
  only?: string,
): string {
  const now = values.add(new Date(scope.now), 'timestamptz');
  const column = (pick: (norm: StageNorm) => unknown, type: string): string =>
    values.add(norms.map(pick), type);
  const thresholds = [
    column((norm) => norm.stageId, 'text[]'),
    column((norm) => norm.learned !== null, 'bool[]'),
    column(stuckFrom, 'float8[]'),
    column(hopelessFrom, 'float8[]'),
  ];
  const conditions = [
    ...dealsInPipeline(values, scope, range),
    `d.stage_kind = 'open'`,
    ...(only ? [only] : []),
  ].join(' AND ');
  const ms = (from: string): string => `(date_part('epoch', ${now} - ${from}) * 1000)`;
  return `norms AS (
  SELECT * FROM unnest(${thresholds.join(', ')}) AS t(stage_id, learned, stuck_from, dead_from)
), standing AS NOT MATERIALIZED (
  SELECT d.deal_id, d.title, d.stage_id, d.owner_id, d.amount AS money, t.learned, t.stuck_from, t.dead_from,
    p.last_event, p.next_step, p.waiting_until, e.last_event_at, ${ms('e.since')} AS age,
    ${ms('greatest(e.since, e.last_event_at)')} AS idle
  FROM deal d JOIN norms t ON t.stage_id = d.stage_id
    LEFT JOIN deal_pulse p ON p.account_id = d.account_id AND p.deal_id = d.deal_id
    CROSS JOIN LATERAL (SELECT coalesce(p.stage_since, d.stage_since, d.created_at) AS since,
      coalesce(p.last_event_at, greatest(d.stage_since, d.created_at, d.last_activity_at)) AS last_event_at) e
  WHERE ${conditions} AND NOT coalesce(p.unsorted, false)
), stuck AS NOT MATERIALIZED (
  SELECT *, CASE WHEN waiting_until >= ${now} THEN 'waitingForClient'
      WHEN ${ms('last_event_at')} >= ${DEAD_AFTER_MS} OR (learned AND age >= dead_from) THEN 'dead'
      WHEN next_step IS NULL THEN 'noPlan' ELSE 'sellerIdle' END AS kind,
    (greatest(0, (CASE WHEN learned THEN age ELSE idle END) - stuck_from) / ${MS_PER_DAY}
      * greatest(1, coalesce(money, 0)))::float8 AS pain
  FROM standing WHERE CASE WHEN learned THEN age >= stuck_from ELSE idle >= stuck_from END
)`;
}

/** The age from which the chance ever to advance stays below hope; null: never. */
function hopelessFrom(norm: StageNorm): number | null {
  if (norm.learned === null) return null;
  const { curve } = norm.learned;
  let from: number | null = null;
  for (let place = curve.times.length - 1; place >= 0; place -= 1) {
    const age = curve.times[place] ?? 0;
    if ((chanceToAdvance(norm, age, Number.POSITIVE_INFINITY) ?? 0) >= HOPELESS) break;
    from = age;
  }
  return from;
}
