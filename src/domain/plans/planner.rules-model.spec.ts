import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  begin,
  happen,
  inputOf,
  RULE_STAGES,
  ruleHappenings,
  ruleOf,
  ruleTemplates,
  type RuleWorld,
} from '../../../test/support/plan-stories.js';
import { evaluate } from './condition.js';
import { decidePlan } from './planner.js';
import { validateTemplate } from './template-validation.js';
import type { PlanDecision, PlanStep } from './types.js';

const OPEN = ['future', 'waiting', 'actionable'];

function checkConditions(world: RuleWorld, decision: PlanDecision): void {
  const byKey = new Map(decision.steps.map((step) => [step.stepKey, step]));
  for (const step of decision.steps) {
    const condition = ruleOf(world.template, step)?.condition;
    if (!condition || step.state !== 'actionable' || step.manual.reopenedAt !== null) continue;
    const facts = inputOf(world);
    const verdict = evaluate(condition, {
      deal: facts.deal,
      fieldMap: {},
      timeZone: 'UTC',
      standing: (key) => {
        const other = byKey.get(key);
        if (!other) return { kind: 'none' };
        return OPEN.includes(other.state) ? { kind: 'open', stepKey: key } : { kind: 'ended', step: other };
      },
    });
    expect(`${step.stepKey}: ${verdict.kind}`).toBe(`${step.stepKey}: holds`);
  }
}

function checkGuards(world: RuleWorld, decision: PlanDecision): void {
  for (const verdict of decision.guards) {
    const stage = world.template.stages.find((candidate) => candidate.key === verdict.stageKey);
    expect(stage?.guard).toBe(verdict.kind);
    expect(verdict.missing.length).toBeGreaterThan(0);
    for (const key of verdict.missing) {
      expect(stage?.steps.find((rule) => rule.key === key)?.required).toBe(true);
      expect(decision.steps.some((step) => step.stepKey === key && step.outcome === null)).toBe(true);
    }
    expect(decision.status).not.toMatchObject({ kind: 'closed', as: 'lost' });
  }
}

function checkOwners(world: RuleWorld, decision: PlanDecision): void {
  for (const step of decision.steps.filter((candidate) => candidate.state === 'actionable')) {
    if (step.ownerId !== null) expect(world.dismissed.has(step.ownerId)).toBe(false);
    const turned = ruleOf(world.template, step)?.owner.kind === 'roundRobin' && step.manual.ownerId === null;
    if (turned && !step.notes.includes('groupEmpty')) expect(step.turnOf).toBeDefined();
  }
}

const lasting = (decision: PlanDecision): PlanDecision => ({
  ...decision,
  effects: decision.effects.filter((effect) => effect.kind !== 'turnTaken'),
});

describe('domain/plans/planner, with conditions, groups, repetition, guards, absences and pauses', () => {
  const stories = fc.tuple(ruleTemplates, fc.array(ruleHappenings, { minLength: 1, maxLength: 25 }));

  it('accepts every template that these stories are told of', () => {
    fc.assert(fc.property(ruleTemplates, (template) => validateTemplate(template).kind === 'valid'));
  });

  it('keeps its promises after every happening', () => {
    fc.assert(
      fc.property(stories, ([template, story]) => {
        const world = begin(template);
        for (const happening of story) {
          const decision = happen(world, happening);
          const ids = decision.steps.map((step) => `${step.stepKey}#${step.visitSeq}`);
          expect(new Set(ids).size).toBe(ids.length);
          checkConditions(world, decision);
          checkGuards(world, decision);
          checkOwners(world, decision);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when it decides again over its own answer, and takes no turn twice', () => {
    fc.assert(
      fc.property(stories, ([template, story]) => {
        const world = begin(template);
        for (const happening of story) happen(world, happening);
        const facts = inputOf(world);
        const once = decidePlan(facts);
        const again = decidePlan({ ...facts, steps: once.steps });
        expect(again).toEqual(lasting(once));
        expect(once.steps).toEqual(world.stored);
        const stored: unknown = JSON.parse(JSON.stringify(once.steps));
        expect(stored).toEqual(once.steps);
      }),
      { numRuns: 300 },
    );
  });

  it('never touches a finished step', () => {
    fc.assert(
      fc.property(stories, ([template, story]) => {
        const world = begin(template);
        for (const happening of story) {
          const before = world.stored.filter((step) => step.outcome);
          const acts = happening.kind === 'act';
          const decision = happen(world, happening);
          if (!acts) for (const step of before) expect(decision.steps).toContainEqual(step);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('comes to the same plan and the same verdicts whatever order the deal’s moves become known in', () => {
    const moves = fc.array(fc.constantFrom(...RULE_STAGES, 'won', 'lost'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ruleTemplates, moves, fc.infiniteStream(fc.nat({ max: 1_000 })), (template, way, order) => {
        const world = begin(template);
        world.stored = [];
        world.stays = ['a', ...way].map((stage, day) => ({ stage, day }));
        world.day = world.stays.length;
        const whole = inputOf(world);
        const inTime = decidePlan(whole);
        const shuffled = whole.visits
          .map((visit) => ({ visit, at: order.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ visit }) => visit);
        let late = inTime;
        let steps: readonly PlanStep[] = [];
        for (let known = 1; known <= shuffled.length; known += 1) {
          late = decidePlan({ ...whole, visits: shuffled.slice(0, known), steps });
          steps = late.steps;
        }
        expect(standing(late)).toEqual(standing(inTime));
        expect(late.guards).toEqual(inTime.guards);
        expect(late.status).toEqual(inTime.status);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same plan whether fields and people change before or after the moves become known', () => {
    const moves = fc.array(fc.constantFrom(...RULE_STAGES, 'won', 'lost'), { minLength: 1, maxLength: 6 });
    const places = fc.record({ amount: fc.nat({ max: 7 }), gone: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(ruleTemplates, moves, places, (template, way, place) => {
        const world = begin(template);
        world.stored = [];
        world.stays = ['a', ...way].map((stage, day) => ({ stage, day }));
        world.day = world.stays.length;
        const before = inputOf({ ...world, amount: null, dismissed: new Set() });
        const after = inputOf({ ...world, amount: '150.00', dismissed: new Set(['m1', 'am1']) });
        let late = decidePlan({ ...before, visits: [] });
        for (let known = 1; known <= 8; known += 1) {
          const deal = known > place.amount ? after.deal : before.deal;
          const people = known > place.gone ? after.people : before.people;
          const visits = after.visits.slice(0, known);
          late = decidePlan({ ...after, deal, people, visits, steps: late.steps });
        }
        const inTime = decidePlan(after);
        expect(standing(late)).toEqual(standing(inTime));
        expect(late.guards).toEqual(inTime.guards);
      }),
      { numRuns: 300 },
    );
  });
});

/** What is there to do, or done: a step that was there only while less was known is cancelled, for whatever reason. */
function standing(decision: PlanDecision): readonly string[] {
  return decision.steps
    .filter((step) => step.state !== 'cancelled')
    .map((step) => `${step.stepKey}#${step.visitSeq}:${step.state}:${step.because.code}`);
}
