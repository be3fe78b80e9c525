import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { stuckFrom } from '../../domain/insight/stuck.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { defineJob } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { CompanyStructures, historyCopied, Rollups } from '../../mirror/index.js';
import { HistoryRepository } from './history.repository.js';

const learnNightly = defineJob<Record<string, never>>({
  name: 'insight.nightly',
  singleton: () => 'all',
  expireInSeconds: 600,
});

/** After the hosts' own nightly work, before anybody's morning from Kaliningrad on. */
const NIGHTLY = '40 1 * * *';

interface LearnedNorm {
  readonly pipelineId: string;
  readonly stageId: string;
  readonly visits: number;
  readonly normMs: number | null;
  readonly stuckAfterMs: number | null;
}

/** Learns the norms of stages after the first copy and every night, on roll-ups that were built anew. */
@Injectable()
export class LearnWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly rollups: Rollups,
    private readonly histories: HistoryRepository,
    private readonly structures: CompanyStructures,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(historyCopied, ({ accountId }) => this.learn(accountId));
    this.jobs.handle(learnNightly, async () => {
      const accounts = await this.rollups.accounts();
      await this.jobs.enqueue(
        historyCopied,
        accounts.map((accountId) => ({ accountId })),
      );
    });
    this.jobs.schedule(learnNightly, NIGHTLY, {});
  }

  /** Idempotent. */
  async learn(accountId: string): Promise<void> {
    await this.rollups.rebuild(accountId);
    const { pipelines, stages } = await this.structures.now(accountId);
    const norms: LearnedNorm[] = [];
    for (const { id: pipelineId } of pipelines) {
      const own = stages.filter((stage) => stage.pipelineId === pipelineId);
      const scope = {
        accountId,
        pipelineId,
        owners: null,
        productIds: [],
        sourceIds: [],
        from: null,
        to: null,
      };
      const facts = await this.histories.facts({ ...scope, now: this.clock.now() });
      const history = new PipelineHistory(facts, own);
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
