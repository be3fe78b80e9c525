import type { RuleKind } from '../../domain/pushing/rule.types.js';
import type { AlertCursor } from './alert-cursor.js';
import type { AlertFilter, AlertSort, AlertStanding } from './pushing.view.js';

/** What a question to the open alerts stands on, besides its filter. */
export interface AlertScope {
  readonly accountId: string;
  /** Of the rules that are switched on. */
  readonly ruleIds: readonly string[];
  /** Null: everybody's. */
  readonly ownerIds: readonly string[] | null;
  /** Who asks. */
  readonly userId: string;
  readonly now: Date;
}

export interface AlertOrder {
  readonly sort: AlertSort;
  readonly after: AlertCursor | null;
  readonly limit: number;
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects values and hands out their places. */
class Values {
  readonly list: unknown[] = [];

  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

/**
 * Open alerts that the person may see: of deals in reach (one without a responsible is everybody's), and of people in
 * reach but not of the asker's own work as a whole, unless that was told to the asker. A deal that was put off is not
 * shown until then, except for what no putting off settles; of a closed deal only what its closing left. "Acted":
 * something happened to the deal after the alert.
 */
function openAlerts(values: Values, scope: AlertScope): string {
  const account = values.add(scope.accountId, 'uuid');
  const rules = values.add([...scope.ruleIds], 'text[]');
  const now = values.add(scope.now, 'timestamptz');
  const parts: Parts = {
    account,
    held: `a.account_id = ${account} AND a.state = 'open' AND a.rule_id = ANY(${rules})
      AND a.next_at IS DISTINCT FROM '-infinity'`,
    awake: `NOT coalesce(o.snoozed_until > ${now} AND a.kind NOT IN ('putOffAgain', 'lostWithoutReason'), false)`,
  };
  const rows =
    scope.ownerIds === null
      ? everybodys(parts)
      : reached(parts, values.add([...scope.ownerIds], 'text[]'), values.add(scope.userId, 'text'));
  return `WITH open AS NOT MATERIALIZED (${rows})`;
}

interface Parts {
  readonly account: string;
  readonly held: string;
  readonly awake: string;
}

const OWN =
  'a.alert_id, a.rule_id, a.at, a.kind, a.facts, a.deal_id, a.subject, a.episode, a.level, a.next_at';
const DEAL = `d.title, d.currency, d.stage_id, d.amount,
    coalesce(a.acted_at, CASE WHEN o.last_event_at > a.at THEN o.last_event_at END) AS acted_at,
    CASE WHEN o.last_event_at > a.at THEN o.last_event END AS acted_by_event,
    o.stage_since, o.last_event_at, d.stage_kind = 'open' AS is_open`;
const PIPELINE = `nullif(split_part(a.episode, '|', 2), '')`;

/** All of them, in one piece: the newest come first out of the index. */
function everybodys({ account, held, awake }: Parts): string {
  return `
  SELECT ${OWN}, CASE WHEN a.deal_id IS NULL THEN a.subject ELSE d.owner_id END AS seller_id,
    CASE WHEN a.deal_id IS NULL THEN ${PIPELINE} ELSE d.pipeline_id END AS pipeline_id, ${DEAL}
  FROM alert a LEFT JOIN deal d ON d.account_id = ${account} AND d.deal_id = a.deal_id AND d.deleted_at IS NULL
    LEFT JOIN deal_pulse o ON o.account_id = ${account} AND o.deal_id = a.deal_id
  WHERE ${held} AND (a.deal_id IS NULL OR d.deal_id IS NOT NULL) AND ${awake}`;
}

/** Those of some people, in two pieces: it begins with their deals, which are few. */
function reached({ account, held, awake }: Parts, owners: string, me: string): string {
  return `
  SELECT ${OWN}, d.owner_id AS seller_id, d.pipeline_id, ${DEAL}
  FROM deal d JOIN alert a ON a.deal_id = d.deal_id AND ${held}
    LEFT JOIN deal_pulse o ON o.account_id = ${account} AND o.deal_id = d.deal_id
  WHERE d.account_id = ${account} AND d.deleted_at IS NULL
    AND (d.owner_id IS NULL OR d.owner_id = ANY(${owners})) AND ${awake}
  UNION ALL
  SELECT ${OWN}, a.subject, ${PIPELINE}, NULL, NULL, NULL, NULL, a.acted_at, NULL, NULL, NULL, NULL
  FROM alert a WHERE a.deal_id IS NULL AND ${held}
    AND (a.subject <> ${me} AND a.subject = ANY(${owners}) OR EXISTS (SELECT 1 FROM alert_delivery v
      WHERE v.account_id = ${account} AND v.alert_id = a.alert_id AND v.user_id = ${me} AND v.sent_at IS NOT NULL))`;
}

const STANDINGS: Readonly<Record<AlertStanding, string>> = {
  unacted: 'x.acted_at IS NULL',
  acted: 'x.acted_at IS NOT NULL',
  escalated: 'x.level > 0',
};

function conditions(values: Values, filter: AlertFilter): readonly string[] {
  const found: string[] = [];
  const among = (column: string, list: readonly string[] | undefined): void => {
    if (list && list.length > 0) found.push(`${column} = ANY(${values.add([...list], 'text[]')})`);
  };
  among('x.rule_id', filter.ruleKeys);
  among('x.seller_id', filter.sellerIds);
  among('x.pipeline_id', filter.pipelineIds);
  return found;
}

function where(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
}

/** Decimal: amounts are compared as the host has them. Newest first has one key for all. */
const KEYS: Readonly<Record<AlertSort, string>> = { newest: '0::numeric', cost: 'coalesce(x.amount, 0)' };

/** One page; equal keys newest first, then by id, so that no alert is lost or shown twice. */
export function alertPage(scope: AlertScope, filter: AlertFilter, order: AlertOrder): Statement {
  const values = new Values();
  const rows = openAlerts(values, scope);
  const parts = [...conditions(values, filter)];
  if (filter.state !== undefined) parts.push(STANDINGS[filter.state]);
  const key = KEYS[order.sort];
  if (order.after) {
    const at = values.add(new Date(order.after.at), 'timestamptz');
    const id = values.add(order.after.alertId, 'uuid');
    parts.push(
      order.sort === 'newest'
        ? `(x.at, x.alert_id) < (${at}, ${id})`
        : `(${key}, x.at, x.alert_id) < (${values.add(order.after.key, 'numeric')}, ${at}, ${id})`,
    );
  }
  const first = order.sort === 'newest' ? '' : 'key DESC, ';
  const account = values.add(scope.accountId, 'uuid');
  const text = `${rows}, picked AS MATERIALIZED (
    SELECT x.*, ${key} AS key FROM open x ${where(parts)}
    ORDER BY ${first}x.at DESC, x.alert_id DESC LIMIT ${values.add(order.limit, 'int')}
  )
  SELECT x.alert_id, x.rule_id, x.at, x.kind, x.facts, x.deal_id, x.subject, x.episode, x.level, x.next_at, x.title,
    x.seller_id, x.pipeline_id, x.stage_id, x.acted_at, x.acted_by_event, x.is_open, x.stage_since, x.last_event_at,
    trim_scale(x.key)::text AS key, n.norm_ms::float8 AS norm_ms,
    coalesce(z.times, 0)::int AS snoozes,
    CASE WHEN x.deal_id IS NULL THEN w.deals ELSE 1 END AS deals,
    trim_scale(CASE WHEN x.deal_id IS NULL THEN w.amount ELSE x.amount END)::text AS amount,
    CASE WHEN x.deal_id IS NULL THEN w.currency ELSE x.currency END AS currency
  FROM picked x
    LEFT JOIN stage_norm n ON n.account_id = ${account} AND n.pipeline_id = x.pipeline_id AND n.stage_id = x.stage_id
    LEFT JOIN LATERAL (SELECT count(*) AS times FROM snooze s WHERE s.account_id = ${account}
      AND s.deal_id = x.deal_id AND s.undone_at IS NULL AND s.at >= x.stage_since) z ON true
    LEFT JOIN LATERAL (SELECT count(*)::int AS deals, min(d.currency) AS currency,
        CASE WHEN min(d.currency) IS NOT DISTINCT FROM max(d.currency) THEN sum(d.amount) END AS amount
      FROM deal d WHERE x.deal_id IS NULL AND d.account_id = ${account} AND d.owner_id = x.subject
        AND d.stage_kind = 'open' AND d.deleted_at IS NULL
        AND (x.pipeline_id IS NULL OR d.pipeline_id = x.pipeline_id)) w ON true
  ORDER BY ${first}x.at DESC, x.alert_id DESC`;
  return { text, values: values.list };
}

/** How many are under the filter, and of them under each standing. One row. */
export function alertCounts(scope: AlertScope, filter: AlertFilter): Statement {
  const values = new Values();
  const rows = openAlerts(values, scope);
  const columns = Object.entries(STANDINGS).map(
    ([name, held]) => `(count(*) FILTER (WHERE ${held}))::int AS "${name}"`,
  );
  const text = `${rows} SELECT count(*)::int AS "all", ${columns.join(', ')} FROM open x ${where(conditions(values, filter))}`;
  return { text, values: values.list };
}

/** What can be filtered by: every rule, seller and pipeline of an open alert, with how many. */
export function alertFacets(scope: AlertScope): Statement {
  const values = new Values();
  const text = `${openAlerts(values, scope)}
  SELECT rule_id, seller_id, pipeline_id, count(*)::int AS n,
    CASE WHEN grouping(rule_id) = 0 THEN 'rule' WHEN grouping(seller_id) = 0 THEN 'seller' ELSE 'pipeline' END AS of
  FROM open x GROUP BY GROUPING SETS ((rule_id), (seller_id), (pipeline_id))`;
  return { text, values: values.list };
}

export interface AlertRow {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly at: Date;
  readonly kind: RuleKind;
  readonly facts: Readonly<Record<string, number>>;
  readonly deal_id: string | null;
  readonly subject: string;
  readonly episode: string;
  readonly level: number;
  readonly next_at: Date | null;
  readonly title: string | null;
  readonly seller_id: string | null;
  readonly pipeline_id: string | null;
  readonly stage_id: string | null;
  readonly acted_at: Date | null;
  readonly acted_by_event: string | null;
  readonly is_open: boolean | null;
  readonly stage_since: Date | null;
  readonly last_event_at: Date | null;
  readonly key: string;
  readonly norm_ms: number | null;
  readonly snoozes: number;
  readonly deals: number;
  readonly amount: string | null;
  readonly currency: string | null;
}

export interface FacetRow {
  readonly of: 'rule' | 'seller' | 'pipeline';
  readonly rule_id: string | null;
  readonly seller_id: string | null;
  readonly pipeline_id: string | null;
  readonly n: number;
}
