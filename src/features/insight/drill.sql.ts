import type { StageNorm } from '../../domain/insight/stuck.js';
import type { DrillQuestion } from './drill.js';
import type { InsightScope } from './insight-scope.js';
import {
  ALL_DEALS,
  CLIENT,
  dealConditions,
  dealsInPipeline,
  periodConditions,
  PRODUCTS,
  REFERRED,
  SINCE,
  stepState,
  type Values,
  workConditions,
} from './insight.sql.js';
import { stuckSql } from './stuck.repository.js';

type Now = Extract<DrillQuestion, { readonly kind: 'now' }>;

/**
 * A relation of deal_id, mark (tells rows of one deal apart), since, days (in the stage; null where nobody asks): one row
 * for each thing that was counted, so that the list is exactly the number.
 */
export function drilledSql(
  values: Values,
  scope: InsightScope,
  question: DrillQuestion,
  norms: readonly StageNorm[],
): string {
  switch (question.kind) {
    case 'now':
      return nowSql(values, scope, question);
    case 'visits':
      return visitsSql(values, scope, question.stage, leftConditions(values, scope, question));
    case 'passages':
      return visitsSql(values, scope, question.stage, [
        `v.mark IS NULL AND v.passage = ANY(${values.add([...question.ways], 'text[]')})`,
        ...monthConditions(values, 'v.entered_at', question.months),
        ...periodConditions(values, scope, 'v.entered_at'),
      ]);
    case 'marked':
      return visitsSql(values, scope, null, [
        `v.mark = ${values.add(question.mark, 'text')}`,
        ...periodConditions(values, scope, 'v.entered_at'),
      ]);
    case 'stuck':
      return `SELECT deal_id, '' AS mark, last_event_at AS since, age / 86400000 AS days
        FROM (WITH ${stuckSql(values, scope, norms, ALL_DEALS)} SELECT * FROM stuck
          WHERE kind = ANY(${values.add([...question.kinds], 'text[]')})) s`;
    case 'lostFor':
      return lostForSql(values, scope, question);
    case 'ended':
      return closedSql(values, scope, endedConditions(values, question));
    case 'steps':
      return stepsSql(values, scope, question);
    case 'clients':
      return clientsSql(values, scope, question.which);
    case 'candidates':
      return candidatesSql(values, scope, question.from, question.to);
  }
}

type Of<Kind extends DrillQuestion['kind']> = Extract<DrillQuestion, { readonly kind: Kind }>;

function leftConditions(
  values: Values,
  scope: InsightScope,
  { open, to, months }: Of<'visits'>,
): readonly string[] {
  const where = ['v.mark IS NULL', ...periodConditions(values, scope, 'v.entered_at')];
  if (open === true) where.push('v.left_at IS NULL');
  if (to) where.push(`v.left_at IS NOT NULL AND v.next_stage_id = ANY(${values.add([...to], 'text[]')})`);
  return [...where, ...monthConditions(values, 'v.left_at', months)];
}

/** As the roll-ups count months, from `from` to `until`. */
function monthConditions(
  values: Values,
  column: string,
  months: readonly [number, number] | undefined,
): readonly string[] {
  if (!months) return [];
  const month = `(extract(year FROM ${column} AT TIME ZONE 'UTC') * 12 + extract(month FROM ${column} AT TIME ZONE 'UTC') - 1)`;
  return [`${month} BETWEEN ${values.add(months[0], 'int')} AND ${values.add(months[1], 'int')}`];
}

function lostForSql(values: Values, scope: InsightScope, question: Of<'lostFor'>): string {
  const where = [
    `d.stage_kind = 'lost' AND coalesce(d.loss_reason, '') = ${values.add(question.reason, 'text')}`,
  ];
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) where.push(`coalesce(${column}, '') = ${values.add(value, 'text')}`);
  };
  equal('d.owner_id', question.seller);
  equal('d.source_id', question.source);
  equal(
    '(SELECT v.stage_id FROM stage_visit l JOIN stage_visit v ON v.account_id = l.account_id AND v.deal_id = l.deal_id AND v.seq = l.seq - 1 AND v.pipeline_id = d.pipeline_id WHERE l.account_id = d.account_id AND l.deal_id = d.deal_id AND l.left_at IS NULL)',
    question.fromStage,
  );
  if (question.product !== undefined)
    where.push(
      `EXISTS (SELECT FROM ${PRODUCTS} AS p(id) WHERE p.id = ${values.add(question.product, 'text')})`,
    );
  return closedSql(values, scope, where.join(' AND '));
}

function endedConditions(values: Values, { end, seller }: Of<'ended'>): string {
  const which = end ? `d.stage_kind = ${values.add(end, 'text')}` : `d.stage_kind <> 'open'`;
  return seller === undefined ? which : `${which} AND d.owner_id = ${values.add(seller, 'text')}`;
}

/** As `SellersRepository.work` counts them. */
function stepsSql(values: Values, scope: InsightScope, { seller, state }: Of<'steps'>): string {
  const where = [...workConditions(values, scope, ALL_DEALS), `s.owner_id = ${values.add(seller, 'text')}`];
  where.push(stepState(values, scope, state));
  return `SELECT d.deal_id, p.plan_id || ' ' || s.step_key || ' ' || s.visit_seq AS mark,
      coalesce(s.finished_at, s.due_at) AS since, NULL::float8 AS days,
      coalesce((SELECT t.value ->> 'title' FROM plan_template_version v
        CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') t(value)
        WHERE v.account_id = p.account_id AND v.template_id = p.template_id AND v.version = p.version
          AND t.value ->> 'key' = s.step_key LIMIT 1), s.step_key) AS note
    FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
      JOIN deal d ON d.account_id = s.account_id AND d.deal_id = s.deal_id WHERE ${where.join(' AND ')}`;
}

