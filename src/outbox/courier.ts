import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import type { HostClient, TaskWrite, TaskWriteOutcome } from '../contract/client.js';
import { HostError, type HostFailure } from '../contract/failure.js';
import { decideOnFailure } from '../contract/failure-policy.js';
import type { HostTask } from '../domain/crm/records.js';
import type { Clock } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';
import { uuidv7 } from '../infra/ids.js';
import { AccountPauses } from './account-pauses.js';
import { DeliveryRepository, type Claim } from './delivery.repository.js';
import { nextStep } from './next-write.js';
import { observeTask } from './observation.js';
import { OUTBOX_SETTINGS, type OutboxSettings } from './outbox-settings.js';
import { WORKING_STATES } from './outbox-state.js';
import { OutboxCounters, Recorder } from './recorder.js';
import {
  decisionOn,
  failed,
  gone,
  postponed,
  settled,
  settleLookUp,
  settleWrite,
  underWay,
  type Settlement,
} from './settlement.js';
import type { OutboxTask } from './task.types.js';

const DEFAULT_WRITES_PER_REQUEST = 50;
/** Our clock and the host's may differ by days; a look-up that starts too late would miss a task that is there. */
const CLOCK_SLACK_MS = 4 * 24 * 3_600_000;

/** What one round came to. */
export interface Round {
  readonly taken: number;
  /** More may be due right away. */
  readonly more: boolean;
}

interface Planned {
  readonly task: OutboxTask;
  readonly write: TaskWrite;
}

/** Thrown through the host's client when rows are no longer ours: nothing was sent. */
class ClaimLost extends Error {
  constructor() {
    super('the rows are no longer held by this worker');
    this.name = 'ClaimLost';
  }
}

/**
 * Takes an account's due rows to the host, at most one request's worth at a time. What was taken is committed as under
 * way right before the request goes out, so a process that dies at any point leaves rows that say what may have happened.
 */
@Injectable()
export class Courier {
  constructor(
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
    private readonly repository: DeliveryRepository,
    private readonly recorder: Recorder,
    private readonly pauses: AccountPauses,
    private readonly counters: OutboxCounters,
  ) {}

  /** One round for one account. Never throws for what a host does. */
  async round(accountId: string): Promise<Round> {
    const pause = this.pauses.of(accountId);
    if (pause === 'all') return NOTHING_DONE;
    const client = await this.connect(accountId);
    if (!client) return NOTHING_DONE;
    const states = pause === 'creations' ? (['created', 'sending', 'unknown'] as const) : WORKING_STATES;
    const limit = this.pauses.portion(accountId, client.taskWritesPerRequest ?? DEFAULT_WRITES_PER_REQUEST);
    const claim = await this.repository.claim(accountId, uuidv7(), states, limit, this.settings.leaseMs);
    if (claim.tasks.length === 0) return NOTHING_DONE;
    await this.held(claim, () => this.work(client, claim));
    return { taken: claim.tasks.length, more: this.pauses.of(accountId) !== 'all' };
  }

  private async connect(accountId: string): Promise<HostClient | null> {
    try {
      return await this.connections.client(accountId);
    } catch (error) {
      await this.accountFailed(accountId, error);
      return null;
    }
  }

  /** Keeps the lease alive while `work` runs, and gives back what it left. */
  private async held(claim: Claim, work: () => Promise<void>): Promise<void> {
    const beat = setInterval(() => {
      this.repository.extend(claim, this.settings.leaseMs).catch(() => undefined);
    }, this.settings.leaseMs / 3);
    beat.unref();
    try {
      await work();
    } finally {
      clearInterval(beat);
      await this.repository.release(claim);
    }
  }

  private async work(client: HostClient, claim: Claim): Promise<void> {
    const writes: Planned[] = [];
    const uncertain: OutboxTask[] = [];
    const idle: Settlement[] = [];
    for (const task of claim.tasks) {
      const step = nextStep(task);
      if (step.kind === 'write') writes.push({ task, write: step.write });
      else if (step.kind === 'lookUp') uncertain.push(task);
      else idle.push(settled(task, task));
    }
    await this.recorder.record(claim, idle);
    await this.lookUp(client, claim, uncertain);
    await this.write(client, claim, writes);
  }

  private async lookUp(client: HostClient, claim: Claim, tasks: readonly OutboxTask[]): Promise<void> {
    if (tasks.length === 0) return;
    const lookups = tasks.map((task) => ({
      key: task.key,
      dealId: task.dealId,
      since: (task.firstSentAt ?? claim.now) - CLOCK_SLACK_MS,
    }));
    let found: ReadonlyMap<string, HostTask>;
    try {
      found = await client.findTasks(lookups);
    } catch (error) {
      const waitMs = await this.accountFailed(claim.accountId, error);
      await this.recorder.record(
        claim,
        tasks.map((task) => postponed(task, waitMs)),
      );
      return;
    }
    this.counters.lookedUp(found.size, tasks.length - found.size);
    await this.recorder.record(
      claim,
      tasks.map((task) => settleLookUp(task, found.get(task.key), claim.now, this.settings.lookUpWaitMs)),
    );
  }

