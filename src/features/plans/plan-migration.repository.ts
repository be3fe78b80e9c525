import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { StepFacts } from '../../domain/plans/migration.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { FormerPlan } from './plan-versions.service.js';
import type { MigrationView } from './templates.view.js';

export interface StoredMigration {
  readonly migrationId: string;
  readonly templateId: string;
  readonly toVersion: number;
  /** Empty: all of the template's plans. */
  readonly dealIds: readonly string[];
  readonly state: MigrationView['state'];
  readonly done: number;
  readonly total: number;
  /** The last deal id that is done with. */
  readonly after: string;
  readonly startedBy: string;
  readonly finishedAt: Instant | null;
}

/** Which open plans are meant: those of a template on another version than this one. */
export interface PlansOf {
  readonly templateId: string;
  readonly toVersion: number;
  /** Empty: all. */
  readonly dealIds: readonly string[];
  /** Deals of these people only; null: of everybody. */
  readonly ownerIds: readonly string[] | null;
}

interface MigrationRow {
  readonly migration_id: string;
  readonly template_id: string;
  readonly to_version: number;
  readonly deal_ids: string[];
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly after: string;
  readonly started_by: string;
  readonly finished_at: Date | null;
}

const MEANT = `FROM plan p JOIN deal d ON d.account_id = p.account_id AND d.deal_id = p.deal_id AND d.deleted_at IS NULL
  WHERE p.account_id = $1::uuid AND p.template_id = $2::uuid AND p.version <> $3 AND p.state <> 'closed'
    AND (cardinality($4::text[]) = 0 OR p.deal_id = ANY($4::text[]))
    AND ($5::text[] IS NULL OR d.owner_id IS NULL OR d.owner_id = ANY($5::text[]))`;

@Injectable()
export class PlanMigrationRepository {
  constructor(private readonly database: Database) {}

