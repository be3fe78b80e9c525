import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { uuidv7 } from '../../infra/ids.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { PlanMigrationRepository, type StoredMigration } from './plan-migration.repository.js';
import { planMigration } from './plans.jobs.js';
import { TemplateDrafts } from './template-drafts.repository.js';
import { noTemplate } from './template-views.service.js';
import type { MigrationView } from './templates.view.js';

/** How long a migration can be taken back. */
const UNDO_MS = 24 * 3_600_000;
const ENDED: ReadonlySet<StoredMigration['state']> = new Set(['done', 'stopped', 'failed']);

/** Starts, stops and takes back migrations of running plans; a job does the work. */
@Injectable()
export class PlanMigrations {
  constructor(
    private readonly database: Database,
    private readonly migrations: PlanMigrationRepository,
    private readonly drafts: TemplateDrafts,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** 404 for a version that was never published, 409 while plans of the template are on their way already. */
  async start(
    person: SessionClaims,
    templateId: string,
    toVersion: number,
    dealIds: readonly string[],
  ): Promise<MigrationView> {
    const { accountId, userId } = person;
    const migrationId = uuidv7();
    await this.jobs.prepare(planMigration);
    await this.database.transaction(async (tx) => {
      await this.demandFree(tx, accountId, templateId, toVersion);
      const plans = { templateId, toVersion, dealIds, ownerIds: null };
      const total = await this.migrations.count(accountId, plans, tx);
      const migration = { migrationId, templateId, toVersion, dealIds, startedBy: userId, total };
      await this.migrations.create(tx, accountId, migration, this.clock.now());
      const detail = { templateId, toVersion, migrationId, total };
      await audit(tx, { accountId, actor: userId, action: 'migration.started', detail });
      await this.jobs.enqueue(planMigration, { accountId, migrationId }, { tx });
    });
    return this.view(person, migrationId);
  }

  async view({ accountId }: SessionClaims, migrationId: string): Promise<MigrationView> {
    return this.viewOf(demandFound(await this.migrations.find(accountId, migrationId)));
  }

  /** After the chunk under way; what is migrated stays so until it is undone. */
  async stop(person: SessionClaims, migrationId: string): Promise<MigrationView> {
    const { accountId, userId } = person;
    await this.database.transaction(async (tx) => {
      demandFound(await this.migrations.find(accountId, migrationId, tx, 'FOR UPDATE'));
      await this.migrations.askToStop(tx, accountId, migrationId);
      await audit(tx, { accountId, actor: userId, action: 'migration.stopAsked', detail: { migrationId } });
    });
    return this.view(person, migrationId);
  }

  /** 409 when it is not over, was undone already, or is longer ago than a day. */
  async undo(person: SessionClaims, migrationId: string): Promise<MigrationView> {
    const { accountId, userId } = person;
    await this.jobs.prepare(planMigration);
    await this.database.transaction(async (tx) => {
      const found = demandFound(await this.migrations.find(accountId, migrationId, tx, 'FOR UPDATE'));
      if (this.undoUntil(found) === null) throw notUndoable();
      await this.demandFree(tx, accountId, found.templateId, found.toVersion);
      const total = await this.migrations.countItems(tx, accountId, migrationId);
      await this.migrations.beginUndo(tx, accountId, migrationId, total);
      await audit(tx, {
        accountId,
        actor: userId,
        action: 'migration.undone',
        detail: { migrationId, total },
      });
      await this.jobs.enqueue(planMigration, { accountId, migrationId }, { tx });
    });
    return this.view(person, migrationId);
  }

  /** Holds the template, so that of two administrators one comes first. */
  private async demandFree(tx: Sql, accountId: string, templateId: string, version: number): Promise<void> {
    const template = await this.drafts.lock(tx, accountId, templateId);
    const known = template?.versions.some((each) => each.version === version && each.state !== 'draft');
    if (known !== true) throw noTemplate();
    if (await this.migrations.isUnderWay(tx, accountId, templateId)) throw underWay();
  }

  private viewOf(migration: StoredMigration): MigrationView {
    const { migrationId: id, state, done, total } = migration;
    const until = this.undoUntil(migration);
    return { id, state, done, total, undoUntil: until === null ? null : new Date(until).toISOString() };
  }

  private undoUntil({ state, finishedAt }: StoredMigration): number | null {
    if (!ENDED.has(state) || finishedAt === null) return null;
    const until = finishedAt + UNDO_MS;
    return until > this.clock.now() ? until : null;
  }
}

function demandFound(migration: StoredMigration | null): StoredMigration {
  if (migration) return migration;
  throw notFound({ ru: 'Такого переноса планов нет.', en: 'There is no such migration of plans.' });
}

function underWay(): ApiError {
  return new ApiError(409, 'migration-under-way', {
    ru: 'Планы этого шаблона уже переносятся. Дождитесь конца или остановите перенос.',
    en: 'Plans of this template are being migrated already. Wait for the end, or stop that first.',
  });
}

function notUndoable(): ApiError {
  return new ApiError(409, 'not-undoable', {
    ru: 'Этот перенос уже нельзя отменить: отмена возможна один раз и в течение суток после конца.',
    en: 'This migration cannot be undone any more: only once, and within a day after its end.',
  });
}
