import fc from 'fast-check';
import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import { decidePlan } from '../../src/domain/plans/planner.js';
import { applyCommand, type StepCommand } from '../../src/domain/plans/step-commands.js';
import type {
  Condition,
  OwnerRule,
  PlanDecision,
  PlanInput,
  PlanPeople,
  PlanStep,
  TemplateBody,
  TemplateStep,
} from '../../src/domain/plans/types.js';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  PEOPLE,
  type Stay,
} from './plan-builders.js';

/** Stories of plans with every kind of rule: templates, what may happen to them, and a world that lets it happen. */

export const RULE_STAGES = ['a', 'b', 'c', 'd'] as const;
const MEMBERS = ['m1', 'm2', 'm3'] as const;
const HOUR_MS = 3_600_000;

const owners: fc.Arbitrary<OwnerRule> = fc.constantFrom(
  { kind: 'dealResponsible' },
  { kind: 'departmentHead' },
  { kind: 'role', role: 'accountManager' },
  { kind: 'field', field: 'map:accountManager' },
  { kind: 'roundRobin', group: 'g' },
  { kind: 'queue', group: 'g' },
);

/** Conditions as seeds: which earlier step they mean is known only when the steps are laid out. */
const conditions = fc.option(
  fc.record({
    kind: fc.constantFrom('field', 'step', 'notStep', 'any'),
    is: fc.constantFrom('done', 'failed', 'skipped'),
    back: fc.nat({ max: 3 }),
  }),
  { nil: null, freq: 2 },
);

const stepRules = fc.record({
  owner: owners,
  required: fc.boolean(),
  exit: fc.constantFrom('cancel', 'carryOver', 'keep'),
  reentry: fc.constantFrom('nothing', 'reopenUndone', 'newPass'),
  waits: fc.boolean(),
  repeats: fc.boolean(),
  hands: fc.option(fc.constantFrom('atOnce', 'gradual'), { nil: null, freq: 3 }),
  condition: conditions,
  offset: fc.record({
    anchor: fc.constantFrom(
      { from: 'stageEntry' } as const,
      { from: 'planStart' } as const,
      { from: 'field', field: 'map:clientDate' } as const,
    ),
    amount: fc.integer({ min: -3, max: 30 }),
    unit: fc.constantFrom('workingHours', 'workingDays', 'calendarDays'),
  }),
});
type StepSeed = typeof stepRules extends fc.Arbitrary<infer Seed> ? Seed : never;

export const ruleTemplates: fc.Arbitrary<TemplateBody> = fc
  .record({
    stages: fc.array(fc.array(stepRules, { maxLength: 3 }), { minLength: 4, maxLength: 4 }),
    guards: fc.array(fc.constantFrom('off', 'alert', 'return'), { minLength: 4, maxLength: 4 }),
    afterSale: fc.boolean(),
  })
  .map(({ stages, guards, afterSale }) => {
    const before: string[] = [];
    const laid = stages.map((seeds, at) => {
      const name = RULE_STAGES[at] ?? 'd';
      const rules = seeds.map((seed, place) => stepOfSeed(`${name}${place}`, seed, before));
      return { ...aStage(name, rules), ...(afterSale ? {} : { guard: guards[at] ?? 'off' }) };
    });
    return aTemplate(laid, afterSale ? { purpose: 'afterSale' } : { afterWon: ['retention'] });
  });

function stepOfSeed(key: string, seed: StepSeed, before: string[]): TemplateStep {
  const { condition, waits, repeats, hands, ...rule } = seed;
  const earlier = condition === null ? undefined : before.at(-1 - condition.back);
  const place = condition === null ? undefined : conditionOf(condition, earlier);
  const last = before.at(-1);
  before.push(key);
  return aStep(key, {
    ...rule,
    prerequisites: waits && last !== undefined ? [last] : [],
    ...(place === undefined ? {} : { condition: place }),
    ...(repeats ? { repeat: REPEAT } : {}),
    ...(hands === null
      ? {}
      : { handOver: { to: { kind: 'role', role: 'accountManager' } as const, mode: hands } }),
  });
}

const REPEAT = {
  attempts: 2,
  interval: { amount: 1, unit: 'workingDays' },
  exhausted: { cause: 'client', reason: 'nobody answers', closeDeal: true },
} as const;

function conditionOf(seed: NonNullable<StepSeed['condition']>, stepKey: string | undefined): Condition {
  const field: Condition = { kind: 'field', field: 'amount', is: 'atLeast', values: [100] };
  if (stepKey === undefined || seed.kind === 'field') return field;
  const step: Condition = { kind: 'step', stepKey, is: seed.is, values: [] };
  if (seed.kind === 'step') return step;
  return seed.kind === 'notStep' ? { kind: 'not', of: step } : { kind: 'any', of: [field, step] };
}

export type Happening =
  | { readonly kind: 'move'; readonly to: string }
  | { readonly kind: 'act'; readonly command: keyof typeof COMMANDS; readonly pick: number }
  | { readonly kind: 'amount'; readonly amount: string | null }
  | { readonly kind: 'date'; readonly day: string | null }
  | { readonly kind: 'dismiss'; readonly who: string }
  | { readonly kind: 'away'; readonly who: string }
  | { readonly kind: 'pause'; readonly days: number };

