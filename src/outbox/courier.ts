import { Inject, Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import { AccountPauses } from './account-pauses.js';
import { AccountTrouble } from './account-trouble.js';
import { DeliveryRepository, type Claim } from './delivery.repository.js';
import { holdLease } from './lease.js';
import { LookUps } from './look-ups.js';
import { nextStep } from './next-write.js';
import { OUTBOX_SETTINGS, type OutboxSettings } from './outbox-settings.js';
import { WORKING_STATES } from './outbox-state.js';
import { Markings } from './markings.js';
import { Recorder } from './recorder.js';
import { notThere, settled, type Settlement } from './settlement.js';
import { TaskWriter, type PlannedWrite } from './task-writer.js';
import type { OutboxState, OutboxTask } from './task.types.js';

const DEFAULT_WRITES_PER_REQUEST = 50;
const WITHOUT_CREATIONS: readonly OutboxState[] = ['created', 'sending', 'unknown'];
const NOTHING_DONE: Round = { taken: 0, more: false };

/** What one round came to. */
export interface Round {
  readonly taken: number;
  /** More may be due right away. */
  readonly more: boolean;
}

/** The parts that a round is made of. */
@Injectable()
export class CourierParts {
  constructor(
    readonly repository: DeliveryRepository,
    readonly writer: TaskWriter,
    readonly lookUps: LookUps,
    readonly recorder: Recorder,
    readonly markings: Markings,
  ) {}
}

/**
 * Takes an account's due rows to the host, at most one request's worth at a time. What was taken is committed as under
 * way right before the request goes out, so a process that dies at any point leaves rows that say what may have happened.
 */
@Injectable()
export class Courier {
  constructor(
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
    private readonly parts: CourierParts,
    private readonly trouble: AccountTrouble,
    private readonly pauses: AccountPauses,
  ) {}

  /** One round for one account. Never throws for what a host does. */
  async round(accountId: string): Promise<Round> {
    const pause = this.pauses.of(accountId);
    if (pause === 'all') return NOTHING_DONE;
    const client = await this.trouble.client(accountId);
    if (!client) return NOTHING_DONE;
    const states = pause === 'creations' ? WITHOUT_CREATIONS : WORKING_STATES;
    const limit = this.pauses.portion(accountId, client.taskWritesPerRequest ?? DEFAULT_WRITES_PER_REQUEST);
    const { repository } = this.parts;
    const claim = await repository.claim(
      accountId,
      repository.claimId(),
      states,
      limit,
      this.settings.leaseMs,
    );
    if (claim.tasks.length === 0) return NOTHING_DONE;
    const lease = {
      extend: () => repository.extend(claim, this.settings.leaseMs),
      release: () => repository.release(claim),
    };
    await holdLease(lease, this.settings.leaseMs, () => this.work(client, claim));
    return { taken: claim.tasks.length, more: this.pauses.of(accountId) !== 'all' };
  }

  private async work(client: HostClient, claim: Claim): Promise<void> {
    const writes: PlannedWrite[] = [];
    const uncertain: OutboxTask[] = [];
    const idle: Settlement[] = [];
    for (const task of claim.tasks) {
      const step = nextStep(task);
      if (step.kind === 'write') writes.push({ task, write: step.write });
      else if (step.kind === 'lookUp') uncertain.push(task);
      else idle.push(settled(task, task));
    }
    const { recorder, lookUps, writer, markings } = this.parts;
    const stayed = markings.stayed(uncertain);
    const [here, elsewhere] = partition(uncertain, ({ key }) => stayed.has(key));
    await recorder.record(claim, [...idle, ...here.map(notThere)]);
    await lookUps.ask(client, claim, elsewhere, this.settings.lookUpWaitMs);
    // Apart, so that a lost answer to one request leaves the other's rows certain.
    const [creations, changes] = partition(writes, ({ write }) => write.kind === 'create');
    await writer.write(client, claim, creations, this.settings.leaseMs);
    await writer.write(client, claim, changes, this.settings.leaseMs);
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'));
  return [yes, no];
}
