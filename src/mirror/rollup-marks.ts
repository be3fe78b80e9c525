import type { Sql } from '../infra/db/sql.js';
import { IN_RANGE, judgedAgain, UPKEEP } from './rollup.sql.js';

/** As in the domain's `HonestyJudge`: so many deals through one door within a minute are a mass action. */
const BULK_DEALS = 20;
const NORMAL_SHARE = 0.5;

/** Stands for another pipeline where a door's other side is named. */
const ELSEWHERE = `E'\\x1f'`;

const MINUTE = (column: string): string => `floor(date_part('epoch', ${column}) / 60)`;
const NEXT = (of: string): string =>
  `CASE WHEN ${of}.left_at IS NOT NULL THEN coalesce(nullif(${of}.next_stage_id, ''), ${ELSEWHERE}) END`;

/** Open stages first, in their order. */
const RANKS = `ranks AS MATERIALIZED (
  SELECT pipeline_id, stage_id, kind,
    row_number() OVER (PARTITION BY pipeline_id ORDER BY kind <> 'open', sort, stage_id) AS place,
    count(*) FILTER (WHERE kind = 'open') OVER (PARTITION BY pipeline_id) AS opens
  FROM stage WHERE account_id = $1::uuid AND deleted_at IS NULL
)`;

/** Of visits `v`: by how many open stages the move led ahead; null where it did not lead from an open stage to one or to won. */
const AHEAD = `CASE n.kind WHEN 'won' THEN n.opens + 1 WHEN 'open' THEN n.place END - h.place`;
const RANKED = `LEFT JOIN ranks h ON h.pipeline_id = v.pipeline_id AND h.stage_id = v.stage_id AND h.kind = 'open'
    LEFT JOIN ranks n ON n.pipeline_id = v.pipeline_id AND n.stage_id = v.next_stage_id`;

/**
 * What is usual in the account's pipelines (`$2`; null: in all of them), one door being a pair of stages (or the way in): the rows `bulk` are minutes in which many
 * went through a door that is not usually used so, `quick` doors through which most stay longer than a minute, `skip`
 * stages from which most that go ahead pass by no stage. A pipeline whose log has days only cannot tell the first two.
 */
const USUAL = `
WITH ${RANKS}, v AS MATERIALIZED (
  SELECT v.seq, v.pipeline_id, v.stage_id, v.entered_at, v.left_at, ${NEXT('v')} AS next_stage, ${AHEAD} AS ahead
  FROM stage_visit v ${RANKED}
  WHERE v.account_id = $1::uuid AND v.counted AND ($2::text IS NULL OR v.pipeline_id = $2::text)
), timed AS (
  SELECT DISTINCT pipeline_id FROM v WHERE date_part('epoch', entered_at) / 86400
    <> floor(date_part('epoch', entered_at) / 86400)
), minutes AS MATERIALIZED (
  SELECT pipeline_id, '' AS stage_id, stage_id AS next_stage, ${MINUTE('entered_at')} AS minute, count(*) AS deals, 0::bigint AS quick
  FROM v WHERE seq = 1 GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT pipeline_id, stage_id, next_stage, ${MINUTE('left_at')}, count(*),
    count(*) FILTER (WHERE ${MINUTE('entered_at')} = ${MINUTE('left_at')})
  FROM v WHERE next_stage IS NOT NULL GROUP BY 1, 2, 3, 4
), doors AS MATERIALIZED (
  SELECT pipeline_id, stage_id, next_stage,
    coalesce(sum(deals) FILTER (WHERE deals >= ${BULK_DEALS}), 0) <= ${NORMAL_SHARE} * sum(deals) AS bulk_is_rare,
    sum(quick) <= ${NORMAL_SHARE} * sum(deals) AS quick_is_rare
  FROM minutes GROUP BY 1, 2, 3
)
SELECT 'bulk' AS kind, pipeline_id, stage_id, next_stage, m.minute
FROM timed JOIN minutes m USING (pipeline_id) JOIN doors USING (pipeline_id, stage_id, next_stage)
WHERE m.deals >= ${BULK_DEALS} AND doors.bulk_is_rare
UNION ALL
SELECT 'quick', pipeline_id, stage_id, next_stage, 0 FROM timed JOIN doors USING (pipeline_id) WHERE quick_is_rare
UNION ALL
SELECT 'skip', pipeline_id, stage_id, '', 0 FROM v WHERE ahead > 0 GROUP BY 2, 3
HAVING count(*) FILTER (WHERE ahead > 1) <= ${NORMAL_SHARE} * count(*)`;

interface UsualRow {
  readonly kind: 'bulk' | 'quick' | 'skip';
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly next_stage: string;
  readonly minute: number;
}

export type Usual = readonly UsualRow[];

/** What is usual in the account, or in one pipeline of it: a look at all of its visits that holds nobody up. */
export function usualIn(sql: Sql, accountId: string, pipelineId: string | null): Promise<Usual> {
  return sql.query<UsualRow>(USUAL, [accountId, pipelineId]);
}

/** The usual of one kind as a relation. */
const OF = (kind: UsualRow['kind']): string => `(SELECT * FROM usual WHERE kind = '${kind}')`;

