import { Injectable } from '@nestjs/common';
import {
  suggestTemplate,
  type StageNorm,
  type Suggestion,
  type WonTask,
} from '../../domain/plans/suggestion.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';

/** The newest won deals tell how the company sells now; more of them tell how it did years ago. */
const WON_DEALS = 2_000;
const TASKS = 50_000;
/** Shorter stays are jumps over a stage, not work in it. */
const JUMP = '1 minute';

/** Reads an account's own history as the beginning of a template. */
@Injectable()
export class TemplateSuggestions {
  constructor(
    private readonly database: Database,
    private readonly structures: CompanyStructures,
  ) {}

  async of(person: SessionClaims, pipelineId: string, key: string): Promise<Suggestion> {
    const { accountId, language } = person;
    const structure = await this.structures.now(accountId);
    const pipeline = structure.pipelines.find((each) => each.id === pipelineId);
    if (!pipeline) throw noPipeline();
    const won = await this.wonDeals(accountId, pipelineId);
    return suggestTemplate({
      language,
      key,
      pipelineName: pipeline.name,
      stages: structure.stages.filter((stage) => stage.pipelineId === pipelineId),
      norms: await this.norms(accountId, pipelineId),
      wonDeals: won.length,
      tasks: await this.tasks(accountId, pipelineId, won),
    });
  }

  private async wonDeals(accountId: string, pipelineId: string): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM deal WHERE account_id = $1::uuid AND pipeline_id = $2 AND stage_kind = 'won'
         AND deleted_at IS NULL ORDER BY COALESCE(stage_since, modified_at) DESC, deal_id LIMIT $3`,
      [accountId, pipelineId, WON_DEALS],
    );
    return rows.map((row) => row.deal_id);
  }

  private async norms(accountId: string, pipelineId: string): Promise<ReadonlyMap<string, StageNorm>> {
    const rows = await this.database.query<{ stage_id: string; visits: number; quartiles: number[] }>(
      `SELECT stage_id, count(*)::int AS visits,
         percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - entered_at)::float8)
           AS quartiles
       FROM stage_visit WHERE account_id = $1::uuid AND pipeline_id = $2 AND left_at - entered_at > interval '${JUMP}'
       GROUP BY stage_id`,
      [accountId, pipelineId],
    );
    return new Map(
      rows.map(({ stage_id: id, visits, quartiles: [quarter = 0, median = 0, threeQuarters = 0] }) => [
        id,
        { visits, quarter: quarter * 1000, median: median * 1000, threeQuarters: threeQuarters * 1000 },
      ]),
    );
  }

  /** Tasks that people made, each in the stay in which it was done, or due when it never was. Ours would echo us. */
  private async tasks(
    accountId: string,
    pipelineId: string,
    dealIds: readonly string[],
  ): Promise<readonly WonTask[]> {
    const rows = await this.database.query<{
      deal_id: string;
      stage_id: string;
      title: string;
      seconds: number;
    }>(
      `SELECT t.deal_id, v.stage_id, t.title, extract(epoch FROM t.at - v.entered_at)::float8 AS seconds
       FROM (SELECT deal_id, title, COALESCE(completed_at, due_at) AS at FROM host_task
         WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND our_key IS NULL AND deleted_at IS NULL
         ORDER BY task_id LIMIT ${TASKS}) t
       JOIN stage_visit v ON v.account_id = $1::uuid AND v.deal_id = t.deal_id AND v.pipeline_id = $3
         AND t.at >= v.entered_at AND (v.left_at IS NULL OR t.at < v.left_at)`,
      [accountId, [...dealIds], pipelineId],
    );
    return rows.map((row) => ({
      dealId: row.deal_id,
      stageId: row.stage_id,
      title: row.title,
      offset: row.seconds * 1000,
    }));
  }
}

function noPipeline() {
  return notFound({
    ru: 'Такой воронки нет. Обновите страницу: её могли удалить в CRM.',
    en: 'There is no such pipeline. Reload the page: it may have been deleted in the CRM.',
  });
}
