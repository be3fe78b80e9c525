import type {
  Condition,
  TemplateBody,
  TemplateStage,
  TemplateStep,
} from '../../../../src/domain/plans/template.types.js';

/** Changes of a template's body; every one answers a new value and leaves the old one as it was. */

/** Product's default for a bare step. */
const BARE_DAYS = 3;
const BARE_MINUTES = 15;

export interface PlacedStep {
  readonly stage: TemplateStage;
  readonly stageAt: number;
  readonly step: TemplateStep;
  readonly at: number;
}

export function findStep(body: TemplateBody, key: string): PlacedStep | null {
  for (const [stageAt, stage] of body.stages.entries()) {
    const at = stage.steps.findIndex((step) => step.key === key);
    const step = stage.steps[at];
    if (step) return { stage, stageAt, step, at };
  }
  return null;
}

export function findStage(body: TemplateBody, key: string): TemplateStage | null {
  return body.stages.find((stage) => stage.key === key) ?? null;
}

export function allSteps(body: TemplateBody): readonly TemplateStep[] {
  return body.stages.flatMap((stage) => stage.steps);
}

/** Steps that this one may wait for: of its own and of earlier stages, without itself. */
export function stepsBefore(body: TemplateBody, key: string): readonly TemplateStep[] {
  const found = findStep(body, key);
  if (!found) return [];
  return body.stages
    .slice(0, found.stageAt + 1)
    .flatMap((stage) => stage.steps)
    .filter((step) => step.key !== key);
}

export function changeStage(
  body: TemplateBody,
  key: string,
  change: (stage: TemplateStage) => TemplateStage,
): TemplateBody {
  return { ...body, stages: body.stages.map((stage) => (stage.key === key ? change(stage) : stage)) };
}

export function changeStep(
  body: TemplateBody,
  key: string,
  change: (step: TemplateStep) => TemplateStep,
): TemplateBody {
  return everyStep(body, (step) => (step.key === key ? change(step) : step));
}

/** Before the first stage in which no deal is open, else last. */
export function addStage(body: TemplateBody, name: string, key = freshKey('stage')): TemplateBody {
  const stage: TemplateStage = { key, name, meaning: '', kind: 'open', synonyms: [], steps: [] };
  const closing = body.stages.findIndex(({ kind }) => kind === 'won' || kind === 'lost');
  return { ...body, stages: body.stages.toSpliced(closing < 0 ? body.stages.length : closing, 0, stage) };
}

export function addStep(
  body: TemplateBody,
  stageKey: string,
  title: string,
  key = freshKey('step'),
): TemplateBody {
  const step: TemplateStep = {
    key,
    title,
    instruction: { goal: '', say: '', done: '' },
    owner: { kind: 'dealResponsible' },
    offset: { anchor: { from: 'stageEntry' }, amount: BARE_DAYS, unit: 'workingDays' },
    durationMinutes: BARE_MINUTES,
    required: true,
    prerequisites: [],
    result: { kind: 'none' },
    exit: 'cancel',
    reentry: 'nothing',
  };
  return changeStage(body, stageKey, (stage) => ({ ...stage, steps: [...stage.steps, step] }));
}

/** `by`: −1 one place towards the beginning, 1 towards the end; at the edge nothing changes. */
export function moveStage(body: TemplateBody, key: string, by: number): TemplateBody {
  const from = body.stages.findIndex((stage) => stage.key === key);
  const stage = body.stages[from];
  const to = from + by;
  if (!stage || to < 0 || to >= body.stages.length) return body;
  return { ...body, stages: body.stages.toSpliced(from, 1).toSpliced(to, 0, stage) };
}

/** To place `at` of the stage; past its end: last. */
export function moveStep(body: TemplateBody, key: string, toStageKey: string, at: number): TemplateBody {
  const found = findStep(body, key);
  if (!found || !findStage(body, toStageKey)) return body;
  const without = changeStage(body, found.stage.key, (stage) => ({
    ...stage,
    steps: stage.steps.filter((step) => step.key !== key),
  }));
  return changeStage(without, toStageKey, (stage) => ({
    ...stage,
    steps: stage.steps.toSpliced(Math.max(0, at), 0, found.step),
  }));
}

/** One place up or down; past the edge of its stage into the neighbouring one. */
export function nudgeStep(body: TemplateBody, key: string, by: -1 | 1): TemplateBody {
  const found = findStep(body, key);
  if (!found) return body;
  const at = found.at + by;
  if (at >= 0 && at < found.stage.steps.length) return moveStep(body, key, found.stage.key, at);
  const next = body.stages[found.stageAt + by];
  return next ? moveStep(body, key, next.key, by < 0 ? next.steps.length : 0) : body;
}

