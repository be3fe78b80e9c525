import { expect } from '@jest/globals';
import type { Deal, HostTask, StageTransition } from '../../src/domain/crm/records.js';
import { visitsOf } from '../../src/domain/crm/visits.js';
import type { Database } from '../../src/infra/db/database.js';
import { accountIdOf } from '../../src/infra/ids.js';
import { MemoryHost } from './memory-host.js';
import { NEVER, addAccount, mirrorParts, type MirrorParts } from './mirror-parts.js';

/** One account on one host. */
export class MirrorWorld {
  readonly accountId: string;
  readonly parts: MirrorParts;

  private constructor(
    readonly database: Database,
    readonly host: MemoryHost,
    key: string,
    dataDir: string | undefined,
  ) {
    this.accountId = accountIdOf('memory', key);
    this.parts = mirrorParts(database, () => host, dataDir);
  }

  static async open(
    database: Database,
    host: MemoryHost = new MemoryHost(),
    dataDir?: string,
  ): Promise<MirrorWorld> {
    const world = new MirrorWorld(database, host, `${Math.random()}`, dataDir);
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

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
