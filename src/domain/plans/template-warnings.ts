import type { TemplateFault, TemplateWarningCode } from './template-fault.js';
import type { Condition, TemplateBody, TemplateStage, TemplateStep } from './template.types.js';

/** What is worth a look in a template without errors. */
export function templateWarnings(body: TemplateBody): readonly TemplateFault[] {
  const rules = new Map(body.stages.flatMap((stage) => stage.steps).map((step) => [step.key, step]));
  return body.stages.flatMap((stage, stageAt) => [
    ...stageWarnings(stage, `/stages/${stageAt}`),
    ...stage.steps.flatMap((step, at) => stepWarnings(step, `/stages/${stageAt}/steps/${at}`, rules)),
  ]);
}

function stageWarnings(stage: TemplateStage, path: string): readonly TemplateFault[] {
  const warnings: TemplateFault[] = [];
  if (stage.kind === 'open' && stage.steps.length === 0) warnings.push(warning(path, 'emptyStage'));
  const guarded = stage.guard !== undefined && stage.guard !== 'off';
  if (guarded && !stage.steps.some((step) => step.required))
    warnings.push(warning(`${path}/guard`, 'guardWithoutRequired'));
  const titles = new Set<string>();
  stage.steps.forEach(({ title }, at) => {
    const plain = title.trim().toLowerCase();
    if (titles.has(plain)) warnings.push(warning(`${path}/steps/${at}/title`, 'duplicateTitle', { title }));
    titles.add(plain);
  });
  return warnings;
}

function stepWarnings(
  step: TemplateStep,
  path: string,
  rules: ReadonlyMap<string, TemplateStep>,
): readonly TemplateFault[] {
  const warnings: TemplateFault[] = [];
  const { goal, say } = step.instruction;
  if (goal.trim() === '' && say.trim() === '') warnings.push(warning(`${path}/instruction`, 'noInstruction'));
  const from = step.offset.anchor.from;
  if (step.offset.amount < 0 && (from === 'planStart' || from === 'stageEntry'))
    warnings.push(warning(`${path}/offset/amount`, 'beforeItsStart'));
  if (step.handOver?.to.kind === 'dealResponsible')
    warnings.push(warning(`${path}/handOver/to`, 'handOverToSelf'));
  if (step.condition) warnings.push(...unknownAnswers(step.condition, `${path}/condition`, rules));
  return warnings;
}

/** A condition on an answer that the step never gets keeps its own step out of every plan. */
function unknownAnswers(
  condition: Condition,
  path: string,
  rules: ReadonlyMap<string, TemplateStep>,
): readonly TemplateFault[] {
  if (condition.kind === 'field') return [];
  if (condition.kind === 'not') return unknownAnswers(condition.of, `${path}/of`, rules);
  if (condition.kind !== 'step') {
    return condition.of.flatMap((term, at) => unknownAnswers(term, `${path}/of/${at}`, rules));
  }
  const result = rules.get(condition.stepKey)?.result;
  if (condition.is !== 'result' || result === undefined) return [];
  return condition.values.flatMap((value, at) => {
    const known =
      result.kind === 'choice'
        ? result.choices.some((choice) => choice.key === value)
        : result.kind !== 'none' && (result.kind !== 'number' || typeof value === 'number');
    return known ? [] : [warning(`${path}/values/${at}`, 'unknownAnswer', { key: condition.stepKey })];
  });
}

function warning(
  path: string,
  code: TemplateWarningCode,
  params: TemplateFault['params'] = {},
): TemplateFault {
  return { level: 'warning', path, code, params };
}
