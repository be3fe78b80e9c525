import { Injectable } from '@nestjs/common';
import { WHOLE_DAY_TIME } from '../../domain/calendar/work-calendar.js';
import type { TemplateStep } from '../../domain/plans/template.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { NO_RESULT, type StepRule } from './day.types.js';

const MAX_ENTRIES = 1_000;

/** What the day shows of a template version's steps. A published version never changes, so it is read once. */
@Injectable()
export class DayStepRules {
  private readonly versions = new Map<string, ReadonlyMap<string, StepRule>>();

  /** Of these versions, by `ruleKey`. */
  async of(
    sql: Sql,
    accountId: string,
    wanted: readonly { readonly template_id: string; readonly version: number }[],
  ): Promise<(templateId: string, version: number, stepKey: string) => StepRule> {
    const names = new Map(wanted.map((one) => [`${accountId}|${one.template_id}|${one.version}`, one]));
    for (const [name, { template_id: templateId, version }] of names) {
      if (this.versions.has(name)) continue;
      const rows = await sql.query<{ step: TemplateStep }>(
        `SELECT step FROM plan_template_version v, jsonb_array_elements(v.body -> 'stages') stage,
           jsonb_array_elements(stage -> 'steps') step
         WHERE v.account_id = $1::uuid AND v.template_id = $2::uuid AND v.version = $3`,
        [accountId, templateId, version],
      );
      if (this.versions.size >= MAX_ENTRIES) this.versions.clear();
      this.versions.set(name, new Map(rows.map(({ step }) => [step.key, ruleOf(step)])));
    }
    return (templateId, version, stepKey) =>
      this.versions.get(`${accountId}|${templateId}|${version}`)?.get(stepKey) ?? unknownStep(stepKey);
  }
}

function ruleOf({ title, durationMinutes, offset, result }: TemplateStep): StepRule {
  return {
    title,
    minutes: durationMinutes,
    timed: offset.timeOfDay !== undefined && offset.timeOfDay !== WHOLE_DAY_TIME,
    result: {
      kind: result.kind,
      label: result.kind === 'none' ? null : result.label,
      choices: result.kind === 'choice' ? result.choices.map((choice) => choice.name) : [],
      demanded: result.kind !== 'none',
    },
  };
}

/** A step that its template no longer has still shows, under its key. */
function unknownStep(stepKey: string): StepRule {
  return { title: stepKey, minutes: 0, timed: false, result: NO_RESULT };
}
