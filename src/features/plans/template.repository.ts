import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { Language, StageMap, TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

export interface TemplateHead {
  readonly templateId: string;
  readonly libraryKey: string | null;
  readonly name: string;
  readonly language: Language;
  /** The newest published version. */
  readonly version: number;
}

export type AutomaticTrigger = 'creation' | 'stageEntry';

/** Which template plans the deals of a pipeline. */
export interface PipelinePlan {
  readonly pipelineId: string;
  readonly templateId: string;
  /** The version that new plans get. */
  readonly version: number;
  readonly triggers: readonly AutomaticTrigger[];
  /** What happened to a deal before this instant starts nothing by itself. */
  readonly since: Instant;
}

/** What is switched on, and how templates lie on pipelines. */
export interface AccountPlans {
  readonly byPipeline: ReadonlyMap<string, PipelinePlan>;
  /** Saved maps by `stageMapKey`; a version without one lies as names and places suggest. */
  readonly maps: ReadonlyMap<string, StageMap>;
}

export function stageMapKey(pipelineId: string, templateId: string, version: number): string {
  return `${templateId}|${version}|${pipelineId}`;
}

interface MapPlace {
  readonly pipelineId: string;
  readonly templateId: string;
  readonly version: number;
}

interface PipelinePlanRow {
  readonly pipeline_id: string;
  readonly template_id: string;
  readonly version: number;
  readonly triggers: readonly string[];
  readonly since: Date;
}

@Injectable()
export class TemplateRepository {
  constructor(private readonly database: Database) {}

  async heads(accountId: string, sql: Sql = this.database): Promise<readonly TemplateHead[]> {
    const rows = await sql.query<{
      template_id: string;
      library_key: string | null;
      name: string;
      language: string;
      version: number;
    }>(
      `SELECT t.template_id, t.library_key, t.name, t.language, max(v.version)::int AS version
       FROM plan_template t JOIN plan_template_version v
         ON v.account_id = t.account_id AND v.template_id = t.template_id AND v.state = 'published'
       WHERE t.account_id = $1::uuid GROUP BY t.template_id, t.library_key, t.name, t.language
       ORDER BY t.name, t.template_id`,
      [accountId],
    );
    return rows.map((row) => ({
      templateId: row.template_id,
      libraryKey: row.library_key,
      name: row.name,
      language: row.language === 'en' ? 'en' : 'ru',
      version: row.version,
    }));
  }

  async body(accountId: string, templateId: string, version: number, sql: Sql): Promise<TemplateBody | null> {
    const rows = await sql.query<{ body: TemplateBody }>(
      `SELECT body FROM plan_template_version
       WHERE account_id = $1::uuid AND template_id = $2::uuid AND version = $3`,
      [accountId, templateId, version],
    );
    return rows[0]?.body ?? null;
  }

  /** Every version with its body, newest first, a draft included. */
  async allBodies(
    accountId: string,
    templateId: string,
    sql: Sql = this.database,
  ): Promise<readonly { readonly version: number; readonly body: TemplateBody }[]> {
    return sql.query(
      `SELECT version, body FROM plan_template_version
       WHERE account_id = $1::uuid AND template_id = $2::uuid ORDER BY version DESC`,
      [accountId, templateId],
    );
  }

  /**
   * The account's copy of a library template; a retired one comes back. Returns the version that new plans get: the
   * newest, for the account may have edited its copy since.
   */
  async insertPublished(tx: Sql, accountId: string, templateId: string, body: TemplateBody): Promise<number> {
    await tx.query(
      `INSERT INTO plan_template (account_id, template_id, library_key, name, language)
       VALUES ($1::uuid, $2::uuid, $3, $4, $5) ON CONFLICT (account_id, template_id) DO UPDATE SET retired_at = NULL`,
      [accountId, templateId, body.key, body.name, body.language],
    );
    await tx.query(
      `INSERT INTO plan_template_version (account_id, template_id, version, state, body, published_at)
       VALUES ($1::uuid, $2::uuid, 1, 'published', $3::jsonb, now())
       ON CONFLICT (account_id, template_id, version) DO NOTHING`,
      [accountId, templateId, JSON.stringify(body)],
    );
    const rows = await tx.query<{ version: number }>(
      `UPDATE plan_template_version SET state = 'published'
       WHERE account_id = $1::uuid AND template_id = $2::uuid AND state <> 'draft' RETURNING version`,
      [accountId, templateId],
    );
    return Math.max(...rows.map((row) => row.version));
  }

  /** Pipelines whose plans are switched on. */
  async pipelinePlans(accountId: string, sql: Sql = this.database): Promise<readonly PipelinePlan[]> {
    const rows = await sql.query<PipelinePlanRow>(
      `SELECT pipeline_id, template_id, version, triggers, since FROM pipeline_plan
       WHERE account_id = $1::uuid AND disabled_at IS NULL ORDER BY pipeline_id`,
      [accountId],
    );
    return rows.map((row) => ({
      pipelineId: row.pipeline_id,
      templateId: row.template_id,
      version: row.version,
      triggers: row.triggers.filter(
        (each): each is AutomaticTrigger => each === 'creation' || each === 'stageEntry',
      ),
      since: row.since.getTime(),
    }));
  }

  async accountPlans(accountId: string, sql: Sql = this.database): Promise<AccountPlans> {
    const plans = await this.pipelinePlans(accountId, sql);
    const maps = await sql.query<{
      pipeline_id: string;
      template_id: string;
      version: number;
      map: StageMap;
    }>('SELECT pipeline_id, template_id, version, map FROM stage_map WHERE account_id = $1::uuid', [
      accountId,
    ]);
    return {
      byPipeline: new Map(plans.map((plan) => [plan.pipelineId, plan])),
      maps: new Map(maps.map((row) => [stageMapKey(row.pipeline_id, row.template_id, row.version), row.map])),
    };
  }

  /** The same template again keeps `since`; another one, or coming back after a switch-off, starts anew. */
  async switchOn(tx: Sql, accountId: string, plan: PipelinePlan, actor: string): Promise<void> {
    await tx.query(
      `INSERT INTO pipeline_plan AS p (account_id, pipeline_id, template_id, version, triggers, since,
         enabled_by, enabled_at)
       VALUES ($1::uuid, $2, $3::uuid, $4, $5::text[], $6, $7, $6)
       ON CONFLICT (account_id, pipeline_id) DO UPDATE SET
         template_id = excluded.template_id, version = excluded.version,
         triggers = excluded.triggers, enabled_by = excluded.enabled_by, enabled_at = excluded.enabled_at,
         since = CASE WHEN p.disabled_at IS NULL AND p.template_id = excluded.template_id THEN p.since
           ELSE excluded.since END,
         disabled_at = NULL`,
      [
        accountId,
        plan.pipelineId,
        plan.templateId,
        plan.version,
        [...plan.triggers],
        new Date(plan.since),
        actor,
      ],
    );
  }

  async switchOff(tx: Sql, accountId: string, pipelineId: string): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE pipeline_plan SET disabled_at = now()
       WHERE account_id = $1::uuid AND pipeline_id = $2 AND disabled_at IS NULL RETURNING pipeline_id`,
      [accountId, pipelineId],
    );
    return rows.length > 0;
  }

  /** Saved maps win over suggested ones; the first switch-on writes down what was suggested. */
  async keepMap(tx: Sql, accountId: string, place: MapPlace, map: StageMap, actor: string): Promise<void> {
    await tx.query(
      `INSERT INTO stage_map (account_id, pipeline_id, template_id, version, map, saved_by)
       VALUES ($1::uuid, $2, $3::uuid, $4, $5::jsonb, $6) ON CONFLICT DO NOTHING`,
      [accountId, place.pipelineId, place.templateId, place.version, JSON.stringify(map), actor],
    );
  }

  async saveMap(tx: Sql, accountId: string, place: MapPlace, map: StageMap, actor: string): Promise<void> {
    await tx.query(
      `INSERT INTO stage_map (account_id, pipeline_id, template_id, version, map, saved_by)
       VALUES ($1::uuid, $2, $3::uuid, $4, $5::jsonb, $6)
       ON CONFLICT (account_id, pipeline_id, template_id, version)
       DO UPDATE SET map = excluded.map, saved_by = excluded.saved_by, saved_at = now()`,
      [accountId, place.pipelineId, place.templateId, place.version, JSON.stringify(map), actor],
    );
  }

  /** Saved maps of a template on a pipeline, by version. */
  async savedMaps(
    accountId: string,
    pipelineId: string,
    templateId: string,
    sql: Sql = this.database,
  ): Promise<ReadonlyMap<number, StageMap>> {
    const rows = await sql.query<{ version: number; map: StageMap }>(
      `SELECT version, map FROM stage_map
       WHERE account_id = $1::uuid AND pipeline_id = $2 AND template_id = $3::uuid`,
      [accountId, pipelineId, templateId],
    );
    return new Map(rows.map((row) => [row.version, row.map]));
  }

  /** Open plans by pipeline of their deals. */
  async activeCounts(accountId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ pipeline_id: string; n: number }>(
      `SELECT d.pipeline_id, count(*)::int AS n FROM plan p
       JOIN deal d ON d.account_id = p.account_id AND d.deal_id = p.deal_id
       WHERE p.account_id = $1::uuid AND p.state <> 'closed' GROUP BY d.pipeline_id`,
      [accountId],
    );
    return new Map(rows.map((row) => [row.pipeline_id, row.n]));
  }
}