const COMMANDS: Readonly<Record<string, (now: number) => StepCommand>> = {
  done: () => ({ kind: 'done', by: 'm1', result: { kind: 'none' } }),
  skip: () => ({ kind: 'skip', by: 'm1', reason: 'not needed here' }),
  fail: () => ({ kind: 'fail', by: 'm1', cause: 'client', reason: 'said no to it' }),
  attempt: () => ({ kind: 'attempt', by: 'm1', note: '' }),
  take: () => ({ kind: 'take', by: 'm1' }),
  reassign: () => ({ kind: 'reassign', by: 'm1', ownerId: 'm2' }),
  reschedule: (now) => ({ kind: 'reschedule', by: 'm1', dueAt: now + 3 * DAY_MS, reason: 'asked to wait' }),
  reopen: () => ({ kind: 'reopen', by: 'm1' }),
  undo: () => ({ kind: 'undo', by: 'm1' }),
};

export const ruleHappenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('move'), to: fc.constantFrom(...RULE_STAGES, 'won', 'lost') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('act'),
      command: fc.constantFrom(...Object.keys(COMMANDS)),
      pick: fc.nat({ max: 99 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('amount'), amount: fc.constantFrom(null, '50.00', '150.00') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('date'),
      day: fc.constantFrom(null, '2026-09-15', '2026-12-30'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('dismiss'), who: fc.constantFrom(...MEMBERS, 'am1') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('away'), who: fc.constantFrom(...MEMBERS, 'seller') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause'), days: fc.integer({ min: 1, max: 9 }) }) },
);

export interface RuleWorld {
  readonly template: TemplateBody;
  stays: Stay[];
  stored: readonly PlanStep[];
  day: number;
  amount: string | null;
  clientDate: string | null;
  readonly dismissed: Set<string>;
  readonly away: Set<string>;
  turns: number;
  pause: PlanInput['pause'];
}

function peopleOf(world: RuleWorld): PlanPeople {
  const standard = standardCalendar(null);
  const calendar = { ...standard, absences: [{ from: '2026-09-10', to: '2026-09-18' }] };
  const leave = { from: '2026-09-10', to: '2026-09-18', userId: 'deputy' };
  return {
    ...PEOPLE,
    inactive: world.dismissed,
    schedules: new Map([...world.away].map((who) => [who, { calendar, timeZone: 'Asia/Almaty' }])),
    deputies: new Map([...world.away].filter((who) => who !== 'm2').map((who) => [who, [leave]])),
    roles: new Map([['accountManager', ['am1', 'am2']]]),
    groups: new Map([['g', { members: MEMBERS, keeperId: 'keeper', turns: world.turns }]]),
  };
}

export function inputOf(world: RuleWorld): PlanInput {
  const base = aCase(world.template, world.stays);
  const last = world.stays.at(-1)?.stage ?? 'a';
  const fields = world.clientDate === null ? {} : { UF_DATE: world.clientDate };
  return {
    ...base,
    deal: aDeal(last, { amount: world.amount, fields }),
    fieldMap: { clientDate: 'UF_DATE' },
    people: peopleOf(world),
    pause: world.pause,
    steps: world.stored,
    now: MONDAY + Math.ceil(world.day) * DAY_MS,
  };
}

function decideAndStore(world: RuleWorld): PlanDecision {
  const decision = decidePlan(inputOf(world));
  for (const effect of decision.effects) if (effect.kind === 'turnTaken') world.turns += effect.advance;
  world.stored = decision.steps;
  return decision;
}

export function happen(world: RuleWorld, happening: Happening): PlanDecision {
  world.day += 1;
  if (happening.kind === 'move' && world.stays.at(-1)?.stage !== happening.to)
    world.stays = [...world.stays, { stage: happening.to, day: world.day }];
  if (happening.kind === 'act') act(world, happening.command, happening.pick);
  if (happening.kind === 'amount') world.amount = happening.amount;
  if (happening.kind === 'date') world.clientDate = happening.day;
  if (happening.kind === 'dismiss') world.dismissed.add(happening.who);
  if (happening.kind === 'away') world.away.add(happening.who);
  if (happening.kind === 'pause') {
    const since = MONDAY + world.day * DAY_MS;
    world.pause = { since, until: since + happening.days * DAY_MS, reason: 'client away' };
  }
  return decideAndStore(world);
}

function act(world: RuleWorld, name: string, pick: number): void {
  const target = world.stored[pick % Math.max(world.stored.length, 1)];
  const rule = target && ruleOf(world.template, target);
  const command = COMMANDS[name];
  if (!target || !rule || !command) return;
  const now = MONDAY + world.day * DAY_MS + HOUR_MS;
  const result = applyCommand(target, rule, command(now), now, peopleOf(world));
  if (result.kind === 'refused') return;
  world.stored = world.stored.map((step) => (step === target ? result.step : step));
}

export function begin(template: TemplateBody): RuleWorld {
  const world: RuleWorld = {
    template,
    stays: [{ stage: template.purpose === 'afterSale' ? 'won' : 'a', day: 0 }],
    stored: [],
    day: 0,
    amount: '150.00',
    clientDate: null,
    dismissed: new Set(),
    away: new Set(),
    turns: 0,
    pause: null,
  };
  decideAndStore(world);
  return world;
}

export function ruleOf(template: TemplateBody, step: PlanStep): TemplateStep | undefined {
  return template.stages.flatMap((stage) => stage.steps).find((rule) => rule.key === step.stepKey);
}