  async create(
    tx: Sql,
    accountId: string,
    migration: Pick<
      StoredMigration,
      'migrationId' | 'templateId' | 'toVersion' | 'dealIds' | 'startedBy' | 'total'
    >,
    now: Instant,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO plan_migration (account_id, migration_id, template_id, to_version, deal_ids, state, total, started_by,
         started_at) VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::text[], 'running', $6, $7, $8)`,
      [
        accountId,
        migration.migrationId,
        migration.templateId,
        migration.toVersion,
        [...migration.dealIds],
        migration.total,
        migration.startedBy,
        new Date(now),
      ],
    );
  }

  async find(
    accountId: string,
    migrationId: string,
    sql: Sql = this.database,
    locking: '' | 'FOR UPDATE' = '',
  ): Promise<StoredMigration | null> {
    const [row] = await sql.query<MigrationRow>(
      `SELECT migration_id, template_id, to_version, deal_ids, state, done, total, after, started_by, finished_at
       FROM plan_migration WHERE account_id = $1::uuid AND migration_id = $2::uuid ${locking}`,
      [accountId, migrationId],
    );
    return row ? migrationOf(row) : null;
  }

  /** Whether plans of the template are on their way already: two ways at once would undo each other. */
  async isUnderWay(tx: Sql, accountId: string, templateId: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM plan_migration WHERE account_id = $1::uuid AND template_id = $2::uuid
         AND state IN ('running', 'stopping', 'undoing') LIMIT 1`,
      [accountId, templateId],
    );
    return rows.length > 0;
  }

  async count(accountId: string, plans: PlansOf, sql: Sql = this.database): Promise<number> {
    const [row] = await sql.query<{ n: number }>(
      `SELECT count(*)::int AS n ${MEANT}`,
      meant(accountId, plans),
    );
    return row?.n ?? 0;
  }

  async page(accountId: string, plans: PlansOf, after: string, limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT DISTINCT p.deal_id ${MEANT} AND p.deal_id > $6 ORDER BY p.deal_id LIMIT $7`,
      [...meant(accountId, plans), after, limit],
    );
    return rows.map((row) => row.deal_id);
  }

  /** So many of them, always the same ones, spread over all. */
  async sample(accountId: string, plans: PlansOf, limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT p.deal_id ${MEANT} GROUP BY p.deal_id ORDER BY md5(p.deal_id), p.deal_id LIMIT $6`,
      [...meant(accountId, plans), limit],
    );
    return rows.map((row) => row.deal_id);
  }

  /** Whoever has deals with such plans. */
  async owners(accountId: string, plans: PlansOf): Promise<readonly string[]> {
    const rows = await this.database.query<{ owner_id: string }>(
      `SELECT DISTINCT d.owner_id ${MEANT} AND d.owner_id IS NOT NULL`,
      [...meant(accountId, plans)],
    );
    return rows.map((row) => row.owner_id);
  }

  async addItems(
    tx: Sql,
    accountId: string,
    migrationId: string,
    items: readonly FormerPlan[],
    now: Instant,
  ): Promise<void> {
    if (items.length === 0) return;
    await tx.query(
      `INSERT INTO plan_migration_item (account_id, migration_id, deal_id, plan_id, from_version, facts, at)
       SELECT $1::uuid, $2::uuid, r.deal, r.plan, r.version, r.facts::jsonb, $3
       FROM unnest($4::text[], $5::uuid[], $6::int[], $7::text[]) AS r(deal, plan, version, facts)
       ON CONFLICT DO NOTHING`,
      [
        accountId,
        migrationId,
        new Date(now),
        items.map((item) => item.dealId),
        items.map((item) => item.planId),
        items.map((item) => item.version),
        items.map((item) => JSON.stringify(item.facts)),
      ],
    );
  }

  async countItems(tx: Sql, accountId: string, migrationId: string): Promise<number> {
    const [row] = await tx.query<{ n: number }>(
      `SELECT count(DISTINCT deal_id)::int AS n FROM plan_migration_item
       WHERE account_id = $1::uuid AND migration_id = $2::uuid`,
      [accountId, migrationId],
    );
    return row?.n ?? 0;
  }

  /** By deal: all of a deal's plans come in one page. */
  async items(
    accountId: string,
    migrationId: string,
    after: string,
    limit: number,
  ): Promise<readonly FormerPlan[]> {
    const rows = await this.database.query<{
      deal_id: string;
      plan_id: string;
      from_version: number;
      facts: readonly StepFacts[];
    }>(
      `SELECT deal_id, plan_id, from_version, facts FROM plan_migration_item
       WHERE account_id = $1::uuid AND migration_id = $2::uuid AND deal_id IN
         (SELECT DISTINCT deal_id FROM plan_migration_item
          WHERE account_id = $1::uuid AND migration_id = $2::uuid AND deal_id > $3 ORDER BY deal_id LIMIT $4)
       ORDER BY deal_id`,
      [accountId, migrationId, after, limit],
    );
    return rows.map((row) => ({
      dealId: row.deal_id,
      planId: row.plan_id,
      version: row.from_version,
      facts: row.facts,
    }));
  }

  async advance(
    tx: Sql,
    accountId: string,
    migrationId: string,
    after: string,
    count: number,
  ): Promise<void> {
    await tx.query(
      `UPDATE plan_migration SET done = done + $4, after = $3
       WHERE account_id = $1::uuid AND migration_id = $2::uuid`,
      [accountId, migrationId, after, count],
    );
  }

  async finish(
    accountId: string,
    migrationId: string,
    state: 'done' | 'stopped' | 'failed' | 'undone',
    now: Instant,
    sql: Sql = this.database,
  ): Promise<void> {
    await sql.query(
      `UPDATE plan_migration SET state = $3, finished_at = COALESCE(finished_at, $4)
       WHERE account_id = $1::uuid AND migration_id = $2::uuid`,
      [accountId, migrationId, state, new Date(now)],
    );
  }

  async askToStop(tx: Sql, accountId: string, migrationId: string): Promise<void> {
    await tx.query(
      `UPDATE plan_migration SET state = 'stopping'
       WHERE account_id = $1::uuid AND migration_id = $2::uuid AND state = 'running'`,
      [accountId, migrationId],
    );
  }

  async beginUndo(tx: Sql, accountId: string, migrationId: string, total: number): Promise<void> {
    await tx.query(
      `UPDATE plan_migration SET state = 'undoing', after = '', done = 0, total = $3
       WHERE account_id = $1::uuid AND migration_id = $2::uuid`,
      [accountId, migrationId, total],
    );
  }
}

function meant(accountId: string, { templateId, toVersion, dealIds, ownerIds }: PlansOf): readonly unknown[] {
  return [accountId, templateId, toVersion, [...dealIds], ownerIds && [...ownerIds]];
}

function migrationOf(row: MigrationRow): StoredMigration {
  return {
    migrationId: row.migration_id,
    templateId: row.template_id,
    toVersion: row.to_version,
    dealIds: row.deal_ids,
    state: row.state as StoredMigration['state'],
    done: row.done,
    total: row.total,
    after: row.after,
    startedBy: row.started_by,
    finishedAt: row.finished_at?.getTime() ?? null,
  };
}
