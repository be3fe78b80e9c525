import type { Condition, TemplateBody, TemplateStage, TemplateStep } from './template.types.js';

export interface IndexedStep {
  readonly step: TemplateStep;
  readonly stage: TemplateStage;
  /** Place in the template, for the order of the plan. */
  readonly position: number;
}

export interface IndexedStage {
  readonly stage: TemplateStage;
  /** Place on the way to the money, or through an after-sale plan, from 0; null for stages off the way. */
  readonly wayIndex: number | null;
  /** Steps so that each comes after those it refers to. */
  readonly steps: readonly IndexedStep[];
}

export interface TemplateIndex {
  readonly stages: readonly IndexedStage[];
  readonly stageByKey: ReadonlyMap<string, IndexedStage>;
  readonly stepByKey: ReadonlyMap<string, IndexedStep>;
  /** Whether any step hands over or may propose the deal's closing. */
  readonly hasEffects: boolean;
}

const indexes = new WeakMap<TemplateBody, TemplateIndex>();

/** What the planner asks of a template again and again. Memoised by value: a version never changes. */
export function indexTemplate(template: TemplateBody): TemplateIndex {
  const remembered = indexes.get(template);
  if (remembered) return remembered;
  const made = makeIndex(template);
  indexes.set(template, made);
  return made;
}

/** A step's mention of another, with its place in the step as the end of a JSON pointer. */
export interface StepReference {
  readonly key: string;
  readonly at: string;
}

/** Keys of the steps that this one waits for, is counted from or hangs on. */
export function referencesOf(step: TemplateStep): readonly string[] {
  return namedReferences(step).map((reference) => reference.key);
}

export function namedReferences(step: TemplateStep): readonly StepReference[] {
  const anchor = step.offset.anchor;
  return [
    ...step.prerequisites.map((key, at) => ({ key, at: `/prerequisites/${at}` })),
    ...(anchor.from === 'stepEnd' ? [{ key: anchor.stepKey, at: '/offset/anchor/stepKey' }] : []),
    ...(step.condition ? inCondition(step.condition, '/condition') : []),
  ];
}

function inCondition(condition: Condition, at: string): readonly StepReference[] {
  if (condition.kind === 'step') return [{ key: condition.stepKey, at: `${at}/stepKey` }];
  if (condition.kind === 'field') return [];
  if (condition.kind === 'not') return inCondition(condition.of, `${at}/of`);
  return condition.of.flatMap((term, place) => inCondition(term, `${at}/of/${place}`));
}

function makeIndex(template: TemplateBody): TemplateIndex {
  const stages: IndexedStage[] = [];
  let wayIndex = 0;
  let moneySeen = false;
  let position = 0;
  for (const stage of template.stages) {
    const onWay =
      template.purpose === 'afterSale' || stage.kind === 'open' || (stage.kind === 'won' && !moneySeen);
    if (stage.kind === 'won') moneySeen = true;
    const steps = stage.steps.map((step) => ({ step, stage, position: position++ }));
    stages.push({ stage, wayIndex: onWay ? wayIndex++ : null, steps: inOrderOfReference(steps) });
  }
  return {
    stages,
    stageByKey: new Map(stages.map((indexed) => [indexed.stage.key, indexed])),
    stepByKey: new Map(stages.flatMap((indexed) => indexed.steps.map((step) => [step.step.key, step]))),
    hasEffects: template.stages.some((stage) =>
      stage.steps.some((step) => step.handOver !== undefined || step.repeat?.exhausted.closeDeal === true),
    ),
  };
}

/** Depth first; a cycle, which validation refuses, is cut where it is found. */
function inOrderOfReference(steps: readonly IndexedStep[]): readonly IndexedStep[] {
  const byKey = new Map(steps.map((indexed) => [indexed.step.key, indexed]));
  const ordered: IndexedStep[] = [];
  const seen = new Set<string>();
  const visit = (indexed: IndexedStep): void => {
    if (seen.has(indexed.step.key)) return;
    seen.add(indexed.step.key);
    for (const key of referencesOf(indexed.step)) {
      const reference = byKey.get(key);
      if (reference) visit(reference);
    }
    ordered.push(indexed);
  };
  steps.forEach(visit);
  return ordered;
}