export function removeStep(body: TemplateBody, key: string): TemplateBody {
  return forget(withoutSteps(body, [key]), [key]);
}

export function removeStage(body: TemplateBody, key: string): TemplateBody {
  const keys = (findStage(body, key)?.steps ?? []).map((step) => step.key);
  return forget({ ...body, stages: body.stages.filter((stage) => stage.key !== key) }, keys);
}

/** Right after the original. */
export function copyStep(body: TemplateBody, key: string, newKey = freshKey('step')): TemplateBody {
  const found = findStep(body, key);
  if (!found) return body;
  const copy = { ...found.step, key: newKey };
  return changeStage(body, found.stage.key, (stage) => ({
    ...stage,
    steps: stage.steps.toSpliced(found.at + 1, 0, copy),
  }));
}

/** Right after the original; what its steps say of each other, the copies say of the copies. */
export function copyStage(body: TemplateBody, key: string, newKey = freshKey('stage')): TemplateBody {
  const at = body.stages.findIndex((stage) => stage.key === key);
  const stage = body.stages[at];
  if (!stage) return body;
  const keys = new Map(stage.steps.map((step) => [step.key, freshKey('step')]));
  const renamed = (old: string): string => keys.get(old) ?? old;
  const steps = stage.steps.map((step) => ({ ...rewired(step, renamed), key: renamed(step.key) }));
  return { ...body, stages: body.stages.toSpliced(at + 1, 0, { ...stage, key: newKey, steps }) };
}

export function freshKey(kind: 'stage' | 'step' | 'choice'): string {
  return `${kind}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Sets an optional part, or takes it away. */
export function withPart<Whole extends object, Name extends keyof Whole>(
  whole: Whole,
  name: Name,
  part: Whole[Name] | undefined,
): Whole {
  if (part !== undefined) return { ...whole, [name]: part };
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)) as Whole;
}

function everyStep(body: TemplateBody, change: (step: TemplateStep) => TemplateStep): TemplateBody {
  return {
    ...body,
    stages: body.stages.map((stage) => {
      const steps = stage.steps.map(change);
      return steps.every((step, at) => step === stage.steps[at]) ? stage : { ...stage, steps };
    }),
  };
}

function withoutSteps(body: TemplateBody, keys: readonly string[]): TemplateBody {
  return {
    ...body,
    stages: body.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.filter((step) => !keys.includes(step.key)),
    })),
  };
}

/** No step names another one that is gone. */
function forget(body: TemplateBody, gone: readonly string[]): TemplateBody {
  return everyStep(body, (step) => {
    const { anchor } = step.offset;
    const lost = anchor.from === 'stepEnd' && gone.includes(anchor.stepKey);
    const prerequisites = step.prerequisites.filter((key) => !gone.includes(key));
    const condition = step.condition && pruned(step.condition, gone);
    if (!lost && condition === step.condition && prerequisites.length === step.prerequisites.length) {
      return step;
    }
    const offset = lost
      ? { ...step.offset, anchor: { from: 'stageEntry' as const }, amount: Math.max(0, step.offset.amount) }
      : step.offset;
    return withPart({ ...step, offset, prerequisites }, 'condition', condition);
  });
}

function pruned(condition: Condition, gone: readonly string[]): Condition | undefined {
  if (condition.kind === 'field') return condition;
  if (condition.kind === 'step') return gone.includes(condition.stepKey) ? undefined : condition;
  if (condition.kind === 'not') {
    const of = pruned(condition.of, gone);
    if (of === condition.of) return condition;
    return of && { ...condition, of };
  }
  const of = condition.of.map((term) => pruned(term, gone)).filter((term) => term !== undefined);
  if (of.every((term, at) => term === condition.of[at]) && of.length === condition.of.length)
    return condition;
  return of.length === 0 ? undefined : { ...condition, of };
}

function rewired(step: TemplateStep, renamed: (key: string) => string): TemplateStep {
  const { anchor } = step.offset;
  const turned = {
    ...step,
    prerequisites: step.prerequisites.map(renamed),
    offset:
      anchor.from === 'stepEnd'
        ? { ...step.offset, anchor: { ...anchor, stepKey: renamed(anchor.stepKey) } }
        : step.offset,
  };
  return step.condition ? { ...turned, condition: rewiredCondition(step.condition, renamed) } : turned;
}

function rewiredCondition(condition: Condition, renamed: (key: string) => string): Condition {
  if (condition.kind === 'field') return condition;
  if (condition.kind === 'step') return { ...condition, stepKey: renamed(condition.stepKey) };
  if (condition.kind === 'not') return { ...condition, of: rewiredCondition(condition.of, renamed) };
  return { ...condition, of: condition.of.map((term) => rewiredCondition(term, renamed)) };
}
