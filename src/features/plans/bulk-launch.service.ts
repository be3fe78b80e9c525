import { Injectable } from '@nestjs/common';
import { audit } from '../../infra/audit.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanLaunches, type LaunchOrder } from './plan-launches.service.js';
import { PlanningContexts } from './planning-context.service.js';
import { ProgressRepository } from './progress.repository.js';

/** One transaction a chunk: large enough to be quick, small enough that a stop or a crash costs little. */
export const LAUNCH_CHUNK = 500;

/** Plans for the open deals that a pipeline had before it was switched on. */
@Injectable()
export class BulkLaunches {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly launches: PlanLaunches,
    private readonly deals: DealFactsRepository,
    private readonly progress: ProgressRepository,
    log: Log,
  ) {
    this.log = log.child('plans');
  }

  /** Goes on behind the last saved chunk. Deals that have a plan are left alone. */
  async run(accountId: string, progressId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const state = await this.progress.find(accountId, progressId);
      if (!state || state.state === 'done' || state.state === 'stopped') return;
      if (state.state === 'stopping') return this.end(accountId, progressId, 'stopped', state.done);
      // The queue gives the job to another process, which goes on from here.
      if (signal.aborted) throw new Error('the process stops; the launch goes on elsewhere');
      if (!(await this.chunk(accountId, progressId))) {
        return this.end(
          accountId,
          progressId,
          'done',
          (await this.progress.find(accountId, progressId))?.done ?? 0,
        );
      }
    }
  }

  /** False when there was nothing left. */
  private async chunk(accountId: string, progressId: string): Promise<boolean> {
    const state = await this.progress.find(accountId, progressId);
    const context = await this.contexts.of(accountId);
    if (!state || !context) return false;
    const page = { pipelineId: state.pipelineId, after: state.after, limit: LAUNCH_CHUNK };
    const order: LaunchOrder = {
      templateId: state.templateId,
      version: state.version,
      trigger: 'bulk',
      startedAt: context.now,
    };
    return this.database.transaction(async (tx) => {
      const dealIds = await this.deals.openDealIds(tx, accountId, page);
      const last = dealIds.at(-1);
      if (last === undefined) return false;
      await this.launches.planDeals(tx, context, dealIds, () => order, {
        trigger: 'bulk',
        actor: state.startedBy,
      });
      await this.progress.advance(tx, accountId, progressId, last, dealIds.length);
      return true;
    });
  }

  private async end(
    accountId: string,
    progressId: string,
    state: 'done' | 'stopped',
    done: number,
  ): Promise<void> {
    await this.progress.finish(accountId, progressId, state);
    await audit(this.database, { accountId, actor: 'system', action: `launch.${state}`, detail: { done } });
    this.log.info('a bulk launch ended', { accountId, state, done });
  }
}
