import { Injectable } from '@nestjs/common';
import type { HookReading } from '../../contract/host.js';
import { Intake } from '../../mirror/index.js';
import { HookErrands } from './hook-errands.service.js';
import type { Lifecycle } from './lifecycle.service.js';

/** Readings that name an account and bring a secret. */
export type Signed = Exclude<HookReading, { kind: 'ignored' | 'refused' }>;

/** Where proven hints go. */
@Injectable()
export class HookSinks {
  constructor(
    private readonly intake: Intake,
    private readonly errands: HookErrands,
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
      await this.errands.take({ kind: 'answer', accountId, hostId, userId, answer });
      return;
    }
    const { dealId } = reading;
    // The call may be the first that we hear of the deal.
    await this.intake.accept(accountId, [{ entity: 'deal', id: dealId, change: 'saved' }], null);
    const templateKey = reading.templateKey === null ? null : storable(reading.templateKey);
    await this.errands.take({
      kind: 'robot',
      accountId,
      dealId,
      templateKey,
      callId: storable(reading.callId),
    });
  }

  async happened(accountId: string, { event, purge }: Pick<Lifecycle, 'event' | 'purge'>): Promise<void> {
    await this.errands.take({ kind: 'lifecycle', accountId, event, purge });
  }
}

/** What no database keeps would stand in the way of everything that waits behind it. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
