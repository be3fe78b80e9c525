import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aCase, aDeal, DAY_MS, MONDAY, PEOPLE, type Stay } from '../../../../test/support/plan-builders.js';
import type { PlanDecision, PlanInput, PlanStep, ResultValue } from '../types.js';
import { decidePlan } from '../planner.js';
import { applyCommand, type StepCommand } from '../step-commands.js';
import type { ResultRule, TemplateBody } from '../template.types.js';
import { libraryTemplate, listLibrary } from './library.js';

/** More turns than any plan here can need: beyond it the plan goes in circles. */
const TURNS = 400;

interface Life {
  readonly decision: PlanDecision;
  readonly now: number;
  readonly done: readonly string[];
}

/** A seller who does every step on time; `answers` decides what comes out of it, tries without success included. */
class Seller {
  private at = 0;

  constructor(private readonly answers: readonly number[]) {}

  works(input: PlanInput): Life {
    const done: string[] = [];
    let { now, steps } = input;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const decision = decidePlan({ ...input, now, steps });
      ({ steps } = decision);
      const next = decision.steps.find((step) => step.state === 'actionable');
      if (next) {
        done.push(next.stepKey);
        const after = this.does(next, input.template, now);
        steps = steps.map((step) => (step === next ? after : step));
      } else if (decision.wakeAt === null || decision.status.kind === 'closed') {
        return { decision, now, done };
      } else now = Math.max(now + 1, decision.wakeAt);
    }
    throw new Error(`no end after ${TURNS} turns`);
  }

  private does(step: PlanStep, template: TemplateBody, now: number): PlanStep {
    const rule = template.stages.flatMap((stage) => stage.steps).find((each) => each.key === step.stepKey);
    if (!rule) throw new Error(`no rule for ${step.stepKey}`);
    const by = step.ownerId ?? 'seller';
    const inVain = rule.repeat !== undefined && this.next() % 2 === 1;
    const command: StepCommand = inVain
      ? { kind: 'attempt', by, note: '' }
      : { kind: 'done', by, result: this.result(rule.result) };
    const result = applyCommand(step, rule, command, now);
    if (result.kind === 'refused') throw new Error(`${step.stepKey}: ${result.code}`);
    return result.step;
  }

  private result(rule: ResultRule): ResultValue {
    if (rule.kind === 'text') return { kind: 'text', text: 'what the client said' };
    if (rule.kind === 'link') return { kind: 'link', url: 'https://example.com/paper' };
    if (rule.kind === 'number') return { kind: 'number', value: 10 };
    if (rule.kind === 'none') return { kind: 'none' };
    return { kind: 'choice', key: rule.choices[this.next() % rule.choices.length]?.key ?? '' };
  }

  private next(): number {
    this.at += 1;
    return this.answers[this.at % this.answers.length] ?? 0;
  }
}

function openSteps(decision: PlanDecision, stageKey?: string): readonly string[] {
  return decision.steps
    .filter((step) => ['actionable', 'waiting', 'future'].includes(step.state))
    .filter((step) => stageKey === undefined || step.stageKey === stageKey)
    .map((step) => `${step.stepKey}:${step.state}`);
}

function template(key: string): TemplateBody {
  const body = libraryTemplate(key, 'en');
  if (!body) throw new Error(`no ${key}`);
  return body;
}

const keysOf = (purpose: 'sale' | 'afterSale'): readonly string[] =>
  listLibrary()
    .filter((entry) => entry.purpose === purpose && entry.language === 'en')
    .map((entry) => entry.key);

const answers = fc.array(fc.nat(11), { minLength: 7, maxLength: 31 });

describe('domain/plans/library/library-life', () => {
  it.each(keysOf('sale'))('carries a deal to the money, whatever the client answers: %s', (key) => {
    const body = template(key);
    const way = body.stages.filter((stage) => stage.kind === 'open' || stage.kind === 'won');
    fc.assert(
      fc.property(answers, (given) => {
        const seller = new Seller(given);
        let stays: readonly Stay[] = [];
        let now = MONDAY;
        let steps: readonly PlanStep[] = [];
        for (const stage of way) {
          stays = [...stays, { stage: stage.key, day: (now - MONDAY) / DAY_MS }];
          const deal = aDeal(stage.key, stage.kind === 'won' ? { stageKind: 'won' } : {});
          const life = seller.works({ ...aCase(body, stays), deal, now, steps });
          expect(openSteps(life.decision, stage.key)).toEqual([]);
          expect(life.decision.guards).toEqual([]);
          ({ now } = life);
          steps = life.decision.steps;
          now += 60_000;
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each(keysOf('afterSale'))('ends by itself, whatever the client answers: %s', (key) => {
    fc.assert(
      fc.property(answers, (given) => {
        const input = aCase(template(key), [{ stage: 'won', day: 0 }], {
          deal: aDeal('won', { stageKind: 'won' }),
        });
        const life = new Seller(given).works(input);
        expect(openSteps(life.decision)).toEqual([]);
        expect(life.decision.status).toMatchObject({ kind: 'closed', as: 'won' });
        expect((life.now - MONDAY) / DAY_MS).toBeLessThan(180);
      }),
      { numRuns: 50 },
    );
  });

  it('brings the step that an answer calls for, and not the other one', () => {
    const body = template('transactional');
    const start = aCase(body, [{ stage: 'new', day: 0 }]);
    const talked = new Seller([0]).works(start);
    expect(talked.done).toEqual(['first-contact']);
    const askedToCallBack = new Seller([4]).works(start);
    expect(askedToCallBack.done).toEqual(['first-contact', 'call-back']);
  });

  it('proposes to close the deal after the last call that nobody answered', () => {
    const life = new Seller([1]).works(aCase(template('transactional'), [{ stage: 'new', day: 0 }]));
    expect(life.done).toEqual(['first-contact', 'first-contact', 'first-contact']);
    expect(life.decision.effects).toContainEqual(
      expect.objectContaining({ kind: 'proposeClose', reason: 'Called three times, nobody answered' }),
    );
  });

  it('starts the care after the sale when the money is there', () => {
    const body = template('b2b-twelve-status');
    const input = aCase(body, [{ stage: 'money', day: 0 }], { deal: aDeal('money', { stageKind: 'won' }) });
    expect(decidePlan(input).effects).toContainEqual({ kind: 'startPlan', templateKey: 'retention' });
  });

  it('gives a qualified client to the next seller in turn, and leaves him where he is without such a group', () => {
    const input = aCase(template('b2b-eighteen-steps'), [{ stage: 'qualification', day: 0 }]);
    const sellers = { members: ['anna', 'boris', 'vera'], keeperId: 'head', turns: 1 };
    const people = { ...PEOPLE, groups: new Map([['sellers', sellers]]) };
    const handed = new Seller([0]).works({ ...input, people });
    expect(handed.done).toEqual(['ours', 'topical', 'meeting', 'to-seller']);
    expect(handed.decision.effects).toContainEqual(
      expect.objectContaining({ kind: 'assignDeal', stepKey: 'to-seller', userId: 'boris' }),
    );
    expect(new Seller([0]).works(input).decision.effects).toEqual([]);
  });
});
