import { Injectable } from '@nestjs/common';
import { fieldsChanged } from '../../contract/jobs.js';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { TemplateBodies } from './template-bodies.service.js';
import { TemplateRepository } from './template.repository.js';
import { hostFieldsOf } from './watched-fields.js';

/** The mirror brings the values of fields that published templates name. */
@Injectable()
export class FieldWatching {
  private readonly published = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly templates: TemplateRepository,
    private readonly bodies: TemplateBodies,
    private readonly jobs: Jobs,
  ) {}

  /** Watches when a version was published since this process looked last. */
  async look(accountId: string): Promise<void> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM plan_template_version WHERE account_id = $1::uuid AND state <> 'draft'`,
      [accountId],
    );
    const published = row?.n ?? 0;
    if (this.published.get(accountId) === published) return;
    await this.watch(accountId);
    this.published.set(accountId, published);
  }

  /** Adds what is missing; never takes a field away, for a running plan may still need it. Idempotent. */
  async watch(accountId: string): Promise<void> {
    const heads = await this.templates.heads(accountId);
    const bodies = await Promise.all(
      heads.map(({ templateId, version }) => this.bodies.of(accountId, templateId, version)),
    );
    const keys = [...new Set(bodies.flatMap(hostFieldsOf))];
    if (keys.length === 0) return;
    await this.jobs.prepare(fieldsChanged);
    await this.database.transaction(async (tx) => {
      const added = await tx.query(
        `INSERT INTO watched_field (account_id, field_key) SELECT $1::uuid, key FROM unnest($2::text[]) key
         ON CONFLICT DO NOTHING RETURNING field_key`,
        [accountId, keys],
      );
      if (added.length > 0) await this.jobs.enqueue(fieldsChanged, { accountId }, { tx });
    });
  }
}
