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
  SINCE,
  type Values,
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
      return visitsSql(
        values,
        scope,
        question.stage,
        'v.mark IS NULL',
        periodConditions(values, scope, 'v.entered_at'),
      );
    case 'lostFrom': {
      const month = `(extract(year FROM v.entered_at AT TIME ZONE 'UTC') * 12 + extract(month FROM v.entered_at AT TIME ZONE 'UTC') - 1)`;
      const [from, to] = question.months;
      return visitsSql(values, scope, question.stage, `v.mark IS NULL AND v.passage = 'l'`, [
        `${month} BETWEEN ${values.add(from, 'int')} AND ${values.add(to, 'int')}`,
        ...periodConditions(values, scope, 'v.entered_at'),
      ]);
    }
    case 'dead':
      return `SELECT deal_id, '' AS mark, last_event_at AS since, age / 86400000 AS days
        FROM (WITH ${stuckSql(values, scope, norms, ALL_DEALS)} SELECT * FROM stuck WHERE kind = 'dead') s`;
    case 'lostFor':
      return closedSql(
        values,
        scope,
        `d.stage_kind = 'lost' AND coalesce(d.loss_reason, '') = ${values.add(question.reason, 'text')}`,
      );
    case 'closedBy':
      return closedSql(
        values,
        scope,
        `d.stage_kind <> 'open' AND d.owner_id = ${values.add(question.seller, 'text')}`,
      );
    case 'candidates':
      return candidatesSql(values, scope, question.from, question.to);
  }
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
  stageId: string,
  which: string,
  conditions: readonly string[],
): string {
  const where = [
    ...dealConditions(values, scope),
    'v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.counted',
    `v.pipeline_id = ${values.add(scope.pipelineId, 'text')} AND v.stage_id = ${values.add(stageId, 'text')}`,
    which,
    ...conditions,
  ];
  const now = values.add(new Date(scope.now), 'timestamptz');
  return `SELECT d.deal_id, v.seq::text AS mark, v.entered_at AS since,
      (extract(epoch FROM coalesce(v.left_at, ${now}) - v.entered_at) / 86400)::float8 AS days
    FROM deal d JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id WHERE ${where.join(' AND ')}`;
}

function closedSql(values: Values, scope: InsightScope, which: string): string {
  const where = [...dealsInPipeline(values, scope), which, ...periodConditions(values, scope, SINCE)];
  return `SELECT d.deal_id, '' AS mark, ${SINCE} AS since, NULL::float8 AS days FROM deal d WHERE ${where.join(' AND ')}`;
}

function candidatesSql(values: Values, scope: InsightScope, from: string, to: string): string {
  const where = [...dealsInPipeline(values, scope), `d.stage_kind = 'won'`, `${CLIENT} <> ''`].join(' AND ');
  const [one, other] = [values.add(from, 'text'), values.add(to, 'text')];
  return `SELECT deal_id, '' AS mark, since, NULL::float8 AS days FROM (
      SELECT d.deal_id, ${SINCE} AS since, row_number() OVER (PARTITION BY ${CLIENT} ORDER BY ${SINCE} DESC, d.deal_id) AS place,
        bool_or(coalesce(${one} = ANY(d.product_ids), false)) OVER (PARTITION BY ${CLIENT}) AS has,
        bool_or(coalesce(${other} = ANY(d.product_ids), false)) OVER (PARTITION BY ${CLIENT}) AS has_other
      FROM deal d WHERE ${where}) c
    WHERE place = 1 AND has AND NOT has_other`;
}
