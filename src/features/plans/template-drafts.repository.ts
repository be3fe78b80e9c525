import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { SuggestionBasis } from '../../domain/plans/suggestion.js';
import type { Language, TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

export interface StoredTemplate {
  readonly templateId: string;
  readonly name: string;
  readonly language: Language;
  readonly retired: boolean;
  /** Newest first; at most one is a draft, and it is the newest. */
  readonly versions: readonly StoredVersion[];
}

export interface StoredVersion {
  readonly version: number;
  readonly state: 'draft' | 'published' | 'retired';
  /** When it was published, or the draft saved. */
  readonly at: Instant;
  readonly revision: number;
  readonly origin: SuggestionBasis | null;
}

/** A template of the list; its counts are those of the draft, else of the newest version. */
export interface TemplateCard {
  readonly templateId: string;
  readonly key: string;
  readonly name: string;
  readonly language: Language;
  readonly purpose: 'sale' | 'afterSale';
  readonly stageCount: number;
  readonly stepCount: number;
  readonly publishedVersion: number | null;
  readonly publishedAt: Instant | null;
  readonly hasDraft: boolean;
  readonly retired: boolean;
}

interface CardRow {
  readonly template_id: string;
  readonly key: string;
  readonly name: string;
  readonly language: string;
  readonly purpose: string;
  readonly stages: number;
  readonly steps: number;
  readonly published: number | null;
  readonly published_at: Date | null;
  readonly has_draft: boolean;
  readonly retired_at: Date | null;
}

interface VersionRow {
  readonly version: number;
  readonly state: string;
  readonly published_at: Date | null;
  readonly saved_at: Date;
  readonly revision: number;
  readonly origin: SuggestionBasis | null;
}

const NEWEST = `(SELECT v.body FROM plan_template_version v
  WHERE v.account_id = t.account_id AND v.template_id = t.template_id ORDER BY v.version DESC LIMIT 1)`;

/** Templates while they are edited: drafts, their revisions, and the ends of versions. */
@Injectable()
export class TemplateDrafts {
  constructor(private readonly database: Database) {}

  async cards(accountId: string): Promise<readonly TemplateCard[]> {
    const rows = await this.database.query<CardRow>(
      `SELECT t.template_id, b.body ->> 'key' AS key, t.name, t.language, t.retired_at,
         COALESCE(b.body ->> 'purpose', 'sale') AS purpose,
         jsonb_array_length(b.body -> 'stages') AS stages,
         (SELECT COALESCE(sum(jsonb_array_length(s -> 'steps')), 0)::int
          FROM jsonb_array_elements(b.body -> 'stages') s) AS steps,
         p.version AS published, p.published_at, EXISTS (SELECT FROM plan_template_version d
           WHERE d.account_id = t.account_id AND d.template_id = t.template_id AND d.state = 'draft') AS has_draft
       FROM plan_template t
       CROSS JOIN LATERAL (SELECT ${NEWEST} AS body) b
       LEFT JOIN LATERAL (SELECT v.version, v.published_at FROM plan_template_version v
         WHERE v.account_id = t.account_id AND v.template_id = t.template_id AND v.state <> 'draft'
         ORDER BY v.version DESC LIMIT 1) p ON true
       WHERE t.account_id = $1::uuid AND b.body IS NOT NULL ORDER BY t.name, t.template_id`,
      [accountId],
    );
    return rows.map((row) => ({
      templateId: row.template_id,
      key: row.key,
      name: row.name,
      language: row.language === 'en' ? 'en' : 'ru',
      purpose: row.purpose === 'afterSale' ? 'afterSale' : 'sale',
      stageCount: row.stages,
      stepCount: row.steps,
      publishedVersion: row.published,
      publishedAt: row.published_at?.getTime() ?? null,
      hasDraft: row.has_draft,
      retired: row.retired_at !== null,
    }));
  }

  async find(
    accountId: string,
    templateId: string,
    sql: Sql = this.database,
  ): Promise<StoredTemplate | null> {
    return this.read(accountId, templateId, sql, '');
  }

  /** Held until the transaction ends, so that two administrators take turns. */
  async lock(tx: Sql, accountId: string, templateId: string): Promise<StoredTemplate | null> {
    return this.read(accountId, templateId, tx, 'FOR UPDATE');
  }

  async create(
    tx: Sql,
    accountId: string,
    templateId: string,
    body: TemplateBody,
    origin: SuggestionBasis | null,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO plan_template (account_id, template_id, library_key, name, language)
       VALUES ($1::uuid, $2::uuid, $3, $4, $5)`,
      [accountId, templateId, body.key, body.name, body.language],
    );
    await this.insertDraft(tx, accountId, templateId, 1, body, origin);
  }

  async insertDraft(
    tx: Sql,
    accountId: string,
    templateId: string,
    version: number,
    body: TemplateBody,
    origin: SuggestionBasis | null = null,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO plan_template_version (account_id, template_id, version, state, body, origin)
       VALUES ($1::uuid, $2::uuid, $3, 'draft', $4::jsonb, $5::jsonb)`,
      [accountId, templateId, version, JSON.stringify(body), origin === null ? null : JSON.stringify(origin)],
    );
  }

  /** The draft of a locked template, one revision further. */
  async saveDraft(tx: Sql, accountId: string, templateId: string, body: TemplateBody): Promise<void> {
    await tx.query(
      `UPDATE plan_template_version SET body = $3::jsonb, revision = revision + 1, saved_at = now()
       WHERE account_id = $1::uuid AND template_id = $2::uuid AND state = 'draft'`,
      [accountId, templateId, JSON.stringify(body)],
    );
  }

  async rename(tx: Sql, accountId: string, templateId: string, body: TemplateBody): Promise<void> {
    await tx.query(
      `UPDATE plan_template SET name = $3, language = $4 WHERE account_id = $1::uuid AND template_id = $2::uuid`,
      [accountId, templateId, body.name, body.language],
    );
  }

  /** The draft becomes its version; new plans of the template's pipelines follow it from now on. */
  async publish(
    tx: Sql,
    accountId: string,
    templateId: string,
    version: number,
    body: TemplateBody,
  ): Promise<void> {
    await tx.query(
      `UPDATE plan_template_version SET state = 'published', published_at = now(), body = $4::jsonb
       WHERE account_id = $1::uuid AND template_id = $2::uuid AND version = $3 AND state = 'draft'`,
      [accountId, templateId, version, JSON.stringify(body)],
    );
    await tx.query(
      'UPDATE pipeline_plan SET version = $3 WHERE account_id = $1::uuid AND template_id = $2::uuid',
      [accountId, templateId, version],
    );
    await tx.query(
      'UPDATE plan_template SET retired_at = NULL WHERE account_id = $1::uuid AND template_id = $2::uuid',
      [accountId, templateId],
    );
  }

  async retire(tx: Sql, accountId: string, templateId: string): Promise<void> {
    await tx.query(
      `UPDATE plan_template_version SET state = 'retired'
       WHERE account_id = $1::uuid AND template_id = $2::uuid AND state = 'published'`,
      [accountId, templateId],
    );
    await tx.query(
      'UPDATE plan_template SET retired_at = now() WHERE account_id = $1::uuid AND template_id = $2::uuid',
      [accountId, templateId],
    );
  }

  async dropDraft(tx: Sql, accountId: string, templateId: string): Promise<void> {
    await tx.query(
      `DELETE FROM plan_template_version WHERE account_id = $1::uuid AND template_id = $2::uuid AND state = 'draft'`,
      [accountId, templateId],
    );
  }

  /** A template that was never published leaves nothing behind. */
  async remove(tx: Sql, accountId: string, templateId: string): Promise<void> {
    await this.dropDraft(tx, accountId, templateId);
    await tx.query('DELETE FROM stage_map WHERE account_id = $1::uuid AND template_id = $2::uuid', [
      accountId,
      templateId,
    ]);
    await tx.query('DELETE FROM plan_template WHERE account_id = $1::uuid AND template_id = $2::uuid', [
      accountId,
      templateId,
    ]);
  }

  /** Open plans by template and version. */
  async openPlans(accountId: string): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const rows = await this.database.query<{ template_id: string; version: number; n: number }>(
      `SELECT template_id, version, count(*)::int AS n FROM plan
       WHERE account_id = $1::uuid AND state <> 'closed' GROUP BY template_id, version`,
      [accountId],
    );
    const byTemplate = Map.groupBy(rows, (row) => row.template_id);
    return new Map(
      [...byTemplate].map(([id, own]) => [id, new Map(own.map((row) => [row.version, row.n]))] as const),
    );
  }

  private async read(
    accountId: string,
    templateId: string,
    sql: Sql,
    locking: '' | 'FOR UPDATE',
  ): Promise<StoredTemplate | null> {
    const [head] = await sql.query<{ name: string; language: string; retired_at: Date | null }>(
      `SELECT name, language, retired_at FROM plan_template
       WHERE account_id = $1::uuid AND template_id = $2::uuid ${locking}`,
      [accountId, templateId],
    );
    if (!head) return null;
    const rows = await sql.query<VersionRow>(
      `SELECT version, state, published_at, saved_at, revision, origin FROM plan_template_version
       WHERE account_id = $1::uuid AND template_id = $2::uuid ORDER BY version DESC`,
      [accountId, templateId],
    );
    return {
      templateId,
      name: head.name,
      language: head.language === 'en' ? 'en' : 'ru',
      retired: head.retired_at !== null,
      versions: rows.map(versionOf),
    };
  }
}

function versionOf(row: VersionRow): StoredVersion {
  return {
    version: row.version,
    state: row.state as StoredVersion['state'],
    at: (row.published_at ?? row.saved_at).getTime(),
    revision: row.revision,
    origin: row.origin,
  };
}

export function draftOf(template: StoredTemplate): StoredVersion | null {
  return template.versions.find((version) => version.state === 'draft') ?? null;
}

/** The newest version that is no draft; null when it was never published. */
export function publishedOf(template: StoredTemplate): StoredVersion | null {
  return template.versions.find((version) => version.state !== 'draft') ?? null;
}
