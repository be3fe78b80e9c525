import { Inject, Injectable } from '@nestjs/common';
import type { HostClient, TaskWrite, TaskWriteOutcome } from '../contract/client.js';
import type { HostTask } from '../domain/crm/records.js';
import type { Clock } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';
import { AccountPauses } from './account-pauses.js';
import { AccountTrouble } from './account-trouble.js';
import type { Claim } from './delivery.repository.js';
import { Markings } from './markings.js';
import { observeTask } from './observation.js';
import { sendMarked } from './marked-send.js';
import { OutboxCounters } from './outbox-counters.js';
import { Recorder } from './recorder.js';
import {
  decisionOn,
  failed,
  gone,
  postponed,
  settled,
  settleWrite,
  underWay,
  type Settlement,
} from './settlement.js';
import type { OutboxTask } from './task.types.js';

/** Until the mirror told the plan what a person did to the task. */
const HAND_EDIT_MS = 60_000;

export interface PlannedWrite {
  readonly task: OutboxTask;
  readonly write: TaskWrite;
}

interface Doubt {
  readonly task: OutboxTask;
  readonly verdict: Settlement;
}

/** Sends one request's worth of writes and records what came out. */
@Injectable()
export class TaskWriter {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly markings: Markings,
    private readonly recorder: Recorder,
    private readonly trouble: AccountTrouble,
    private readonly pauses: AccountPauses,
    private readonly counters: OutboxCounters,
  ) {}

  /** Never throws for what a host does; throws when our own database does not take the mark or the outcome. */
  async write(
    client: HostClient,
    claim: Claim,
    writes: readonly PlannedWrite[],
    leaseMs: number,
  ): Promise<void> {
    if (writes.length === 0) return;
    const outcomes = await this.send(client, claim, writes, leaseMs);
    if (outcomes === 'unsent') {
      await this.recorder.record(
        claim,
        writes.map(({ task }) => postponed(task, 0)),
      );
      return;
    }
    for (const [index, outcome] of outcomes.entries()) {
      const write = writes[index]?.write;
      if (!write) continue;
      this.counters.wrote(write.kind, outcome.kind);
      if (outcome.kind === 'refused') await this.trouble.refused(claim.accountId, write, outcome.failure);
    }
    if (outcomes.some((outcome) => outcome.kind === 'ok')) await this.trouble.succeeded(claim.accountId);
    await this.settle(client, claim, writes, outcomes);
  }

  private async send(
    client: HostClient,
    claim: Claim,
    writes: readonly PlannedWrite[],
    leaseMs: number,
  ): Promise<readonly TaskWriteOutcome[] | 'unsent'> {
    const marks = writes.map(({ task, write }) => ({ key: task.key, applied: underWay(task, write) }));
    const sent = await sendMarked<TaskWriteOutcome>({
      ...this.markings.of(claim, marks, leaseMs),
      request: (beforeSend) =>
        client.writeTasks(
          writes.map((one) => one.write),
          beforeSend,
        ),
      failed: (error) => this.trouble.failed(claim.accountId, error),
    });
    return sent === 'uncertain' ? writes.map(() => ({ kind: 'unknown' })) : sent;
  }

  private async settle(
    client: HostClient,
    claim: Claim,
    writes: readonly PlannedWrite[],
    outcomes: readonly TaskWriteOutcome[],
  ): Promise<void> {
    const settlements: Settlement[] = [];
    const doubts: Doubt[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const planned = writes[index];
      if (!planned) continue;
      const verdict = this.verdictOn(claim, planned, outcome, writes.length);
      const doubtful = verdict.state === 'failed' && planned.write.kind !== 'create';
      if (doubtful) doubts.push({ task: planned.task, verdict });
      else settlements.push(verdict);
    }
    await this.recorder.record(claim, settlements);
    if (doubts.length > 0) await this.recorder.record(claim, await this.resolve(client, doubts));
  }

  private verdictOn(
    claim: Claim,
    { task, write }: PlannedWrite,
    outcome: TaskWriteOutcome,
    size: number,
  ): Settlement {
    const now = this.clock.now();
    const decision = decisionOn(task, outcome, now, Math.random());
    if (decision?.kind === 'shrink' && !this.pauses.shrink(claim.accountId, size)) {
      return failed(task, 'too large for the host');
    }
    return settleWrite(task, write, outcome, decision, now);
  }

  /** A change may be refused because the task already is as we want it: the host's own state decides. */
  private async resolve(client: HostClient, doubts: readonly Doubt[]): Promise<readonly Settlement[]> {
    let tasks: readonly HostTask[];
    try {
      tasks = await client.readTasks(
        doubts.map(({ task }) => task.hostTaskId ?? ''),
        'high',
      );
    } catch {
      // The next round asks again.
      return doubts.map(({ task }) => postponed(task, HAND_EDIT_MS));
    }
    const seen = new Map(tasks.map((task) => [task.id, task]));
    return doubts.map(({ task, verdict }) => resolved(task, verdict, seen.get(task.hostTaskId ?? '')));
  }
}

function resolved(task: OutboxTask, verdict: Settlement, there: HostTask | undefined): Settlement {
  if (!there) return gone(task);
  if (!task.applied) return verdict;
  const sighting = observeTask(there, task, task.applied);
  // Storing a hand edit here would hide it from the plan, which hears of it through the mirror and then wishes anew.
  if (sighting.facts.length > 0) return postponed(task, HAND_EDIT_MS);
  const after = settled(task, { ...task, applied: sighting.applied });
  return after.delayMs === null ? after : verdict;
}
