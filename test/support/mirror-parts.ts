import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostConnections } from '../../src/contract/connections.js';
import { HostError, type HostFailure } from '../../src/contract/failure.js';
import { Changes } from '../../src/infra/changes.js';
import { Config } from '../../src/infra/config/config.js';
import type { Database } from '../../src/infra/db/database.js';
import { DeadLetters } from '../../src/infra/jobs/dead-letters.js';
import type { JobDefinition } from '../../src/infra/jobs/job.js';
import type { Jobs } from '../../src/infra/jobs/jobs.js';
import { Log, createLogger } from '../../src/infra/log.js';
import { Metrics } from '../../src/infra/metrics.js';
import { Copier } from '../../src/mirror/copier.js';
import { Drain } from '../../src/mirror/drain.js';
import { DealProducts } from '../../src/mirror/deal-products.js';
import { Errands } from '../../src/mirror/errands.js';
import { Intake } from '../../src/mirror/intake.js';
import { LateSteps } from '../../src/mirror/late-steps.js';
import { MirrorProgress } from '../../src/mirror/mirror-progress.js';
import { MirrorReads } from '../../src/mirror/mirror-reads.js';
import { MirrorWriter } from '../../src/mirror/mirror-writer.js';
import { Mirror } from '../../src/mirror/mirror.js';
import { MirrorWorker } from '../../src/mirror/mirror.worker.js';
import { Reconciler } from '../../src/mirror/reconciler.js';
import { Refresher } from '../../src/mirror/refresher.js';
import { StepRunner } from '../../src/mirror/step-runner.js';
import { StreamWalker } from '../../src/mirror/stream-walker.js';
import { Sweeper } from '../../src/mirror/sweeper.js';
import type { MemoryHost } from './memory-host.js';

export const NEVER = new AbortController().signal;

interface RecordedJob {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The accounts' part of the port: one host for all accounts, or one per account. */
export class MemoryConnections implements HostConnections {
  readonly reported: HostFailure[] = [];
  /** While set, no account may be called. */
  closed: HostFailure | null = null;

  constructor(private readonly hostOf: (accountId: string) => MemoryHost) {}

  async client(accountId: string): Promise<MemoryHost> {
    if (this.closed) throw new HostError(this.closed);
    return this.hostOf(accountId);
  }

  async report(_accountId: string, failure: HostFailure): Promise<void> {
    this.reported.push(failure);
  }

  async forget(): Promise<void> {
    return undefined;
  }

  async recovered(): Promise<void> {
    return undefined;
  }
}

export interface MirrorParts {
  readonly jobs: RecordedJob[];
  readonly connections: MemoryConnections;
  readonly metrics: Metrics;
  readonly intake: Intake;
  readonly mirror: Mirror;
  readonly progress: MirrorProgress;
  readonly reads: MirrorReads;
  readonly writer: MirrorWriter;
  readonly copier: Copier;
  readonly sweeper: Sweeper;
  readonly drain: Drain;
  readonly worker: MirrorWorker;
  readonly dataDir: string;
}

/** The mirror as one process has it, wired by hand; jobs are recorded instead of queued. */
export function mirrorParts(
  database: Database,
  hostOf: (accountId: string) => MemoryHost,
  dataDir: string = mkdtempSync(path.join(tmpdir(), 'dozhim-mirror-')),
): MirrorParts {
  const log = new Log(createLogger('silent'));
  const metrics = new Metrics();
  const config = testConfig(dataDir);
  const recorded: RecordedJob[] = [];
  const jobs = recorderOf(recorded);
  const connections = new MemoryConnections(hostOf);
  const deadLetters = new DeadLetters(database, metrics);
  const writer = new MirrorWriter(database, jobs, deadLetters);
  const walker = new StreamWalker(writer, new Changes(database), metrics);
  const runner = new StepRunner(database, connections, metrics, log);
  const intake = new Intake(database, metrics, config, log);
  const reconciler = new Reconciler(database, writer, log);
  const products = new DealProducts(database, writer);
  const lateSteps = new LateSteps(reconciler, products);
  const sweeper = new Sweeper(database, walker, runner, lateSteps, intake, config);
  const refresher = new Refresher(database, writer, deadLetters, products);
  const errands = new Errands(database, intake, refresher, sweeper);
  const drain = new Drain(database, connections, refresher, errands, metrics, log);
  const copier = new Copier(database, writer, walker, runner, log);
  return {
    jobs: recorded,
    connections,
    metrics,
    intake,
    mirror: new Mirror(database),
    progress: new MirrorProgress(database),
    reads: new MirrorReads(database),
    writer,
    copier,
    sweeper,
    drain,
    worker: new MirrorWorker(database, config, sweeper, drain, copier, log),
    dataDir,
  };
}

function recorderOf(recorded: RecordedJob[]): Jobs {
  const recorder = {
    prepare: async (): Promise<void> => undefined,
    enqueue: async (definition: JobDefinition<object>, payload: object): Promise<void> => {
      const payloads = (Array.isArray(payload) ? payload : [payload]) as RecordedJob['payload'][];
      for (const one of payloads) recorded.push({ name: definition.name, payload: one });
    },
  };
  return recorder as unknown as Jobs;
}

function testConfig(dataDir: string): Config {
  return new Config({
    port: 0,
    publicUrl: 'http://localhost',
    databaseUrl: null,
    databasePool: 5,
    dataDir,
    secrets: ['s'.repeat(32)],
    role: 'all',
    logLevel: 'silent',
    sandbox: false,
    production: false,
    sweepMinutes: 5,
    mail: null,
    declared: {},
  });
}

export async function addAccount(database: Database, accountId: string, state = 'active'): Promise<void> {
  await database.query(
    `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
     VALUES ($1, 'memory', $2, '', '', $3, now())`,
    [accountId, accountId, state],
  );
}
