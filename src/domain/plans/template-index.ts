import type { TemplateBody, TemplateStage, TemplateStep } from './template.types.js';

export interface IndexedStep {
  readonly step: TemplateStep;
  readonly stage: TemplateStage;
  /** Place in the template, for the order of the plan. */
  readonly position: number;
}

export interface IndexedStage {
  readonly stage: TemplateStage;
  /** Place on the way to the money, from 0; null for stages off the way. */
  readonly wayIndex: number | null;
  /** Steps so that each comes after those it refers to. */
  readonly steps: readonly IndexedStep[];
}

export interface TemplateIndex {
  readonly stages: readonly IndexedStage[];
  readonly stageByKey: ReadonlyMap<string, IndexedStage>;
  readonly stepByKey: ReadonlyMap<string, IndexedStep>;
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

/** Keys of the steps that this one waits for or is counted from. */
export function referencesOf(step: TemplateStep): readonly string[] {
  const anchor = step.offset.anchor;
  return anchor.from === 'stepEnd' ? [...step.prerequisites, anchor.stepKey] : step.prerequisites;
}

function makeIndex(template: TemplateBody): TemplateIndex {
  const stages: IndexedStage[] = [];
  let wayIndex = 0;
  let moneySeen = false;
  let position = 0;
  for (const stage of template.stages) {
    const onWay = stage.kind === 'open' || (stage.kind === 'won' && !moneySeen);
    if (stage.kind === 'won') moneySeen = true;
    const steps = stage.steps.map((step) => ({ step, stage, position: position++ }));
    stages.push({ stage, wayIndex: onWay ? wayIndex++ : null, steps: inOrderOfReference(steps) });
  }
  return {
    stages,
    stageByKey: new Map(stages.map((indexed) => [indexed.stage.key, indexed])),
    stepByKey: new Map(stages.flatMap((indexed) => indexed.steps.map((step) => [step.step.key, step]))),
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
