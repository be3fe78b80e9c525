import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aCase,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  ownMap,
  picture,
  type Stay,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand, type StepCommand } from './step-commands.js';
import type { PlanDecision, PlanInput, PlanStep, StageMap, TemplateBody, TemplateStep } from './types.js';

const STAGES = ['a', 'b', 'c', 'd'] as const;
const HOUR_MS = 3_600_000;
const OPEN = ['future', 'waiting', 'actionable'];

const stepRules = fc.record({
  required: fc.boolean(),
  exit: fc.constantFrom('cancel', 'carryOver', 'keep'),
  reentry: fc.constantFrom('nothing', 'reopenUndone', 'newPass'),
  waits: fc.boolean(),
  offset: fc.record({
    anchor: fc.constantFrom({ from: 'stageEntry' } as const, { from: 'planStart' } as const),
    amount: fc.integer({ min: -2, max: 30 }),
    unit: fc.constantFrom('workingHours', 'workingDays', 'calendarDays'),
  }),
});
const closePolicies = fc.record({
  openSteps: fc.constantFrom('cancel', 'byExitPolicy', 'keep'),
  closingSteps: fc.constantFrom('create', 'skip'),
});

const templates: fc.Arbitrary<TemplateBody> = fc
  .record({
    stages: fc.array(fc.array(stepRules, { maxLength: 3 }), { minLength: 5, maxLength: 5 }),
    onWon: closePolicies,
    onLost: closePolicies,
  })
  .map(({ stages, onWon, onLost }) =>
    aTemplate(
      stages.map((rules, at) =>
        aStage(STAGES[at] ?? 'won', steps(STAGES[at] ?? 'won', rules), at < 4 ? 'open' : 'won'),
      ),
      { onWon, onLost },
    ),
  );

function steps(
  stage: string,
  rules: readonly ({ waits: boolean } & Partial<TemplateStep>)[],
): readonly TemplateStep[] {
  return rules.map(({ waits, ...rule }, at) =>
    aStep(`${stage}${at}`, { ...rule, prerequisites: waits && at > 0 ? [`${stage}${at - 1}`] : [] }),
  );
}