/** Deals of the range, of them those of the list only where there is one. */
const CHOSEN = `${IN_RANGE} AND ($9::text[] IS NULL OR deal_id = ANY ($9::text[]))`;

/**
 * Visits of chosen deals judged again by the stages' present order, and marked as the domain's `HonestyJudge` does: `after`
 * are those that come out otherwise than they are stored. Of several reasons a visit keeps the first of: imported,
 * bulkMove, sameMinute, backdated (entered more than a day before its deal was made), skippedStages (went past an open
 * stage, which most do not that go ahead from here).
 */
const JUDGED = `${judgedAgain(CHOSEN)}, ${RANKS}, usual AS MATERIALIZED (
  SELECT * FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::float8[]) AS u(kind, pipeline_id, stage_id, next_stage, minute)
), stored AS MATERIALIZED (
  SELECT deal_id, seq, mark, next_stage_id, passage, counted FROM stage_visit WHERE ${CHOSEN}
), made AS MATERIALIZED (
  SELECT deal_id, created_at FROM deal WHERE ${CHOSEN}
), wanted AS MATERIALIZED (
  SELECT v.*, CASE
    WHEN NOT v.counted THEN s.mark
    WHEN come.minute IS NOT NULL THEN 'imported'
    WHEN gone.minute IS NOT NULL THEN 'bulkMove'
    WHEN quick.kind IS NOT NULL AND ${MINUTE('v.entered_at')} = ${MINUTE('v.left_at')} THEN 'sameMinute'
    WHEN v.entered_at < d.created_at - interval '1 day' THEN 'backdated'
    WHEN skip.kind IS NOT NULL AND ${AHEAD} > 1 THEN 'skippedStages' END AS mark,
    s.mark AS old_mark, s.next_stage_id AS old_next, s.passage AS old_passage, s.counted AS old_counted
  FROM judged v JOIN stored s ON s.deal_id = v.deal_id AND s.seq = v.seq
    LEFT JOIN made d ON d.deal_id = v.deal_id
    ${RANKED}
    LEFT JOIN ${OF('bulk')} come ON v.seq = 1 AND come.stage_id = '' AND come.pipeline_id = v.pipeline_id
      AND come.next_stage = v.stage_id AND come.minute = ${MINUTE('v.entered_at')}
    LEFT JOIN ${OF('bulk')} gone ON gone.pipeline_id = v.pipeline_id AND gone.stage_id = v.stage_id
      AND gone.next_stage = ${NEXT('v')} AND gone.minute = ${MINUTE('v.left_at')}
    LEFT JOIN ${OF('quick')} quick ON quick.pipeline_id = v.pipeline_id AND quick.stage_id = v.stage_id
      AND quick.next_stage = ${NEXT('v')}
    LEFT JOIN ${OF('skip')} skip ON skip.pipeline_id = v.pipeline_id AND skip.stage_id = v.stage_id
), after AS MATERIALIZED (
  SELECT * FROM wanted
  WHERE (next_stage_id, passage, counted, mark) IS DISTINCT FROM (old_next, old_passage, old_counted, old_mark)
)`;

const LOOK = `${JUDGED} SELECT DISTINCT deal_id FROM after`;

/** The roll-ups follow. */
const WRITE = `${JUDGED}, before AS MATERIALIZED (
  SELECT deal_id, pipeline_id, stage_id, entered_at, left_at, old_next AS next_stage_id, old_passage AS passage,
    old_mark AS mark, old_counted AS counted FROM after
), written AS (
  UPDATE stage_visit v SET next_stage_id = a.next_stage_id, passage = a.passage, counted = a.counted, mark = a.mark
  FROM after a WHERE v.account_id = $1 AND v.deal_id = a.deal_id AND v.seq = a.seq RETURNING v.deal_id
), removed AS (SELECT deal_id FROM written WHERE false), ${UPKEEP}
SELECT 1 FROM written LIMIT 1`;

/** Deals after `after` up to and including `until`; null: without end. */
export interface DealSpan {
  readonly after: string;
  readonly until: string | null;
}

/** Deals of the span some of whose visits are not judged and marked as they should be. Holds nobody up. */
export async function misjudgedDeals(
  sql: Sql,
  accountId: string,
  span: DealSpan,
  usual: Usual,
): Promise<readonly string[]> {
  const rows = await sql.query<{ deal_id: string }>(LOOK, valuesOf(accountId, span, usual, null));
  return rows.map((row) => row.deal_id);
}

/** Judges and marks the visits of these deals of the span. */
export async function judgeVisits(
  tx: Sql,
  accountId: string,
  span: DealSpan,
  usual: Usual,
  dealIds: readonly string[],
): Promise<void> {
  if (dealIds.length > 0) await tx.query(WRITE, valuesOf(accountId, span, usual, dealIds));
}

function valuesOf(
  accountId: string,
  { after, until }: DealSpan,
  usual: Usual,
  dealIds: readonly string[] | null,
): readonly unknown[] {
  return [
    accountId,
    after,
    until,
    usual.map((one) => one.kind),
    usual.map((one) => one.pipeline_id),
    usual.map((one) => one.stage_id),
    usual.map((one) => one.next_stage),
    usual.map((one) => one.minute),
    dealIds,
  ];
}
