import type { InsightScope } from './insight-scope.js';

/** Collects values and hands out their places. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Deals after `after` up to and including `until`; null: without end. */
export interface DealRange {
  readonly after: string;
  readonly until: string | null;
}

export const ALL_DEALS: DealRange = { after: '', until: null };

/** Money leaves the database as whole ten-thousandths, which add up exactly. */
export function moneySql(column: string): string {
  return `trunc(coalesce(sum(${column}), 0) * 10000)::text`;
}

/** Conditions on a deal `d` of the account, within reach and filter; neither pipeline nor period are among them. */
export function dealConditions(
  values: Values,
  scope: InsightScope,
  range: DealRange = ALL_DEALS,
): readonly string[] {
  const { owners, productIds, sourceIds } = scope;
  const found = [`d.account_id = ${values.add(scope.accountId, 'uuid')}`, 'd.deleted_at IS NULL'];
  if (owners !== null) {
    const among = `d.owner_id = ANY(${values.add([...owners.ids], 'text[]')})`;
    found.push(owners.orNobody ? `(d.owner_id IS NULL OR ${among})` : among);
  }
  if (productIds.length > 0) found.push(`d.product_ids && ${values.add([...productIds], 'text[]')}`);
  if (sourceIds.length > 0) found.push(`d.source_id = ANY(${values.add([...sourceIds], 'text[]')})`);
  if (range.after !== '') found.push(`d.deal_id > ${values.add(range.after, 'text')}`);
  if (range.until !== null) found.push(`d.deal_id <= ${values.add(range.until, 'text')}`);
  return found;
}

/** Those that stand in the scope's pipeline. */
export function dealsInPipeline(
  values: Values,
  scope: InsightScope,
  range: DealRange = ALL_DEALS,
): readonly string[] {
  return [...dealConditions(values, scope, range), `d.pipeline_id = ${values.add(scope.pipelineId, 'text')}`];
}

/** The period on a moment: `column` is when what the page counts began. */
export function periodConditions(values: Values, scope: InsightScope, column: string): readonly string[] {
  const found: string[] = [];
  if (scope.from !== null) found.push(`${column} >= ${values.add(new Date(scope.from), 'timestamptz')}`);
  if (scope.to !== null) found.push(`${column} < ${values.add(new Date(scope.to), 'timestamptz')}`);
  return found;
}

/** Last known move of a deal, or its last change where no move is known. */
export const SINCE = 'coalesce(d.stage_since, d.modified_at)';

/** Who buys: the company, else the contact; empty where neither is known. */
export const CLIENT = `coalesce('c' || d.company_id, 'p' || d.contact_id, '')`;

/** Whether a name of the deal's source says that the client came by recommendation. */
export const REFERRED = `coalesce(d.source_id ~* '(реком|recommend|refer)', false)`;

/** Steps `s` of plans of living deals `d` whose owners are within reach: of all pipelines, a day's work is one. */
export function workConditions(values: Values, scope: InsightScope, range: DealRange): readonly string[] {
  return [
    ...dealConditions(values, { ...scope, productIds: [], sourceIds: [] }, range),
    's.account_id = d.account_id',
  ];
}

/** Due within the week and not done; done, or failed by omission, in the period. */
export function stepState(
  values: Values,
  scope: InsightScope,
  state: 'planned' | 'done' | 'omitted',
): string {
  if (state === 'planned') {
    const week = values.add(new Date(scope.now + 7 * 86_400_000), 'timestamptz');
    return `s.state = 'actionable' AND s.due_at < ${week}`;
  }
  const finished = periodConditions(values, scope, 's.finished_at');
  const which =
    state === 'done'
      ? [`s.state = 'done'`]
      : [`s.state = 'failed' AND s.detail #>> '{outcome,cause}' = 'omission'`];
  return [...which, ...finished].join(' AND ');
}

/** Ids of a deal's products, the empty one for a deal without any. */
export const PRODUCTS = `unnest(coalesce(nullif(d.product_ids, '{}'), ARRAY['']))`;
