import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { HostConnections } from '../../src/contract/connections.js';
import { HostError, type HostFailure } from '../../src/contract/failure.js';
import type { Deal, HostTask, StageTransition } from '../../src/domain/crm/records.js';
import { visitsOf } from '../../src/domain/crm/visits.js';
import { Changes } from '../../src/infra/changes.js';
import { Config } from '../../src/infra/config/config.js';
import type { Database } from '../../src/infra/db/database.js';
import { accountIdOf } from '../../src/infra/ids.js';
import { DeadLetters } from '../../src/infra/jobs/dead-letters.js';
import type { JobDefinition } from '../../src/infra/jobs/job.js';
import type { Jobs } from '../../src/infra/jobs/jobs.js';
import { Log, createLogger } from '../../src/infra/log.js';
import { Metrics } from '../../src/infra/metrics.js';
import { Copier } from '../../src/mirror/copier.js';
import { Drain } from '../../src/mirror/drain.js';
import { Intake } from '../../src/mirror/intake.js';
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
import { MemoryHost } from './memory-host.js';

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
  const sweeper = new Sweeper(database, walker, runner, reconciler, intake, config);
  const refresher = new Refresher(database, writer, deadLetters);
  const drain = new Drain(database, connections, intake, refresher, sweeper, metrics, log);
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
    declared: {},
  });
}

/** One account on one host. */
export class MirrorWorld {
  readonly accountId: string;
  readonly parts: MirrorParts;

  private constructor(
    readonly database: Database,
    readonly host: MemoryHost,
    key: string,
  ) {
    this.accountId = accountIdOf('memory', key);
    this.parts = mirrorParts(database, () => host);
  }

  static async open(database: Database, host: MemoryHost = new MemoryHost()): Promise<MirrorWorld> {
    const world = new MirrorWorld(database, host, `${Math.random()}`);
    await addAccount(database, world.accountId);
    return world;
  }

  /** The whole first copy, in this process. */
  async copied(): Promise<void> {
    await this.parts.mirror.start(this.accountId);
    await this.parts.copier.copy(this.accountId, NEVER);
  }

  async swept(): Promise<void> {
    await this.parts.mirror.sweepNow(this.accountId);
    await this.parts.sweeper.sweep(this.accountId, NEVER);
  }

  async reconciled(): Promise<void> {
    await this.parts.mirror.reconcileNow(this.accountId);
    await this.parts.sweeper.sweep(this.accountId, NEVER);
  }

  async hooked(...dealIds: readonly string[]): Promise<void> {
    await this.parts.intake.accept(
      this.accountId,
      dealIds.map((id) => ({ entity: 'deal', id, change: 'saved' })),
      null,
    );
  }

  async drained(): Promise<void> {
    await this.parts.drain.drain(this.accountId, NEVER);
  }

  async deals(): Promise<readonly Deal[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      'SELECT deal_id FROM deal WHERE account_id = $1 AND deleted_at IS NULL',
      [this.accountId],
    );
    const found = await this.parts.reads.deals(
      this.accountId,
      rows.map((row) => row.deal_id),
    );
    return found.map(({ deleted: _deleted, ...deal }) => deal).toSorted(byId);
  }

  async count(text: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${text}`,
      text.includes('$1') ? [this.accountId] : [],
    );
    return row?.n ?? -1;
  }

  /** The pass rule of every fault: every field of every deal, task and visit as the host has it. */
  async expectMirrorEqualsHost(): Promise<void> {
    expect(await this.deals()).toEqual(this.host.records.deals.toSorted(byId));
    const taskIds = this.host.tasks.list().map((task) => task.id);
    const tasks: readonly HostTask[] = await this.parts.reads.tasks(this.accountId, taskIds);
    expect(this.host.tasks.list().toSorted(byId)).toMatchObject([...tasks.toSorted(byId)]);
    await this.expectVisitsFollowTransitions();
  }

  /** Roll-ups equal recomputation: the stored visits are those that the domain computes from the transitions. */
  async expectVisitsFollowTransitions(): Promise<void> {
    const rows = await this.database.query<{
      deal_id: string;
      at: Date;
      pipeline_id: string;
      stage_id: string;
      stage_kind: StageTransition['stageKind'];
      host_id: string;
    }>(
      `SELECT t.* FROM stage_transition t JOIN deal d USING (account_id, deal_id)
       WHERE account_id = $1 AND d.deleted_at IS NULL`,
      [this.accountId],
    );
    const transitions = rows.map((row) => ({
      dealId: row.deal_id,
      at: row.at.getTime(),
      pipelineId: row.pipeline_id,
      stageId: row.stage_id,
      stageKind: row.stage_kind,
      hostId: row.host_id === '' ? null : row.host_id,
    }));
    const byDeal = Map.groupBy(transitions, (one) => one.dealId);
    const stored = await this.parts.reads.visits(this.accountId, [...byDeal.keys()]);
    for (const [dealId, some] of byDeal)
      expect([dealId, stored.get(dealId)]).toEqual([dealId, visitsOf(some)]);
  }

  dealJobs(): readonly string[] {
    return this.parts.jobs
      .filter((job) => job.name === 'mirror.dealsChanged')
      .flatMap((job) => job.payload['dealIds'] as string[]);
  }
}

export async function addAccount(database: Database, accountId: string, state = 'active'): Promise<void> {
  await database.query(
    `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
     VALUES ($1, 'memory', $2, '', '', $3, now())`,
    [accountId, accountId, state],
  );
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
