import { Injectable } from '@nestjs/common';
import type { HistoryFact } from '../../domain/insight/pipeline-history.js';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { bucketOfMs, bucketSql, historyCopied, STAGE_ORDER } from '../../mirror/index.js';
import { isWhole, type InsightScope } from './insight-scope.js';
import { dealConditions, periodConditions, Values, type DealRange, type Statement } from './insight.sql.js';
import { Steps } from './steps.service.js';

/** Thousands of counts come as some dozens of rows: they are read more often than made. */
const PACKED = (counts: string): string =>
  `SELECT kind, stage_id AS "stageId", way, json_agg(at) AS at, json_agg(n) AS n FROM (${counts}) x
   GROUP BY kind, stage_id, way`;

const MONTH = (column: string): string =>
  `(extract(year FROM ${column} AT TIME ZONE 'UTC') * 12 + extract(month FROM ${column} AT TIME ZONE 'UTC') - 1)::int`;

const ROLLED_UP = PACKED(`
SELECT 'stay' AS kind, stage_id, next_stage_id AS way, bucket AS at, sum(n)::int AS n FROM stay_hist
WHERE account_id = $1::uuid AND pipeline_id = $2 GROUP BY 2, 3, 4
UNION ALL
SELECT 'open', stage_id, '', ${bucketOfMs(`greatest(0, $3::float8 - greatest(since_day * 86400000.0,
  least(since_day * 86400000.0 + 43200000, (since_day * 86400000.0 + $3::float8) / 2)))`)}, sum(n)::int FROM open_hist
WHERE account_id = $1::uuid AND pipeline_id = $2 GROUP BY 2, 4
UNION ALL
SELECT kind, stage_id, way, month, n FROM flow_hist WHERE account_id = $1::uuid AND pipeline_id = $2 AND n > 0`);

/** What the visits of a pipeline come to: from the roll-ups where they can tell, else counted from the visits. */
@Injectable()
export class HistoryRepository {
  constructor(
    private readonly database: Database,
    private readonly steps: Steps,
    private readonly jobs: Jobs,
  ) {}

  async facts(scope: InsightScope): Promise<readonly HistoryFact[]> {
    const rolledUp = isWhole(scope) && (await this.areKept(scope.accountId));
    return rolledUp ? this.fromRollups(scope) : this.fromVisits(scope);
  }

  /** Counted from the visits whatever is kept: what the roll-ups are compared with. */
  fromVisits(scope: InsightScope): Promise<readonly HistoryFact[]> {
    return this.steps.rows<HistoryFact>(scope.accountId, (range) => visitsStatement(scope, range));
  }

  private fromRollups({ accountId, pipelineId, now }: InsightScope): Promise<readonly HistoryFact[]> {
    return this.database.query<HistoryFact>(ROLLED_UP, [accountId, pipelineId, now]);
  }

  /** They are, and by the stages' present order. */
  private async areKept(accountId: string): Promise<boolean> {
    const [row] = await this.database.query<{ kept: boolean }>(
      `SELECT s.stage_order = (${STAGE_ORDER}) AS kept FROM rollup_state s WHERE s.account_id = $1::uuid AND s.live`,
      [accountId],
    );
    // Stages were moved about: what came of visits has to be judged anew, and is as soon as a worker is free.
    if (row && !row.kept) await this.jobs.enqueue(historyCopied, { accountId });
    return row?.kept ?? false;
  }
}

/** `HistoryFact`s of the visits within the scope; the period is that of the entry into the stage. */
function visitsStatement(scope: InsightScope, range: DealRange): Statement {
  const values = new Values();
  const deals = dealConditions(values, scope, range);
  const now = values.add(new Date(scope.now), 'timestamptz');
  const pipeline = values.add(scope.pipelineId, 'text');
  const held = [
    `v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.counted AND v.pipeline_id = ${pipeline}`,
    ...periodConditions(values, scope, 'v.entered_at'),
  ];
  const text = `
WITH v AS MATERIALIZED (
  SELECT v.stage_id, v.entered_at, v.left_at, v.next_stage_id, v.passage, v.mark
  FROM deal d JOIN stage_visit v ON ${held.join(' AND ')} WHERE ${deals.join(' AND ')}
)
${PACKED(`SELECT 'stay' AS kind, stage_id, next_stage_id AS way, ${bucketSql('(left_at - entered_at)')} AS at, count(*)::int AS n
FROM v WHERE left_at IS NOT NULL AND mark IS NULL GROUP BY 2, 3, 4
UNION ALL
SELECT 'open', stage_id, '', ${bucketSql(`(${now} - entered_at)`)}, count(*)::int
FROM v WHERE left_at IS NULL AND mark IS NULL GROUP BY 2, 4
UNION ALL
SELECT 'passage', stage_id, passage, ${MONTH('entered_at')}, count(*)::int
FROM v WHERE passage IS NOT NULL AND mark IS NULL GROUP BY 2, 3, 4
UNION ALL
SELECT 'exit', stage_id, next_stage_id, ${MONTH('left_at')}, count(*)::int
FROM v WHERE left_at IS NOT NULL AND mark IS NULL GROUP BY 2, 3, 4
UNION ALL
SELECT 'mark', stage_id, mark, ${MONTH('entered_at')}, count(*)::int
FROM v WHERE mark IS NOT NULL GROUP BY 2, 3, 4`)}`;
  return { text, values: values.list };
}