/** What may happen to a plan; `pick` chooses a step among those there are. */
type Happening =
  | { readonly kind: 'move'; readonly to: string }
  | { readonly kind: 'done' | 'skip' | 'fail' | 'reopen' | 'undo'; readonly pick: number }
  | { readonly kind: 'wait' };

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('move'),
      to: fc.constantFrom(...STAGES, 'won', 'lost', 'unmapped'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('done', 'skip', 'fail', 'reopen', 'undo'),
      pick: fc.nat({ max: 99 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait') }) },
);

const COMMANDS: Readonly<Record<'done' | 'skip' | 'fail' | 'reopen' | 'undo', StepCommand>> = {
  done: { kind: 'done', by: 'seller', result: { kind: 'none' } },
  skip: { kind: 'skip', by: 'seller', reason: 'not needed here' },
  fail: { kind: 'fail', by: 'seller', cause: 'client', reason: 'said no to it' },
  reopen: { kind: 'reopen', by: 'seller' },
  undo: { kind: 'undo', by: 'seller' },
};

/** A pipeline whose stages are the template's own, and one that folds each two of them into one stay. */
const FOLDED: Readonly<Record<string, readonly string[]>> = {
  a: ['a', 'b'],
  b: ['a', 'b'],
  c: ['c', 'd'],
  d: ['c', 'd'],
  won: ['won'],
  lost: [],
};

function mapOf(template: TemplateBody, folded: boolean): StageMap {
  if (!folded) return ownMap(template);
  const entries = Object.entries(FOLDED).map(([pipelineStageId, stageKeys]) => ({
    pipelineStageId,
    stageKeys,
  }));
  return { entries: entries.map((entry) => ({ ...entry, match: 'position', confidence: 0.5 })) };
}

interface World {
  readonly template: TemplateBody;
  readonly stageMap: StageMap;
  stays: Stay[];
  stored: readonly PlanStep[];
  /** Days since the plan began, in fractions of a day for what people do. */
  day: number;
}

function input(world: World): PlanInput {
  return aCase(world.template, world.stays, {
    stageMap: world.stageMap,
    steps: world.stored,
    now: MONDAY + Math.ceil(world.day) * DAY_MS,
  });
}

/** One happening, then a decision, as the service does it. */
function happen(world: World, happening: Happening): PlanDecision {
  world.day += 1;
  if (happening.kind === 'move' && world.stays.at(-1)?.stage !== happening.to) {
    world.stays = [...world.stays, { stage: happening.to, day: world.day }];
  }
  if (happening.kind !== 'move' && happening.kind !== 'wait') command(world, happening.kind, happening.pick);
  const decision = decidePlan(input(world));
  world.stored = decision.steps;
  return decision;
}

function command(world: World, kind: keyof typeof COMMANDS, pick: number): void {
  const target = world.stored[pick % Math.max(world.stored.length, 1)];
  if (!target) return;
  const rule = world.template.stages
    .flatMap((stage) => stage.steps)
    .find((step) => step.key === target.stepKey);
  if (!rule) return;
  const result = applyCommand(target, rule, COMMANDS[kind], MONDAY + world.day * DAY_MS + HOUR_MS);
  if (result.kind === 'refused') return;
  world.stored = world.stored.map((step) => (step === target ? result.step : step));
}

function begin(template: TemplateBody, folded: boolean): World {
  const stageMap = mapOf(template, folded);
  const world: World = { template, stageMap, stays: [{ stage: 'a', day: 0 }], stored: [], day: 0 };
  world.stored = decidePlan(input(world)).steps;
  return world;
}

function ruleOf(template: TemplateBody, step: PlanStep): TemplateStep | undefined {
  return template.stages.flatMap((stage) => stage.steps).find((rule) => rule.key === step.stepKey);
}

/** Template stages where the deal is: unmapped stages are passed over. */
function presentStages(world: World): readonly string[] {
  const stage = world.stays.findLast((stay) => stay.stage !== 'unmapped')?.stage;
  return world.stageMap.entries.find((entry) => entry.pipelineStageId === stage)?.stageKeys ?? [];
}

function checkIdentities(decision: PlanDecision): void {
  const ids = decision.steps.map((step) => `${step.stepKey}#${step.visitSeq}`);
  expect(new Set(ids).size).toBe(ids.length);
  const live = decision.steps.filter((step) => OPEN.includes(step.state)).map((step) => step.stepKey);
  const byHand = decision.steps.filter((step) => step.manual.reopenedAt !== null).length;
  expect(live.length - new Set(live).size).toBeLessThanOrEqual(byHand);
}

function checkStages(world: World, decision: PlanDecision): void {
  for (const step of decision.steps.filter((candidate) => candidate.state === 'actionable')) {
    const rule = ruleOf(world.template, step);
    const own = world.template.stages.find((stage) =>
      stage.steps.some((other) => other.key === step.stepKey),
    )?.key;
    const allowed =
      (own !== undefined && presentStages(world).includes(own)) ||
      step.manual.reopenedAt !== null ||
      rule?.exit !== 'cancel' ||
      (decision.status.kind === 'closed' && step.because.code === 'kept');
    expect(
      allowed ? '' : `${step.stepKey} is actionable while the deal is in ${presentStages(world).join('+')}`,
    ).toBe('');
  }
}

function checkClosed(world: World, decision: PlanDecision): void {
  if (decision.status.kind !== 'closed') return;
  const policy = decision.status.as === 'won' ? world.template.onWon : world.template.onLost;
  for (const step of decision.steps.filter((candidate) => OPEN.includes(candidate.state))) {
    expect(step.state).not.toBe('future');
    if (step.manual.reopenedAt !== null) continue;
    const keeps =
      policy.openSteps === 'keep' ||
      (policy.openSteps === 'byExitPolicy' && ruleOf(world.template, step)?.exit === 'keep');
    const closing = policy.closingSteps === 'create' && step.stageKey === decision.status.as;
    expect(keeps || closing).toBe(true);
  }
}

describe('domain/plans/planner, under any interleaving of what people and hosts do', () => {
  const stories = fc.tuple(templates, fc.array(happenings, { minLength: 1, maxLength: 25 }), fc.boolean());

  it('never has two live steps of one identity, a task of a stage that was left, or an open step after closing', () => {
    fc.assert(
      fc.property(stories, ([template, story, folded]) => {
        const world = begin(template, folded);
        for (const happening of story) {
          const decision = happen(world, happening);
          checkIdentities(decision);
          checkStages(world, decision);
          checkClosed(world, decision);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when it decides again over its own answer, nor for a repeated event', () => {
    fc.assert(
      fc.property(stories, ([template, story, folded]) => {
        const world = begin(template, folded);
        for (const happening of story) happen(world, happening);
        const facts = input(world);
        const once = decidePlan(facts);
        expect(decidePlan({ ...facts, steps: once.steps })).toEqual(once);
        expect(once.steps).toEqual(world.stored);
        const stored: unknown = JSON.parse(JSON.stringify(once.steps));
        expect(stored).toEqual(once.steps);
      }),
      { numRuns: 300 },
    );
  });

  it('never touches a finished step', () => {
    fc.assert(
      fc.property(stories, ([template, story, folded]) => {
        const world = begin(template, folded);
        for (const happening of story) {
          const before = world.stored.filter((step) => step.outcome);
          const acts = happening.kind === 'reopen' || happening.kind === 'undo';
          const decision = happen(world, happening);
          if (!acts) for (const step of before) expect(decision.steps).toContainEqual(step);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('comes to the same plan whatever order the deal’s moves become known in', () => {
    const moves = fc.array(fc.constantFrom(...STAGES, 'won', 'lost', 'unmapped'), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        templates,
        moves,
        fc.boolean(),
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        (template, way, folded, order) => {
          const stays = ['a', ...way].map((stage, day) => ({ stage, day }));
          const whole = aCase(template, stays, { stageMap: mapOf(template, folded) });
          const inTime = decidePlan(whole);
          const shuffled = whole.visits
            .map((visit) => ({ visit, at: order.next().value }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ visit }) => visit);
          let steps: readonly PlanStep[] = [];
          for (let known = 1; known <= shuffled.length; known += 1) {
            steps = decidePlan({ ...whole, visits: shuffled.slice(0, known), steps }).steps;
          }
          const inPlan = steps.filter((step) => step.because.code !== 'notInPlan');
          expect(picture({ ...inTime, steps: inPlan })).toEqual(picture(inTime));
        },
      ),
      { numRuns: 300 },
    );
  });
});
