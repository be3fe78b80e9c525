import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { stuckFrom } from '../../domain/insight/stuck.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { CompanyStructures } from '../../mirror/index.js';
import { HistoryRepository } from './history.repository.js';
import { everythingIn } from './insight-scope.js';

interface LearnedNorm {
  readonly pipelineId: string;
  readonly stageId: string;
  readonly visits: number;
  readonly normMs: number | null;
  readonly stuckAfterMs: number | null;
}

/** What the panel and the rules know of how long deals stay: one row for each stage with enough history. */
@Injectable()
export class LearnedNorms {
  constructor(
    private readonly histories: HistoryRepository,
    private readonly structures: CompanyStructures,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Idempotent. */
  async learn(accountId: string): Promise<void> {
    const { pipelines, stages } = await this.structures.now(accountId);
    const norms: LearnedNorm[] = [];
    for (const { id: pipelineId } of pipelines) {
      const own = stages.filter((stage) => stage.pipelineId === pipelineId);
      const facts = await this.histories.facts(everythingIn(accountId, pipelineId, this.clock.now()));
      norms.push(...(await learnedFrom(pipelineId, new PipelineHistory(facts, own))));
    }
    await this.save(accountId, norms);
  }

  /** Stages with too little history have no row: the defaults hold there. */
  private async save(accountId: string, norms: readonly LearnedNorm[]): Promise<void> {
    const column = (pick: (norm: LearnedNorm) => unknown): unknown[] => norms.map(pick);
    await this.database.transaction(async (tx) => {
      await tx.query('DELETE FROM stage_norm WHERE account_id = $1::uuid', [accountId]);
      await tx.query(
        `INSERT INTO stage_norm (account_id, pipeline_id, stage_id, visits, norm_ms, stuck_after_ms, computed_at)
         SELECT $1::uuid, r.pipeline, r.stage, r.visits, round(r.norm)::bigint, round(r.stuck)::bigint, now()
         FROM unnest($2::text[], $3::text[], $4::int[], $5::float8[], $6::float8[]) AS r(pipeline, stage, visits, norm, stuck)`,
        [
          accountId,
          column((norm) => norm.pipelineId),
          column((norm) => norm.stageId),
          column((norm) => norm.visits),
          column((norm) => norm.normMs),
          column((norm) => norm.stuckAfterMs),
        ],
      );
    });
  }
}

async function learnedFrom(pipelineId: string, history: PipelineHistory): Promise<readonly LearnedNorm[]> {
  const norms: LearnedNorm[] = [];
  for (const { id: stageId } of history.order.open) {
    const norm = history.normOf(stageId);
    await setImmediate();
    if (norm.learned === null) continue;
    norms.push({
      pipelineId,
      stageId,
      visits: norm.finished,
      normMs: quantileOf(survivalCurve(history.tableOf(stageId)), 0.5).value,
      stuckAfterMs: stuckFrom(norm),
    });
  }
  return norms;
}
