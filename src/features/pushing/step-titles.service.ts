import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

const MAX_ENTRIES = 1_000;

/** What the steps of a template's version are called. A published version never changes, so it is read once. */
@Injectable()
export class StepTitles {
  private readonly versions = new Map<string, ReadonlyMap<string, string>>();

  constructor(private readonly database: Database) {}

  /** The key itself where the version or the step is not there any more. */
  async title(
    accountId: string,
    templateId: string,
    version: number,
    stepKey: string,
    sql: Sql = this.database,
  ): Promise<string> {
    return (await this.of(accountId, templateId, version, sql)).get(stepKey) ?? stepKey;
  }

  private async of(
    accountId: string,
    templateId: string,
    version: number,
    sql: Sql,
  ): Promise<ReadonlyMap<string, string>> {
    const key = `${accountId}|${templateId}|${version}`;
    const known = this.versions.get(key);
    if (known) return known;
    const rows = await sql.query<{ key: string; title: string }>(
      `SELECT step ->> 'key' AS key, step ->> 'title' AS title
       FROM plan_template_version v, jsonb_array_elements(v.body -> 'stages') stage,
         jsonb_array_elements(stage -> 'steps') step
       WHERE v.account_id = $1::uuid AND v.template_id = $2::uuid AND v.version = $3`,
      [accountId, templateId, version],
    );
    const titles = new Map(rows.map((row) => [row.key, row.title]));
    if (this.versions.size >= MAX_ENTRIES) this.versions.clear();
    this.versions.set(key, titles);
    return titles;
  }
}