  private async write(client: HostClient, claim: Claim, writes: readonly Planned[]): Promise<void> {
    if (writes.length === 0) return;
    let sent = false;
    let ownFault: unknown = null;
    const beforeSend = async (): Promise<void> => {
      try {
        await this.mark(claim, writes);
        sent = true;
      } catch (error) {
        ownFault = error;
        throw error;
      }
    };
    let outcomes: readonly TaskWriteOutcome[];
    try {
      outcomes = await client.writeTasks(
        writes.map((one) => one.write),
        beforeSend,
      );
    } catch (error) {
      if (ownFault instanceof ClaimLost) return;
      if (ownFault !== null) throw ownFault;
      await this.accountFailed(claim.accountId, error);
      // Not sent: `release` gives the rows back as they were. Sent: nobody knows, so each one is looked up.
      outcomes = sent ? writes.map(() => ({ kind: 'unknown' }) as const) : [];
    }
    await this.settle(client, claim, writes, outcomes);
  }

  private async mark(claim: Claim, writes: readonly Planned[]): Promise<void> {
    const marks = writes.map(({ task, write }) => ({ key: task.key, applied: underWay(task, write) }));
    const held = await this.repository.markSending(claim, marks, this.settings.leaseMs);
    if (held < writes.length) throw new ClaimLost();
  }

  private async settle(
    client: HostClient,
    claim: Claim,
    writes: readonly Planned[],
    outcomes: readonly TaskWriteOutcome[],
  ): Promise<void> {
    const now = this.clock.now();
    const settlements: Settlement[] = [];
    const doubtful: { readonly task: OutboxTask; readonly verdict: Settlement }[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const planned = writes[index];
      if (!planned) continue;
      const { task, write } = planned;
      if (outcome.kind === 'refused') await this.heed(claim.accountId, write, outcome.failure);
      const decision = decisionOn(task, outcome, now, Math.random());
      const settlement =
        decision?.kind === 'shrink' && !this.pauses.shrink(claim.accountId, writes.length)
          ? failed(task, 'too large for the host')
          : settleWrite(task, write, outcome, decision, now);
      if (settlement.state === 'failed' && write.kind !== 'create')
        doubtful.push({ task, verdict: settlement });
      else settlements.push(settlement);
      this.counters.wrote(write.kind, outcome.kind);
    }
    if (outcomes.some((outcome) => outcome.kind === 'ok')) {
      this.pauses.success(claim.accountId);
      await this.connections.recovered(claim.accountId);
    }
    await this.recorder.record(claim, settlements);
    if (doubtful.length > 0) await this.recorder.record(claim, await this.verified(client, doubtful));
  }

  /** A refused change may be refused because the task already is as we want it: the host's own state decides. */
  private async verified(
    client: HostClient,
    doubtful: readonly { readonly task: OutboxTask; readonly verdict: Settlement }[],
  ): Promise<readonly Settlement[]> {
    const ids = doubtful.map(({ task }) => task.hostTaskId ?? '');
    let tasks: readonly HostTask[];
    try {
      tasks = await client.readTasks(ids, 'high');
    } catch {
      return doubtful.map(({ verdict }) => verdict);
    }
    const seen = new Map(tasks.map((task) => [task.id, task]));
    return doubtful.map(({ task, verdict }) => {
      const there = seen.get(task.hostTaskId ?? '');
      if (!there || !task.applied) return there ? verdict : gone(task);
      const sighting = observeTask(there, task, task.applied);
      // Somebody edited it by hand: the mirror will tell the plan, and the plan will wish anew.
      if (sighting.facts.length > 0) return postponed(task, ODD_FAILURE_MS);
      const after = settled(task, { ...task, applied: sighting.applied });
      return after.delayMs === null ? after : verdict;
    });
  }

  /** What a refusal of one write means for the others. */
  private async heed(accountId: string, write: TaskWrite, failure: HostFailure): Promise<void> {
    const decision = decideOnFailure(failure, 1, this.clock.now());
    if (decision.kind === 'reconnect') {
      this.pauses.pause(accountId, 'all', decision.at);
      await this.connections.report(accountId, failure);
    }
    if (decision.kind !== 'pause') return;
    if (decision.method === null) this.pauses.pause(accountId, 'all', decision.at);
    else if (write.kind === 'create') this.pauses.pause(accountId, 'creations', decision.at);
  }

  /** The host or the connection as a whole failed; returns how long to wait. */
  private async accountFailed(accountId: string, error: unknown): Promise<number> {
    const failure: HostFailure =
      error instanceof HostError ? error.failure : { kind: 'unavailable', detail: detailOf(error) };
    const now = this.clock.now();
    const decision = decideOnFailure(failure, this.pauses.failure(accountId), now);
    const at = 'at' in decision ? decision.at : now + ODD_FAILURE_MS;
    this.pauses.pause(accountId, 'all', at);
    this.recorder.accountFailed(accountId, failure);
    await this.connections.report(accountId, failure);
    return Math.max(0, at - now);
  }
}

const NOTHING_DONE: Round = { taken: 0, more: false };
const ODD_FAILURE_MS = 60_000;

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
