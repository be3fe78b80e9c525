import { Inject, Injectable, Optional, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { pulseTouched, type DealsTouched } from '../../contract/jobs.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Config } from '../../infra/config/config.js';
import { defineJob, type JobContext } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { AlertLossRepository } from './alert-loss.repository.js';
import { PulseRepository } from './pulse.repository.js';

const DEALS_PER_STATEMENT = 500;
/** After the nightly learning of norms and decisions of plans, before anybody's morning. */
const NIGHTLY = '12 3 * * *';

const rebuildAll = defineJob<object>({ name: 'pushing.pulses-nightly' });
/** All rows of an account anew. Idempotent. */
const rebuildPulses = defineJob<{ readonly accountId: string }>({
  name: 'pushing.pulses-rebuild',
  singleton: (job) => job.accountId,
  expireInSeconds: 1_800,
});

/** Keeps the pulses up with the deals and their plans: by what is told, and every night by looking at everything. */
@Injectable()
export class PulseWorker implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly pulses: PulseRepository,
    private readonly config: Config,
    private readonly losses: AlertLossRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(pulseTouched, ({ accountId, dealIds }: DealsTouched) =>
      this.refresh(accountId, dealIds, true),
    );
    this.jobs.handle(rebuildPulses, ({ accountId }, context) => this.rebuild(accountId, context));
    this.jobs.handle(rebuildAll, () => this.enqueueFor(false));
    this.jobs.schedule(rebuildAll, NIGHTLY, {});
  }

  /** Accounts that were copied by a version without these rows get them at once. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role !== 'web') await this.enqueueFor(true);
  }

  private async enqueueFor(onlyWithout: boolean): Promise<void> {
    const accountIds = await this.pulses.accounts(onlyWithout);
    await this.jobs.enqueue(
      rebuildPulses,
      accountIds.map((accountId) => ({ accountId })),
    );
  }

  private async rebuild(accountId: string, { signal }: JobContext): Promise<void> {
    for (let after = ''; !signal.aborted;) {
      const dealIds = await this.pulses.candidates(accountId, after, DEALS_PER_STATEMENT);
      const last = dealIds.at(-1);
      if (last === undefined) return;
      await this.refresh(accountId, dealIds, false);
      after = last;
    }
    throw new Error('stopped half-way: to be done again');
  }

  private async refresh(accountId: string, dealIds: readonly string[], touched: boolean): Promise<void> {
    const rules = await this.company?.of(accountId);
    await this.pulses.refresh(accountId, dealIds, rules?.fieldMap.clientDate ?? null, touched);
    if (touched) await this.losses.note(accountId, dealIds, this.clock.now());
  }
}
