import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanMigrationRepository, type StoredMigration } from './plan-migration.repository.js';
import { PlanVersions, type Target } from './plan-versions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { TemplateBodies } from './template-bodies.service.js';

/** Every step of a migrated plan is written again: smaller chunks than a launch has. */
const CHUNK = 200;

/** What migrations and their undoing work with. */
@Injectable()
export class MigrationParts {
  constructor(
    readonly migrations: PlanMigrationRepository,
    readonly plans: PlanRepository,
    readonly deals: DealFactsRepository,
    readonly versions: PlanVersions,
    readonly bodies: TemplateBodies,
  ) {}
}

/** The work of a migration, chunk by chunk; goes on behind the last saved chunk after a crash. */
@Injectable()
export class PlanMigrationRuns {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly parts: MigrationParts,
    @Inject(CLOCK) private readonly clock: Clock,
    log: Log,
  ) {
    this.log = log.child('plans');
  }

  /** One of an account that was disconnected meanwhile is stopped: it would stand in the way of the next one for ever. */
  async run(accountId: string, migrationId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const migration = await this.parts.migrations.find(accountId, migrationId);
      if (!migration) return;
      if (migration.state === 'stopping') return this.end(accountId, migrationId, 'stopped');
      if (migration.state !== 'running' && migration.state !== 'undoing') return;
      const context = await this.contexts.of(accountId);
      if (!context) return this.end(accountId, migrationId, 'stopped');
      if (signal.aborted) throw new Error('the process stops; the migration goes on elsewhere');
      const undoing = migration.state === 'undoing';
      const more = undoing ? await this.undoChunk(context, migration) : await this.chunk(context, migration);
      if (!more) return this.end(accountId, migrationId, undoing ? 'undone' : 'done');
    }
  }

  /** Nobody tries again: people see that it failed, and may undo what was done. */
  async giveUp(accountId: string, migrationId: string): Promise<void> {
    if (await this.parts.migrations.find(accountId, migrationId))
      await this.end(accountId, migrationId, 'failed');
  }

  /** False when there was nothing left. */
  private async chunk(context: PlanningContext, migration: StoredMigration): Promise<boolean> {
    const { accountId, now } = context;
    const { migrationId, templateId, toVersion, startedBy } = migration;
    const { migrations, plans, deals, versions, bodies } = this.parts;
    const dealIds = await migrations.page(
      accountId,
      { ...migration, ownerIds: null },
      migration.after,
      CHUNK,
    );
    const last = dealIds.at(-1);
    if (last === undefined) return false;
    const target: Target = { version: toVersion, body: await bodies.of(accountId, templateId, toVersion) };
    await this.database.transaction(async (tx) => {
      const locked = await plans.lockByDeals(tx, accountId, dealIds);
      const meant = locked.filter(
        (plan) => plan.templateId === templateId && plan.version !== toVersion && plan.state !== 'closed',
      );
      const facts = await deals.load(tx, accountId, dealIds);
      const occasion = { trigger: 'command', actor: startedBy } as const;
      const former = await versions.migrate(tx, context, meant, facts, target, occasion);
      await migrations.addItems(tx, accountId, migrationId, former, now);
      await migrations.advance(tx, accountId, migrationId, last, dealIds.length);
    });
    return true;
  }

  /** Plans that were brought onto yet another version meanwhile, or are over, stay as they are. */
  private async undoChunk(context: PlanningContext, migration: StoredMigration): Promise<boolean> {
    const { accountId } = context;
    const { migrationId, toVersion, startedBy } = migration;
    const { migrations, plans, deals, versions } = this.parts;
    const items = await migrations.items(accountId, migrationId, migration.after, CHUNK);
    const last = items.at(-1);
    if (!last) return false;
    const dealIds = [...new Set(items.map((item) => item.dealId))];
    const byPlan = new Map(items.map((item) => [item.planId, item]));
    await this.database.transaction(async (tx) => {
      const locked = await plans.lockByDeals(tx, accountId, dealIds);
      const meant = locked.flatMap((plan) => {
        const former = byPlan.get(plan.planId);
        return former && plan.version === toVersion && plan.state !== 'closed' ? [{ plan, former }] : [];
      });
      const facts = await deals.load(tx, accountId, dealIds);
      await versions.undo(tx, context, meant, facts, { trigger: 'command', actor: startedBy });
      await migrations.advance(tx, accountId, migrationId, last.dealId, dealIds.length);
    });
    return true;
  }

  private async end(
    accountId: string,
    migrationId: string,
    state: 'done' | 'stopped' | 'failed' | 'undone',
  ): Promise<void> {
    await this.parts.migrations.finish(accountId, migrationId, state, this.clock.now());
    const detail = { migrationId };
    await audit(this.database, { accountId, actor: 'system', action: `migration.${state}`, detail });
    this.log.info('a migration of plans ended', { accountId, migrationId, state });
  }
}
