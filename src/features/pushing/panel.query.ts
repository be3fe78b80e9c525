import { REST_OF_DAY_MS, WHOLE_DAY_MS } from '../../domain/calendar/missed.js';
import type { PulseMark } from '../../domain/pushing/pulse.js';
import type { PanelFilter as AskedFilter, PanelSort } from './panel.view.js';

/** A filter whose departments became people and whose days became instants. */
export interface PanelFilter extends Omit<AskedFilter, 'departmentIds'> {
  readonly dealIds?: readonly string[];
}

/** Every mark in the order in which a row shows them. */
export const MARKS: readonly PulseMark[] = [
  'overdue',
  'stuck',
  'noPlan',
  'noNextStep',
  'pushedUnanswered',
  'unsorted',
  'today',
  'waiting',
];

/** What a question to the panel stands on, besides its filter. */
export interface PanelScope {
  readonly accountId: string;
  /** Null: everybody's deals. */
  readonly ownerIds: readonly string[] | null;
  readonly now: Date;
  readonly endOfDay: Date;
  readonly zones: PanelZones;
}

/** How far the clocks of people are ahead of UTC now, seconds. */
export interface PanelZones {
  /** Of whoever is not named among the others. */
  readonly own: number;
  readonly others: Readonly<Record<string, number>>;
}

export interface Keyset {
  readonly key: number;
  readonly dealId: string;
}

