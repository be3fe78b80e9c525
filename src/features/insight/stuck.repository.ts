import { Injectable } from '@nestjs/common';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import { chanceToAdvance, stuckFrom, type StageNorm } from '../../domain/insight/stuck.js';
import type { InsightScope } from './insight-scope.js';
import type { StuckKind } from './insight.view.js';
import { dealsInPipeline, moneySql, Values, type DealRange } from './insight.sql.js';
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

/** Deals that do not move: the norms of their stages as thresholds, decided row by row in the database. */
@Injectable()
export class StuckRepository {
  constructor(private readonly steps: Steps) {}

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
    return rows.toSorted((a, b) => b.pain - a.pain || (a.deal_id < b.deal_id ? -1 : 1)).slice(0, order.limit);
  }

  async sums(scope: InsightScope, norms: readonly StageNorm[]): Promise<readonly StuckSum[]> {
    const rows = await this.steps.rows<{ kind: StuckKind; n: number; money: string }>(
      scope.accountId,
      (range) => {
        const values = new Values();
        const text = `WITH ${stuckSql(values, scope, norms, range)}
        SELECT s.kind, count(*)::int AS n, ${moneySql('s.money')} AS money FROM stuck s GROUP BY 1`;
        return { text, values: values.list };
      },
    );
    return rows.map(({ kind, n, money }) => ({ kind, deals: n, money: BigInt(money) }));
  }
}

function kindConditions(values: Values, kinds: readonly StuckKind[]): string[] {
  return kinds.length === 0 ? [] : [`s.kind = ANY(${values.add([...kinds], 'text[]')})`];
}

/** A relation `stuck` of deals within the scope, as the domain's `stuckVerdict` judges them; a test compares the two. */
export function stuckSql(
  values: Values,
  scope: InsightScope,
  norms: readonly StageNorm[],
  range: DealRange,
): string {
  const now = values.add(new Date(scope.now), 'timestamptz');
  const column = (pick: (norm: StageNorm) => unknown, type: string): string =>
    values.add(norms.map(pick), type);
  const thresholds = [
    column((norm) => norm.stageId, 'text[]'),
    column((norm) => norm.learned !== null, 'bool[]'),
    column(stuckFrom, 'float8[]'),
    column(hopelessFrom, 'float8[]'),
    column(usualOf, 'float8[]'),
  ];
  const conditions = [...dealsInPipeline(values, scope, range), `d.stage_kind = 'open'`].join(' AND ');
  const ms = (from: string): string => `(extract(epoch FROM ${now} - ${from})::float8 * 1000)`;
  return `norms AS (
  SELECT * FROM unnest(${thresholds.join(', ')}) AS t(stage_id, learned, stuck_from, dead_from, usual)
), standing AS NOT MATERIALIZED (
  SELECT d.deal_id, d.title, d.stage_id, d.owner_id, d.amount AS money, t.learned, t.stuck_from, t.dead_from, t.usual,
    p.last_event, p.next_step, p.waiting_until, e.last_event_at, ${ms('e.since')} AS age,
    ${ms('greatest(e.since, e.last_event_at)')} AS idle
  FROM deal d JOIN norms t ON t.stage_id = d.stage_id
    LEFT JOIN deal_pulse p ON p.account_id = d.account_id AND p.deal_id = d.deal_id
    CROSS JOIN LATERAL (SELECT coalesce(p.stage_since, d.stage_since, d.created_at) AS since,
      coalesce(p.last_event_at, greatest(d.stage_since, d.created_at, d.last_activity_at)) AS last_event_at) e
  WHERE ${conditions}
), stuck AS NOT MATERIALIZED (
  SELECT *, CASE WHEN waiting_until >= ${now} THEN 'waitingForClient'
      WHEN ${ms('last_event_at')} >= ${DEAD_AFTER_MS} OR (learned AND age >= dead_from) THEN 'dead'
      WHEN next_step IS NULL THEN 'noPlan' ELSE 'sellerIdle' END AS kind,
    (greatest(0, (CASE WHEN learned THEN age ELSE idle END) - usual) / ${MS_PER_DAY}
      * greatest(1, coalesce(money, 0)))::float8 AS pain
  FROM standing WHERE CASE WHEN learned THEN age >= stuck_from ELSE idle >= stuck_from END
)`;
}

function usualOf(norm: StageNorm): number {
  return norm.learned === null ? norm.idleLimit : (stuckFrom(norm) ?? norm.idleLimit);
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
