import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostConnections } from '../../src/contract/connections.js';
import { HostError, type HostFailure } from '../../src/contract/failure.js';
import type { HostTask } from '../../src/domain/crm/records.js';
import { Changes } from '../../src/infra/changes.js';
import type { Database } from '../../src/infra/db/database.js';
import { askAnswered, type AskAnswered } from '../../src/contract/jobs.js';
import type { JobDefinition } from '../../src/infra/jobs/job.js';
import { DeadLetters } from '../../src/infra/jobs/dead-letters.js';
import type { Jobs } from '../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../src/infra/log.js';
import { Metrics } from '../../src/infra/metrics.js';
import { AccountPauses } from '../../src/outbox/account-pauses.js';
import { AccountTrouble } from '../../src/outbox/account-trouble.js';
import { ActionCourier, ActionParts } from '../../src/outbox/action-courier.js';
import { ActionDelivery } from '../../src/outbox/action-delivery.repository.js';
import { ActionOutbox } from '../../src/outbox/action-outbox.js';
import { ActionRecorder } from '../../src/outbox/action-recorder.js';
import type { ActionState, ActionWish } from '../../src/outbox/action.types.js';
import { Courier, CourierParts } from '../../src/outbox/courier.js';
import { Couriers } from '../../src/outbox/couriers.js';
import { DeliveryRepository } from '../../src/outbox/delivery.repository.js';
import { Departures } from '../../src/outbox/departures.js';
import {
  actionsSettled,
  type ActionSettled,
  type ActionsSettled,
  type TaskFates,
} from '../../src/outbox/jobs.js';
import type { TaskObservation } from '../../src/outbox/observation.js';
import { Markings } from '../../src/outbox/markings.js';
import { LookUps } from '../../src/outbox/look-ups.js';
import { Outbox } from '../../src/outbox/outbox.js';
import { OutboxCounters } from '../../src/outbox/outbox-counters.js';
import { outboxKey } from '../../src/outbox/outbox-key.js';
import { defaultOutboxSettings, type OutboxSettings } from '../../src/outbox/outbox-settings.js';
import { OutboxReads } from '../../src/outbox/outbox.reads.js';
import { OutboxWorker } from '../../src/outbox/outbox.worker.js';
import { Recorder } from '../../src/outbox/recorder.js';
import { TaskWriter } from '../../src/outbox/task-writer.js';
import { Tidings } from '../../src/outbox/tidings.js';
import type { DesiredTask, OutboxState, TaskWish } from '../../src/outbox/task.types.js';
import { MemoryHost } from './memory-host.js';

export const ACCOUNT = '11111111-1111-5111-8111-111111111111';
export const PLAN = '22222222-2222-7222-8222-222222222222';
const TEST_SETTINGS: OutboxSettings = {
  ...defaultOutboxSettings,
  leaseMs: 2_000,
  lookUpWaitMs: 0,
  pollMs: 50,
};

const TABLES = ['outbox_task', 'outbox_action'] as const;

/** A wish for step `name` of deal 1, open unless said otherwise. */
export function wish(
  name: string,
  desired: Partial<DesiredTask> = {},
  more: Partial<TaskWish> = {},
): TaskWish {
  return {
    planId: PLAN,
    stepKey: name,
    visitSeq: 1,
    dealId: '1',
    desired: {
      title: `Call about ${name}`,
      description: '',
      ownerId: '7',
      dueAt: Date.UTC(2026, 10, 23, 9),
      durationMinutes: 15,
      state: 'open',
      comment: null,
      ...desired,
    },
    ...more,
  };
}

export function keyOf(name: string, accountId: string = ACCOUNT): string {
  return outboxKey(accountId, PLAN, name, 1);
}

/** One account, one toy host, and as many workers as a test starts. */
export class OutboxWorld {
  readonly metrics = new Metrics();
  readonly reported: HostFailure[] = [];
  readonly fates: TaskFates[] = [];
  readonly settled: ActionSettled[] = [];
  readonly answers: AskAnswered[] = [];
  readonly clock: { now(): number };
  readonly outbox: Outbox;
  readonly actions: ActionOutbox;
  readonly reads: OutboxReads;
  readonly repository: DeliveryRepository;
  refusal: HostFailure | null = null;
  private readonly log = new Log(createLogger('silent'));
  private readonly workers: OutboxWorker[] = [];

  constructor(
    readonly database: Database,
    readonly host: MemoryHost = new MemoryHost(),
    private readonly settings: OutboxSettings = TEST_SETTINGS,
    private readonly departures: Departures = new Departures(
      mkdtempSync(path.join(tmpdir(), 'dozhim-books-')),
    ),
  ) {
    this.clock = { now: () => Date.now() };
    this.actions = new ActionOutbox(database, this.jobs());
    this.outbox = new Outbox(new OutboxCounters(this.metrics), this.actions, this.log);
    this.reads = new OutboxReads(database);
    this.repository = new DeliveryRepository(database);
  }

  async account(accountId: string = ACCOUNT, state = 'active'): Promise<void> {
    await this.database.query(
      `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
       VALUES ($1, 'toy', $2, 'http://toy', 'http://toy', $3, now())
       ON CONFLICT (account_id) DO UPDATE SET state = excluded.state`,
      [accountId, createHash('sha1').update(accountId).digest('hex'), state],
    );
  }

