import type { TemplateBody, TemplateStep } from '../../domain/plans/types.js';

type Rules = ReadonlyMap<string, TemplateStep>;

const RULES = new WeakMap<TemplateBody, Rules>();

/** Steps of a template by key; remembered, for a version's body is one value for all its plans. */
export function rulesOf(template: TemplateBody): Rules {
  const known = RULES.get(template);
  if (known) return known;
  const rules: Rules = new Map(
    template.stages.flatMap((stage) => stage.steps.map((step) => [step.key, step] as const)),
  );
  RULES.set(template, rules);
  return rules;
}
