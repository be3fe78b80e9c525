import { Injectable } from '@nestjs/common';
import type { HookReading } from '../../contract/host.js';
import { robotCalled } from '../../contract/jobs.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Intake } from '../../mirror/index.js';
import { ActionOutbox } from '../../outbox/index.js';

/** Readings that name an account and bring a secret. */
export type Signed = Exclude<HookReading, { kind: 'ignored' | 'refused' }>;

/** Where proven hints go. */
@Injectable()
export class HookSinks {
  constructor(
    private readonly intake: Intake,
    private readonly jobs: Jobs,
    private readonly actions: ActionOutbox,
  ) {}

  async take(accountId: string, reading: Exclude<Signed, { kind: 'lifecycle' }>): Promise<void> {
    if (reading.kind === 'changes') {
      await this.intake.accept(accountId, reading.changes, reading.sentAt);
      return;
    }
    if (reading.kind === 'queued') {
      await this.intake.ring(accountId);
      return;
    }
    if (reading.kind === 'answer') {
      const { hostId, userId, answer } = reading;
      await this.actions.answered(accountId, hostId, { userId, answer });
      return;
    }
    const { dealId, templateKey, callId } = reading;
    // The call may be the first that we hear of the deal.
    await this.intake.accept(accountId, [{ entity: 'deal', id: dealId, change: 'saved' }], null);
    await this.jobs.enqueue(robotCalled, { accountId, dealId, templateKey, callId });
  }
}