  want(...wishes: readonly TaskWish[]): Promise<void> {
    return this.database.transaction((tx) => this.outbox.want(tx, ACCOUNT, wishes));
  }

  wantActions(...wishes: readonly ActionWish[]): Promise<void> {
    return this.database.transaction((tx) => this.actions.want(tx, ACCOUNT, wishes));
  }

  /** The mirror read the host's tasks again; `deleted` are those it no longer found. */
  observe(tasks?: readonly HostTask[], deleted: readonly string[] = []): Promise<readonly TaskObservation[]> {
    const seen = tasks ?? this.host.tasks.list();
    return this.database.transaction((tx) => this.outbox.observe(tx, ACCOUNT, seen, deleted));
  }

  /** A process of its own as far as the outbox knows: nothing in memory is shared. */
  courier(settings: Partial<OutboxSettings> = {}, pauses = new AccountPauses(this.clock)): Courier {
    const trouble = this.trouble(pauses);
    const counters = new OutboxCounters(this.metrics);
    const recorder = this.recorder();
    const markings = new Markings(this.repository, this.departures);
    const writer = new TaskWriter(this.clock, markings, recorder, trouble, pauses, counters);
    const lookUps = new LookUps(recorder, trouble, counters);
    const parts = new CourierParts(this.repository, writer, lookUps, recorder, markings);
    return new Courier({ ...this.settings, ...settings }, parts, trouble, pauses);
  }

  /** The same for actions. */
  actionCourier(
    settings: Partial<OutboxSettings> = {},
    pauses = new AccountPauses(this.clock),
  ): ActionCourier {
    const repository = new ActionDelivery(this.database);
    const letters = new DeadLetters(this.database, this.metrics);
    const changes = new Changes(this.database);
    const recorder = new ActionRecorder(this.database, repository, letters, this.jobs(), changes, this.log);
    const parts = new ActionParts(repository, recorder, new OutboxCounters(this.metrics));
    return new ActionCourier(
      { ...this.settings, ...settings },
      this.clock,
      parts,
      this.trouble(pauses),
      pauses,
    );
  }

  worker(settings: Partial<OutboxSettings> = {}): OutboxWorker {
    const pauses = new AccountPauses(this.clock);
    const worker = new OutboxWorker(
      new Couriers(this.courier(settings, pauses), this.actionCourier(settings, pauses)),
      this.repository,
      pauses,
      this.database,
      { ...this.settings, ...settings },
      this.log,
    );
    this.workers.push(worker);
    return worker;
  }

  /** Rounds until nothing is due any more. */
  async deliver(courier: Courier | ActionCourier = this.courier()): Promise<void> {
    while ((await courier.round(ACCOUNT)).more);
  }

  /** What was postponed is due now. */
  async wait(): Promise<void> {
    for (const table of TABLES) {
      await this.database.query(`UPDATE ${table} SET next_at = now() WHERE next_at IS NOT NULL`);
    }
  }

  /** The process that held these rows is dead and its lease over. */
  async leasesEnd(): Promise<void> {
    for (const table of TABLES) {
      await this.database.query(
        `UPDATE ${table} SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL`,
      );
    }
  }

  async states(): Promise<Readonly<Record<string, OutboxState>>> {
    const rows = await this.database.query<{ step_key: string; state: OutboxState }>(
      'SELECT step_key, state FROM outbox_task ORDER BY step_key',
    );
    return Object.fromEntries(rows.map((row) => [row.step_key, row.state]));
  }

  async actionStates(): Promise<Readonly<Record<string, ActionState>>> {
    const rows = await this.database.query<{ key: string; state: ActionState }>(
      'SELECT key, state FROM outbox_action ORDER BY key',
    );
    return Object.fromEntries(rows.map((row) => [row.key, row.state]));
  }

  /** The host's only task of this step. */
  task(name: string): ReturnType<MemoryHost['tasks']['get']> {
    const tasks = this.host.tasks.withKey(keyOf(name));
    const [only] = tasks;
    if (!only || tasks.length > 1) throw new Error(`${tasks.length} tasks of step ${name}`);
    return only;
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.stop();
    await this.database.close();
  }

  private trouble(pauses: AccountPauses): AccountTrouble {
    return new AccountTrouble(this.connections(), this.clock, pauses, this.metrics, this.log);
  }

  private connections(): HostConnections {
    return {
      client: async () => {
        if (this.refusal) throw new HostError(this.refusal);
        return this.host;
      },
      report: async (_accountId, failure) => void this.reported.push(failure),
      recovered: async () => undefined,
      forget: async () => undefined,
    };
  }

  private recorder(): Recorder {
    const letters = new DeadLetters(this.database, this.metrics);
    const tidings = new Tidings(letters, this.jobs(), new Changes(this.database));
    return new Recorder(this.database, this.repository, tidings, this.log);
  }

  private jobs(): Jobs {
    const enqueue = async (job: JobDefinition<object>, payload: unknown): Promise<void> => {
      if (job.name === actionsSettled.name) this.settled.push(...(payload as ActionsSettled).actions);
      else if (job.name === askAnswered.name) this.answers.push(...(payload as AskAnswered[]));
      else this.fates.push(payload as TaskFates);
    };
    return { enqueue, prepare: async () => undefined } as unknown as Jobs;
  }
}
