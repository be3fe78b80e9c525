import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { audit } from '../../infra/audit.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanLaunches, type Ordering } from './plan-launches.service.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { ProgressRepository, type LaunchProgress } from './progress.repository.js';

/** One transaction a chunk: large enough to be quick, small enough that a stop or a crash costs little. */
export const LAUNCH_CHUNK = 500;

/**
 * The embedded database has one connection: while a chunk is written nobody else is answered. Small chunks with a breath
 * between them, in which a page's dozen of questions goes through one after another.
 */
const EMBEDDED_CHUNK = 100;
const BREATH_MS = 40;

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

  /**
   * Goes on behind the last saved chunk. Deals that have a plan are left alone. A launch of an account that was
   * disconnected meanwhile is stopped: it would stand in the way of the next one for ever.
   */
  async run(accountId: string, progressId: string, signal: AbortSignal): Promise<void> {
    let after: string | null = null;
    let writing: Promise<void> = Promise.resolve();
    try {
      for (;;) {
        const state = await this.progress.find(accountId, progressId);
        if (!state || state.state === 'done' || state.state === 'stopped') return;
        const context = await this.contexts.of(accountId);
        if (!context) {
          await writing;
          return await this.end(accountId, progressId, 'stopped');
        }
        const from: string = after ?? state.after;
        const page = {
          pipelineId: state.pipelineId,
          after: from,
          limit: this.alone ? EMBEDDED_CHUNK : LAUNCH_CHUNK,
        };
        const ending = state.state === 'stopping' ? 'stopped' : 'done';
        const dealIds: readonly string[] =
          ending === 'stopped' ? [] : await this.deals.openDealIds(this.database, accountId, page);
        if (dealIds.length === 0) {
          await writing;
          return await this.end(accountId, progressId, ending);
        }
        // The queue gives the job to another process, which goes on from here.
        if (signal.aborted) throw new Error('the process stops; the launch goes on elsewhere');
        after = dealIds.at(-1) ?? null;
        const before = writing;
        writing = this.chunk(context, progressId, state, { dealIds, before });
        // While the database writes one chunk the next one is decided, and no more than that.
        writing.catch(() => undefined);
        await before;
        if (!this.alone) continue;
        await writing;
        await sleep(BREATH_MS);
      }
    } finally {
      await writing.catch(() => undefined);
    }
  }

  /** Nobody tries again: people see that it failed, and may start another one. */
  async giveUp(accountId: string, progressId: string): Promise<void> {
    await this.end(accountId, progressId, 'failed');
  }

  private get alone(): boolean {
    return this.database.kind === 'embedded';
  }

  private async chunk(
    context: PlanningContext,
    progressId: string,
    state: LaunchProgress,
    { dealIds, before }: { readonly dealIds: readonly string[]; readonly before: Promise<void> },
  ): Promise<void> {
    const { accountId } = context;
    const ordering: Ordering = ({ deal }, acceptances) => {
      if (context.isIntake(deal) && !acceptances.has(deal.id)) return null;
      const { templateId, version } = context.funnelFor(deal, state);
      return { templateId, version, trigger: 'bulk', startedAt: context.now };
    };
    const occasion = { trigger: 'bulk', actor: state.startedBy, after: before } as const;
    await this.database.transaction(async (tx) => {
      await this.launches.planDeals(tx, context, dealIds, ordering, occasion);
      // Nothing of a chunk is written before the chunk ahead of it is committed: what the progress says is done is done.
      await before;
      await this.progress.advance(tx, accountId, progressId, dealIds.at(-1) ?? '', dealIds.length);
    });
  }

  private async end(
    accountId: string,
    progressId: string,
    state: 'done' | 'stopped' | 'failed',
  ): Promise<void> {
    await this.progress.finish(accountId, progressId, state);
    const done = (await this.progress.find(accountId, progressId))?.done ?? 0;
    await audit(this.database, { accountId, actor: 'system', action: `launch.${state}`, detail: { done } });
    this.log.info('a bulk launch ended', { accountId, state, done });
  }
}
