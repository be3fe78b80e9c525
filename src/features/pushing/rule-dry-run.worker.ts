import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import type { DealHistory } from '../../domain/pushing/past-facts.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { MirrorReads } from '../../mirror/index.js';
import { tellsManager } from './alert-keeping.service.js';
import { ControlContexts, type ControlContext } from './control-context.service.js';
import { DryRunCounter } from './rule-dry-run.counter.js';
import { ruleDryRun } from './rule-dry-run.jobs.js';
import { RuleDryRunRepository } from './rule-dry-run.repository.js';
import { RuleHistoryRepository } from './rule-history.repository.js';
import { RuleRepository } from './rule.repository.js';

export const DRY_RUN_DAYS = 90;
const DAY_MS = 86_400_000;
const AT_ONCE = 200;
/** Deals between two looks at other work: a few milliseconds. */
const BREATHE_EVERY = 20;

/** What it reads. */
@Injectable()
export class DryRunSources {
  constructor(
    readonly contexts: ControlContexts,
    readonly rules: RuleRepository,
    readonly histories: RuleHistoryRepository,
    readonly mirror: MirrorReads,
  ) {}
}

/** Replays the past deal by deal, tells how far it is, and stops when asked to. */
@Injectable()
export class RuleDryRunWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly runs: RuleDryRunRepository,
    private readonly sources: DryRunSources,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(ruleDryRun, async ({ accountId, progressId }, { signal, attempt }) => {
      try {
        await this.run(accountId, progressId, signal);
      } catch (error) {
        // A process that stops hands the run on; a fault that comes again will not go away by itself.
        if (!signal.aborted && attempt > 1) await this.runs.finish(accountId, progressId, 'failed');
        throw error;
      }
    });
  }

  private async run(accountId: string, progressId: string, signal: AbortSignal): Promise<void> {
    const run = await this.runs.find(accountId, progressId);
    if (!run || (run.state !== 'running' && run.state !== 'stopping')) return;
    const context = await this.sources.contexts.of(accountId);
    if (!context) return this.runs.finish(accountId, progressId, 'failed');
    const to = this.clock.now();
    const span = { from: to - DRY_RUN_DAYS * DAY_MS, to };
    const [control, known, minutes, plansSince, total] = await Promise.all([
      this.sources.rules.of(accountId),
      this.sources.histories.norms(accountId),
      this.runs.minutes(accountId),
      this.runs.plansSince(accountId),
      this.sources.histories.count(accountId, span.from, span.to),
    ]);
    const counter = new DryRunCounter({ context, control, rule: run.rule, span, known, minutes });
    const clientDateField = context.rules.fieldMap.clientDate ?? null;
    for (let after = '', done = 0; ;) {
      if (signal.aborted) throw new Error('the process stops; the run begins anew elsewhere');
      if (!(await this.runs.advance(accountId, progressId, done, total)))
        return this.runs.finish(accountId, progressId, 'stopped');
      const page = { after, limit: AT_ONCE };
      const deals = await this.sources.histories.page(accountId, span, clientDateField, page);
      const managers = await this.managers(context, run.rule, deals);
      for (const [index, deal] of deals.entries()) {
        counter.add(deal, managers.get(deal.dealId) ?? null);
        if (index % BREATHE_EVERY === 0) await breathe();
      }
      done += deals.length;
      const last = deals.at(-1)?.dealId;
      if (last === undefined) break;
      after = last;
    }
    await this.runs.advance(accountId, progressId, total, total);
    await this.runs.finish(accountId, progressId, 'done', {
      ...counter.facts(),
      plansSince,
      knowsClientDate: clientDateField !== null,
    });
  }

  /** Product managers by deal, as the deals' products are today. */
  private async managers(
    { accountId, rules }: ControlContext,
    rule: AlertRule,
    deals: readonly DealHistory[],
  ): Promise<ReadonlyMap<string, string | null>> {
    if (deals.length === 0 || !tellsManager(rule)) return new Map();
    const ids = deals.map((deal) => deal.dealId);
    const rows = await this.sources.mirror.deals(accountId, ids);
    return new Map(rows.map((deal) => [deal.id, rules.productOf(deal)?.managerId ?? null]));
  }
}
