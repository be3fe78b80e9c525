import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  PgBoss,
  type Db,
  type JobInsert,
  type JobResult,
  type JobWithMetadata,
  type QueuePolicy,
} from 'pg-boss';
import { Config } from '../config/config.js';
import { Database } from '../db/database.js';
import type { Sql } from '../db/sql.js';
import { uuidv7 } from '../ids.js';
import { Log, withLogContext } from '../log.js';
import { Metrics } from '../metrics.js';
import { attempt } from './attempt.js';
import { DeadLetters } from './dead-letters.js';
import type { JobDefinition, JobHandler } from './job.js';

interface Registration {
  readonly definition: JobDefinition<object>;
  readonly handler: JobHandler<object>;
}

interface Schedule {
  readonly definition: JobDefinition<object>;
  readonly cron: string;
  readonly payload: object;
}

export interface EnqueueOptions {
  /** The job exists when this transaction commits, and only then. */
  readonly tx?: Sql;
  readonly startAfterSeconds?: number;
}

/**
 * pg-boss counts a crashed attempt like a failed one, and a finally failed job blocks its key for ever. So the queue's
 * own limit is far away and the cap that matters is ours: at the last attempt the job becomes a dead letter and ends.
 */
const QUEUE_RETRY_LIMIT = 1000;
const STOP_TIMEOUT_MS = 8_000;
/** A killed worker's jobs hold their accounts up until somebody looks: the queue's own minute is too long for that. */
const SUPERVISE_SECONDS = 15;
const ATTEMPT_SECONDS = 300;
const BATCH_SIZE = 20;
/** The queue takes no more. */
const LONGEST_SECONDS = 24 * 3600 - 1;

/** Background work on the same database: enqueued in the transaction of the write, taken by one process. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly registrations = new Map<string, Registration>();
  private readonly queues = new Set<string>();
  private readonly schedules: Schedule[] = [];
  private readonly stopping = new AbortController();
  private readonly log: Log;
  private boss: PgBoss | null = null;
  private starting: Promise<PgBoss> | null = null;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly deadLetters: DeadLetters,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('jobs');
  }

  /** Once per job, in `onModuleInit`; a second handler refuses to start. */
  handle<Payload extends object>(definition: JobDefinition<Payload>, handler: JobHandler<Payload>): void {
    if (this.registrations.has(definition.name)) throw new Error(`job ${definition.name} has two handlers`);
    const registration = { definition, handler } as unknown as Registration;
    this.registrations.set(definition.name, registration);
  }

  /** Runs once per tick over all processes. Cron in UTC, five fields. */
  schedule<Payload extends object>(definition: JobDefinition<Payload>, cron: string, payload: Payload): void {
    this.schedules.push({ definition: definition as unknown as JobDefinition<object>, cron, payload });
  }

  async enqueue<Payload extends object>(
    definition: JobDefinition<Payload>,
    payload: Payload | readonly Payload[],
    options: EnqueueOptions = {},
  ): Promise<void> {
    const payloads = (Array.isArray(payload) ? payload : [payload]) as readonly Payload[];
    if (payloads.length === 0) return;
    const boss = await this.start();
    await this.ensureQueue(boss, definition as unknown as JobDefinition<object>);
    const jobs = payloads.map((one) => insertOf(definition, one, options));
    await boss.insert(definition.name, jobs, options.tx ? { db: queueDatabaseOf(options.tx) } : {});
  }

  /**
   * Opens the queue and makes these jobs' queues. Before a transaction that enqueues at a time when the application may
   * still be starting: inside it, on the embedded database's one connection, opening would wait for ever.
   */
  async prepare(...definitions: readonly Pick<JobDefinition<never>, 'name'>[]): Promise<void> {
    const boss = await this.start();
    for (const definition of definitions) await this.ensureQueue(boss, definition);
  }

  /** Enqueues a dead letter's job again; false when this build has no such job. */
  async redrive(name: string, payload: object, tx: Sql): Promise<boolean> {
    const definition = this.registrations.get(name)?.definition;
    if (!definition) return false;
    await this.enqueue(definition, payload, { tx });
    return true;
  }

  async onApplicationBootstrap(): Promise<void> {
    const missing = this.schedules.filter((one) => !this.registrations.has(one.definition.name));
    if (missing.length > 0) {
      throw new Error(
        `scheduled jobs without a handler: ${missing.map((one) => one.definition.name).join(', ')}`,
      );
    }
    const boss = await this.start();
    for (const { definition } of this.registrations.values()) await this.ensureQueue(boss, definition);
    if (this.config.role === 'web') return;
    for (const registration of this.registrations.values()) await this.work(boss, registration);
    for (const one of this.schedules) await boss.schedule(one.definition.name, one.cron, one.payload);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const boss = this.boss;
    this.boss = null;
    await boss?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS });
  }

  private start(): Promise<PgBoss> {
    if (this.boss) return Promise.resolve(this.boss);
    this.starting ??= this.open();
    return this.starting;
  }

  private async open(): Promise<PgBoss> {
    const worker = this.config.role !== 'web';
    const boss = new PgBoss({
      ...this.database.rawDriver.queueDatabase(),
      useListenNotify: worker,
      supervise: worker,
      schedule: worker,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    });
    boss.on('error', (error) => this.log.warn('the job queue reports a fault', { detail: error.message }));
    await boss.start();
    this.boss = boss;
    return boss;
  }

  private async ensureQueue(boss: PgBoss, definition: JobDefinition<object>): Promise<void> {
    if (this.queues.has(definition.name)) return;
    await boss.createQueue(definition.name, queueOptions(definition));
    // Fills pg-boss's own cache of the queue: on the embedded database's one connection it could not be read any more
    // while a transaction is open.
    await boss.findJobs(definition.name, { id: NO_ACCOUNT });
    this.queues.add(definition.name);
  }

  private async work(boss: PgBoss, { definition, handler }: Registration): Promise<void> {
    let workerId = '';
    const options = {
      batchSize: definition.batchSize ?? BATCH_SIZE,
      includeMetadata: true,
      perJobResults: true,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 1,
    } as const;
    workerId = await boss.work(definition.name, options, async (jobs: JobWithMetadata<object>[]) => {
      const results: JobResult[] = [];
      for (const job of jobs) results.push(await this.runOne(definition, handler, job));
      // A freed key is not announced; without this a busy key would move one batch per poll.
      setTimeout(() => boss.notifyWorker(workerId), 5).unref();
      return results;
    });
  }

  private runOne(
    definition: JobDefinition<object>,
    handler: JobHandler<object>,
    job: JobWithMetadata<object>,
  ): Promise<JobResult> {
    const count = job.retryCount + 1;
    const seconds = definition.expireInSeconds ?? ATTEMPT_SECONDS;
    return withLogContext({ jobId: job.id, job: definition.name }, async (): Promise<JobResult> => {
      try {
        await attempt(seconds, this.stopping.signal, (signal) =>
          handler(job.data, { signal, attempt: count }),
        );
        this.metrics.jobs.inc({ job: definition.name, outcome: 'done' });
        return { id: job.id, status: 'completed' };
      } catch (error) {
        return this.failed(definition, job, count, error);
      }
    });
  }

  private async failed(
    definition: JobDefinition<object>,
    job: JobWithMetadata<object>,
    count: number,
    error: unknown,
  ): Promise<JobResult> {
    const detail = error instanceof Error ? error.message : String(error);
    const last = count > (definition.retryLimit ?? 5);
    this.log.warn('a job failed', {
      attempt: count,
      last,
      detail,
      stack: error instanceof Error ? error.stack : undefined,
    });
    this.metrics.jobs.inc({ job: definition.name, outcome: last ? 'dead' : 'retried' });
    if (!last) return { id: job.id, status: 'failed', output: { detail } };
    await this.deadLetters.add({
      accountId: accountOf(job.data),
      source: 'job',
      subject: definition.name,
      payload: job.data,
      reason: detail,
      attempts: count,
    });
    return { id: job.id, status: 'completed' };
  }
}

