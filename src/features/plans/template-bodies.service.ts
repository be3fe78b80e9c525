import { Injectable } from '@nestjs/common';
import { mapStages } from '../../domain/plans/stage-map.js';
import type { StageMap, TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { TemplateRepository } from './template.repository.js';

const MAX_ENTRIES = 1_000;

/** Bodies of published versions: they never change, so they are read once. */
@Injectable()
export class TemplateBodies {
  private readonly bodies = new Map<string, TemplateBody>();

  constructor(
    private readonly database: Database,
    private readonly templates: TemplateRepository,
  ) {}

  /** Throws when the version is not there: plans never outlive their template. */
  async of(
    accountId: string,
    templateId: string,
    version: number,
    sql: Sql = this.database,
  ): Promise<TemplateBody> {
    const key = `${accountId}|${templateId}|${version}`;
    const known = this.bodies.get(key);
    if (known) return known;
    const body = await this.templates.body(accountId, templateId, version, sql);
    if (!body) throw new Error(`template ${templateId} has no version ${version}`);
    if (this.bodies.size >= MAX_ENTRIES) this.bodies.clear();
    this.bodies.set(key, body);
    return body;
  }
}

/** A stored map, completed by the pipeline's stages that it does not know yet: people add stages later. */
export function completeMap(
  stored: StageMap | null,
  template: TemplateBody,
  stages: Parameters<typeof mapStages>[1],
): StageMap {
  if (stored && stages.every((stage) => stored.entries.some((entry) => entry.pipelineStageId === stage.id))) {
    return stored;
  }
  const fresh = mapStages(template.stages, stages);
  if (!stored) return fresh;
  const known = new Map(stored.entries.map((entry) => [entry.pipelineStageId, entry]));
  return { entries: fresh.entries.map((entry) => known.get(entry.pipelineStageId) ?? entry) };
}