function nowSql(values: Values, scope: InsightScope, question: Now): string {
  const where = [...dealsInPipeline(values, scope)];
  const among = (column: string, list: readonly string[] | undefined, not: boolean): void => {
    if (list) where.push(`${not ? 'NOT ' : ''}${column} = ANY(${values.add([...list], 'text[]')})`);
  };
  if (question.open === true) where.push(`d.stage_kind = 'open'`);
  among('d.stage_id', question.stages, false);
  among('d.stage_id', question.notStages, true);
  among(`coalesce(d.owner_id, '')`, question.sellers, false);
  among(`coalesce(d.owner_id, '')`, question.notSellers, true);
  among(CLIENT, question.clients, false);
  among(CLIENT, question.notClients, true);
  if (question.product !== undefined) where.push(`p.id = ${values.add(question.product, 'text')}`);
  among('p.id', question.notProducts, true);
  const byProduct = question.product !== undefined || question.notProducts !== undefined;
  return `SELECT d.deal_id, ${byProduct ? 'p.id' : `''`} AS mark, ${SINCE} AS since, NULL::float8 AS days
    FROM deal d ${byProduct ? `CROSS JOIN LATERAL (SELECT ${PRODUCTS} AS id) p` : ''} WHERE ${where.join(' AND ')}`;
}

function visitsSql(
  values: Values,
  scope: InsightScope,
  stageId: string | null,
  conditions: readonly string[],
): string {
  const where = [
    ...dealConditions(values, scope),
    'v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.counted',
    `v.pipeline_id = ${values.add(scope.pipelineId, 'text')}`,
    ...(stageId === null ? [] : [`v.stage_id = ${values.add(stageId, 'text')}`]),
    ...conditions,
  ];
  const now = values.add(new Date(scope.now), 'timestamptz');
  return `SELECT d.deal_id, v.seq::text AS mark, v.entered_at AS since,
      date_part('epoch', coalesce(v.left_at, ${now}) - v.entered_at) / 86400 AS days
    FROM deal d JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id WHERE ${where.join(' AND ')}`;
}

function closedSql(values: Values, scope: InsightScope, which: string): string {
  const where = [...dealsInPipeline(values, scope), which, ...periodConditions(values, scope, SINCE)];
  return `SELECT d.deal_id, '' AS mark, ${SINCE} AS since, NULL::float8 AS days FROM deal d WHERE ${where.join(' AND ')}`;
}

/** As `OutlookRepository.clients` counts them. */
function clientsSql(values: Values, scope: InsightScope, which: Of<'clients'>['which']): string {
  const where = [
    ...dealsInPipeline(values, scope),
    `d.stage_kind = 'won' AND ${CLIENT} <> ''`,
    ...periodConditions(values, scope, SINCE),
  ].join(' AND ');
  const chosen = {
    all: 'w.place = w.purchases',
    repeat: 'w.place = w.purchases AND w.purchases > 1',
    crossed: 'w.place = w.purchases AND w.crossed',
    referred: 'w.place = w.purchases AND w.referred',
    again: 'w.place > 1',
  }[which];
  return `SELECT deal_id, '' AS mark, since, NULL::float8 AS days FROM (
      SELECT c.*, count(*) OVER one AS purchases, bool_or(c.place > 1 AND NOT c.products <@ c.first_products) OVER one AS crossed,
        bool_or(c.place = 1 AND c.is_referral) OVER one AS referred
      FROM (
        SELECT d.deal_id, ${CLIENT} AS client, ${SINCE} AS since, coalesce(d.product_ids, '{}') AS products,
          ${REFERRED} AS is_referral, row_number() OVER w AS place,
          first_value(coalesce(d.product_ids, '{}')) OVER w AS first_products
        FROM deal d WHERE ${where} WINDOW w AS (PARTITION BY ${CLIENT} ORDER BY ${SINCE}, d.deal_id)
      ) c WINDOW one AS (PARTITION BY c.client)
    ) w WHERE ${chosen}`;
}

function candidatesSql(values: Values, scope: InsightScope, from: string, to: string): string {
  const where = [
    ...dealsInPipeline(values, scope),
    `d.stage_kind = 'won'`,
    `${CLIENT} <> ''`,
    ...periodConditions(values, scope, SINCE),
  ].join(' AND ');
  const [one, other] = [values.add(from, 'text'), values.add(to, 'text')];
  return `SELECT deal_id, '' AS mark, since, NULL::float8 AS days FROM (
      SELECT d.deal_id, ${SINCE} AS since, row_number() OVER (PARTITION BY ${CLIENT} ORDER BY ${SINCE} DESC, d.deal_id) AS place,
        bool_or(coalesce(${one} = ANY(d.product_ids), false)) OVER (PARTITION BY ${CLIENT}) AS has,
        bool_or(coalesce(${other} = ANY(d.product_ids), false)) OVER (PARTITION BY ${CLIENT}) AS has_other
      FROM deal d WHERE ${where}) c
    WHERE place = 1 AND has AND NOT has_other`;
}