function insertOf<Payload extends object>(
  definition: JobDefinition<Payload>,
  payload: Payload,
  options: EnqueueOptions,
): JobInsert<Payload> {
  const singletonKey = definition.ordered?.(payload) ?? definition.singleton?.(payload);
  return {
    // Inside one insert the order is that of the ids, so they must grow.
    id: uuidv7(),
    data: payload,
    // The queue may have been made by a build that knew other times.
    expireInSeconds: expiryOf(definition),
    ...(singletonKey === undefined ? {} : { singletonKey }),
    ...(options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds }),
  };
}

function queueOptions(definition: JobDefinition<object>): object {
  const policy: QueuePolicy = definition.ordered
    ? 'key_strict_fifo'
    : definition.singleton
      ? 'short'
      : 'standard';
  return {
    policy,
    notify: true,
    retryLimit: QUEUE_RETRY_LIMIT,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: expiryOf(definition),
    heartbeatSeconds: 30,
    deleteAfterSeconds: 3600,
    retentionSeconds: 14 * 24 * 3600,
  };
}

/**
 * Jobs that are taken at once run one after another and the queue's clock runs for all of them from the first: a batch of
 * slow ones would be failed as a whole, those included that are done, and run a second time beside itself. So the queue
 * waits for the sum, and each attempt is timed by us. A dead process shows by its heartbeat long before.
 */
function expiryOf({
  expireInSeconds = ATTEMPT_SECONDS,
  batchSize = BATCH_SIZE,
}: Pick<JobDefinition<object>, 'expireInSeconds' | 'batchSize'>): number {
  return Math.min(expireInSeconds * batchSize, LONGEST_SECONDS);
}

function queueDatabaseOf(tx: Sql): Db {
  return { executeSql: async (text, values) => ({ rows: await tx.query(text, values ?? []) }) };
}

function accountOf(payload: object): string {
  const accountId = (payload as { accountId?: unknown }).accountId;
  return typeof accountId === 'string' ? accountId : NO_ACCOUNT;
}

/** Jobs that concern no account (cron) still need a place for their dead letters. */
const NO_ACCOUNT = '00000000-0000-0000-0000-000000000000';
