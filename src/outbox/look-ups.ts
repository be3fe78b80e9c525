import { Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import type { HostTask } from '../domain/crm/records.js';
import { AccountTrouble } from './account-trouble.js';
import type { Claim } from './delivery.repository.js';
import { OutboxCounters } from './outbox-counters.js';
import { Recorder } from './recorder.js';
import { postponed, settleLookUp } from './settlement.js';
import type { OutboxTask } from './task.types.js';

/** Our clock and the host's may differ by days; a look-up that starts too late would miss a task that is there. */
export const CLOCK_SLACK_MS = 4 * 24 * 3_600_000;

/** Asks the host what became of creations whose answer nobody has. */
@Injectable()
export class LookUps {
  constructor(
    private readonly recorder: Recorder,
    private readonly trouble: AccountTrouble,
    private readonly counters: OutboxCounters,
  ) {}

  /** `waitMs`: how old a request must be before "not there" is believed. */
  async ask(client: HostClient, claim: Claim, tasks: readonly OutboxTask[], waitMs: number): Promise<void> {
    if (tasks.length === 0) return;
    const lookups = tasks.map((task) => ({
      key: task.key,
      dealId: task.dealId,
      since: (task.firstSentAt ?? claim.now) - CLOCK_SLACK_MS,
      hasty: (task.sendingAt ?? claim.now) + waitMs > claim.now,
    }));
    let found: ReadonlyMap<string, HostTask>;
    try {
      found = await client.findTasks(lookups);
    } catch (error) {
      const pauseMs = await this.trouble.failed(claim.accountId, error);
      const later = tasks.map((task) => postponed(task, pauseMs));
      await this.recorder.record(claim, later);
      return;
    }
    this.counters.lookedUp(found.size, tasks.length - found.size);
    const settlements = tasks.map((task) => settleLookUp(task, found.get(task.key), claim.now, waitMs));
    await this.recorder.record(claim, settlements);
  }
}