/** Collects values and hands out their places. */
class Values {
  readonly list: unknown[] = [];

  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

const DAY = 86_400;

/**
 * Open deals with what their stage's norm makes of them. The deal itself hangs on by an outer join, though it is always
 * there: where nobody asks for its columns, the database then never looks at it. The marks say the same as `marksOf` of
 * the domain, and a test compares the two: here they are needed as conditions on tens of thousands of rows.
 */
function markedRows(values: Values, scope: PanelScope): string {
  const account = values.add(scope.accountId, 'uuid');
  const now = values.add(scope.now, 'timestamptz');
  const endOfDay = values.add(scope.endOfDay, 'timestamptz');
  const zones = values.add(JSON.stringify(scope.zones.others), 'jsonb');
  const own = values.add(scope.zones.own, 'int');
  return `
WITH place AS (
  SELECT pipeline_id, stage_id, (row_number() OVER w - 1)::int AS place, (count(*) OVER (PARTITION BY pipeline_id))::int AS stages
  FROM stage WHERE account_id = ${account} AND kind = 'open' AND deleted_at IS NULL
  WINDOW w AS (PARTITION BY pipeline_id ORDER BY sort, stage_id)
), timed AS NOT MATERIALIZED (
  SELECT o.*, d.title, d.currency, d.product_ids, n.norm_ms, n.stuck_after_ms,
    coalesce(o.waiting_until > ${now}, false) AS waits, coalesce(o.snoozed_until > ${now}, false) AS rests,
    ${missedStep(now, zones, own)} AS missed,
    (CASE WHEN coalesce(p.stages, 0) <= 1 THEN 7 ELSE (ARRAY[7, 14, 21])[(p.place * 3) / p.stages + 1] END) AS idle_days,
    pp.pipeline_id IS NOT NULL AS plans_on
  FROM deal_pulse o
    LEFT JOIN pipeline_plan pp ON pp.account_id = o.account_id AND pp.pipeline_id = o.pipeline_id AND pp.disabled_at IS NULL
    LEFT JOIN deal d ON d.account_id = o.account_id AND d.deal_id = o.deal_id
    LEFT JOIN stage_norm n ON n.account_id = o.account_id AND n.pipeline_id = o.pipeline_id AND n.stage_id = o.stage_id
    LEFT JOIN place p ON p.pipeline_id = o.pipeline_id AND p.stage_id = o.stage_id
  WHERE o.account_id = ${account} AND o.stage_kind = 'open'
), marked AS NOT MATERIALIZED (
  SELECT o.*,
    o.unsorted AS "mUnsorted",
    o.plans_on AND NOT o.unsorted AND (o.plan_state IS NULL OR o.plan_state = 'closed') AS "mNoPlan",
    coalesce(o.plan_state = 'active', false) AND o.next_step IS NULL AND NOT o.waits AS "mNoNextStep",
    o.missed AS "mOverdue", coalesce(o.next_due_at < ${endOfDay}, false) AND NOT o.missed AS "mToday",
    o.waits AS "mWaiting",
    NOT o.waits AND NOT o.rests AND NOT o.unsorted AND ${now} >= CASE WHEN o.stuck_after_ms IS NOT NULL
      THEN o.stage_since + o.stuck_after_ms * interval '1 millisecond'
      ELSE o.last_event_at + o.idle_days * interval '24 hours' END AS "mStuck",
    o.pushed_at IS NOT NULL AS "mPushedUnanswered",
    greatest(0, CASE WHEN o.rests THEN 0 WHEN o.norm_ms IS NULL
      THEN date_part('epoch', ${now} - o.last_event_at) / ${DAY} - o.idle_days
      ELSE date_part('epoch', ${now} - o.stage_since) / ${DAY} - o.norm_ms / 86400000.0 END)::float8
      * greatest(1, coalesce(o.amount, 0))::float8 AS pain
  FROM timed o
)`;
}

/** As `isMissed` of the domain: whose day is looked at only where the earliest deadline is of this one. */
function missedStep(now: string, zones: string, own: string): string {
  const local = `extract(epoch FROM due)::bigint + coalesce((${zones} ->> o.next_owner_id)::int, ${own})`;
  return `coalesce(o.next_due_at < ${now} AND (
      o.next_due_at < ${now} - interval '${REST_OF_DAY_MS / 1_000} seconds' OR EXISTS (
        SELECT FROM unnest(o.due_ats) due WHERE due < ${now} AND (
          mod(${local}, ${DAY}) <> ${WHOLE_DAY_MS / 1_000} OR extract(second FROM due) <> 0))), false)`;
}

const SORT_KEYS: Readonly<Record<PanelSort, string>> = {
  pain: 'm.pain',
  due: `coalesce(-extract(epoch FROM m.next_due_at), '-infinity')::float8`,
  idle: `(-extract(epoch FROM m.last_event_at))::float8`,
  amount: `coalesce(m.amount, '-infinity')::float8`,
  created: `extract(epoch FROM m.created_at)::float8`,
};

function markColumn(mark: PulseMark): string {
  return `m."m${mark.charAt(0).toUpperCase()}${mark.slice(1)}"`;
}

function conditions(values: Values, scope: PanelScope, filter: PanelFilter): readonly string[] {
  const found: string[] = [];
  const among = (column: string, list: readonly string[] | undefined): void => {
    if (list && list.length > 0) found.push(`${column} = ANY(${values.add([...list], 'text[]')})`);
  };
  if (scope.ownerIds !== null)
    found.push(`(m.owner_id IS NULL OR m.owner_id = ANY(${values.add([...scope.ownerIds], 'text[]')}))`);
  among('m.deal_id', filter.dealIds);
  among('m.owner_id', filter.sellerIds);
  among('m.pipeline_id', filter.pipelineIds);
  among('m.stage_id', filter.stageIds);
  if (filter.productIds?.length)
    found.push(`m.product_ids && ${values.add([...filter.productIds], 'text[]')}`);
  if (filter.from !== undefined) found.push(`m.created_at >= ${values.add(filter.from, 'timestamptz')}`);
  if (filter.to !== undefined) found.push(`m.created_at < ${values.add(filter.to, 'timestamptz')}`);
  if (filter.amountFrom !== undefined) found.push(`m.amount >= ${values.add(filter.amountFrom, 'numeric')}`);
  if (filter.amountTo !== undefined) found.push(`m.amount <= ${values.add(filter.amountTo, 'numeric')}`);
  if (filter.text !== undefined)
    found.push(`m.title ILIKE ${values.add(`%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%`, 'text')}`);
  return found;
}

function anyMark(filter: PanelFilter): string | null {
  const marks = filter.marks ?? [];
  return marks.length === 0 ? null : `(${marks.map(markColumn).join(' OR ')})`;
}

function where(parts: readonly (string | null)[]): string {
  const held = parts.filter((part) => part !== null);
  return held.length === 0 ? '' : `WHERE ${held.join(' AND ')}`;
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** How many deals are under the filter, and under each mark with the rest of the filter. One row. */
export function countsStatement(scope: PanelScope, filter: PanelFilter): Statement {
  const values = new Values();
  const rows = markedRows(values, scope);
  const total = anyMark(filter);
  const columns = MARKS.map((mark) => `(count(*) FILTER (WHERE ${markColumn(mark)}))::int AS "${mark}"`);
  const all = total === null ? 'count(*)::int' : `(count(*) FILTER (WHERE ${total}))::int`;
  const text = `${rows} SELECT ${all} AS total, ${columns.join(', ')} FROM marked m ${where(conditions(values, scope, filter))}`;
  return { text, values: values.list };
}

export interface PageOrder {
  readonly sort: PanelSort;
  readonly after: Keyset | null;
  readonly limit: number;
}

/** One page of rows, most urgent first; equal keys by the deal's id, so that no row is lost or shown twice. */
export function pageStatement(scope: PanelScope, filter: PanelFilter, order: PageOrder): Statement {
  const values = new Values();
  const rows = markedRows(values, scope);
  const parts = [...conditions(values, scope, filter), anyMark(filter)];
  if (order.after) {
    const key = values.add(order.after.key, 'float8');
    const dealId = values.add(order.after.dealId, 'text');
    parts.push(`(k.key < ${key} OR (k.key = ${key} AND m.deal_id > ${dealId}))`);
  }
  // What a page shows is worked out for the page's rows only: for all of them it would cost as much as the search.
  const text = `${rows}, picked AS MATERIALIZED (SELECT m.deal_id, k.key FROM marked m
      CROSS JOIN LATERAL (SELECT ${SORT_KEYS[order.sort]} AS key) k ${where(parts)}
      ORDER BY k.key DESC, m.deal_id LIMIT ${values.add(order.limit, 'int')})
    SELECT ${ROW_COLUMNS}, picked.key FROM picked JOIN marked m ON m.deal_id = picked.deal_id
    ORDER BY picked.key DESC, m.deal_id`;
  return { text, values: values.list };
}

/** The first cards of every stage of a pipeline, and the sums of all its cards. */
export function boardStatement(
  scope: PanelScope,
  filter: PanelFilter,
  order: Pick<PageOrder, 'sort' | 'limit'>,
): Statement {
  const values = new Values();
  const rows = markedRows(values, scope);
  const held = where([...conditions(values, scope, filter), anyMark(filter)]);
  // Sorted and summed by what that needs; what cards show is worked out for the few that are shown.
  const text = `${rows}, held AS MATERIALIZED (
      SELECT m.deal_id, m.stage_id, m.amount, k.key FROM marked m
      CROSS JOIN LATERAL (SELECT ${SORT_KEYS[order.sort]} AS key) k ${held}
    ), summed AS (
      SELECT stage_id, count(*)::int AS column_total, trim_scale(sum(coalesce(amount, 0)))::text AS column_amount
      FROM held GROUP BY stage_id
    ), picked AS MATERIALIZED (
      SELECT summed.*, top.deal_id, top.key FROM summed CROSS JOIN LATERAL (
        SELECT held.deal_id, held.key FROM held WHERE held.stage_id = summed.stage_id
        ORDER BY held.key DESC, held.deal_id LIMIT ${values.add(order.limit, 'int')}) top)
    SELECT ${ROW_COLUMNS}, picked.key, picked.column_total, picked.column_amount
    FROM picked JOIN marked m ON m.deal_id = picked.deal_id ORDER BY m.stage_id, picked.key DESC, m.deal_id`;
  return { text, values: values.list };
}

const ROW_COLUMNS = `m.deal_id, m.title, m.pipeline_id, m.stage_id, m.owner_id, trim_scale(m.amount)::text AS amount,
  m.currency, m.created_at, m.stage_since, m.last_event, m.last_event_at, m.plan_id, m.template_id, m.template_version,
  m.plan_state, m.done_steps, m.open_steps, m.due_ats, m.next_step, m.next_due_at, m.next_owner_id, m.norm_ms::float8 AS norm_ms,
  m.stuck_after_ms::float8 AS stuck_after_ms, m.idle_days, m.snoozed_until, m.pushed_at,
  ${MARKS.map((mark) => `${markColumn(mark)} AS "${mark}"`).join(', ')}`;

/** A row of the page or the board as the database gives it; every mark is a column of its own. */
export type PanelRow = Readonly<Record<PulseMark, boolean>> & {
  readonly deal_id: string;
  readonly title: string;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly owner_id: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly created_at: Date;
  readonly stage_since: Date;
  readonly last_event: string;
  readonly last_event_at: Date;
  readonly plan_id: string | null;
  readonly template_id: string | null;
  readonly template_version: number | null;
  readonly plan_state: string | null;
  readonly done_steps: number;
  readonly open_steps: number;
  readonly due_ats: readonly Date[];
  readonly next_owner_id: string | null;
  readonly next_step: string | null;
  readonly next_due_at: Date | null;
  readonly norm_ms: number | null;
  readonly stuck_after_ms: number | null;
  readonly idle_days: number;
  readonly snoozed_until: Date | null;
  readonly pushed_at: Date | null;
  readonly key: number;
};

export type BoardRow = PanelRow & { readonly column_total: number; readonly column_amount: string };
