import { describe, expect, it } from '@jest/globals';
import { standardCalendar } from '../calendar/work-calendar.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import { isWorkingMoment } from '../calendar/working-time.js';
import {
  aCase,
  aStage,
  aStep,
  aTemplate,
  continued,
  DAY_MS,
  MONDAY,
  PEOPLE,
  picture,
  stepOf,
  withDone,
  type Stay,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand } from './step-commands.js';
import type { PlanStep, TemplateBody, TemplateStep } from './types.js';

/** What users of comparable products complain of, and what our plans do instead; one test a complaint. */

const OPEN: readonly PlanStep['state'][] = ['future', 'waiting', 'actionable'];

function stages(step: Partial<TemplateStep> = {}): TemplateBody {
  return aTemplate([
    aStage('a', [aStep('call', step), aStep('mail', step)]),
    aStage('b', [aStep('offer', step)]),
    aStage('c', [aStep('sign', step)]),
  ]);
}

function stays(...names: readonly string[]): readonly Stay[] {
  return names.map((stage, day) => ({ stage, day }));
}

describe('domain/plans, against what users of others complain of', () => {
  it.each(['nothing', 'reopenUndone', 'newPass'] as const)(
    'answers the complaint “duplicate tasks when a deal goes back” with the re-entry policy %s',
    (reentry) => {
      const template = stages({ reentry });
      const input = aCase(template, stays('a'));
      let steps: readonly PlanStep[] = withDone(decidePlan(input), ['call'], MONDAY);
      const way = ['a', 'b', 'a', 'b', 'a'];
      for (let length = 2; length <= way.length; length += 1) {
        steps = decidePlan(continued(input, steps, stays(...way.slice(0, length)))).steps;
        const tasks = steps.filter((step) => step.state === 'actionable').map((step) => step.stepKey);
        expect(new Set(tasks).size).toBe(tasks.length);
        expect(steps.filter((step) => step.stepKey === 'call' && step.state === 'done')).toHaveLength(1);
      }
      const passes = steps.filter((step) => step.stepKey === 'call').map((step) => step.visitSeq);
      expect(passes).toEqual(reentry === 'newPass' ? [1, 2, 3] : [1]);
    },
  );

  it('answers the complaint “tasks stay open after the deal moved or closed”', () => {
    const input = aCase(stages(), stays('a'));
    const first = decidePlan(input).steps;
    const moved = decidePlan(continued(input, first, stays('a', 'b')));
    expect(picture(moved).slice(0, 2)).toEqual(['call#1:cancelled', 'mail#1:cancelled']);
    for (const end of ['won', 'lost']) {
      const closed = decidePlan(continued(input, moved.steps, stays('a', 'b', end)));
      expect(closed.steps.filter((step) => OPEN.includes(step.state))).toEqual([]);
      for (const step of closed.steps) expect(step.because.params['at']).toEqual(expect.any(Number));
    }
  });

  it('answers the complaint “template changed, running deals half old half new”', () => {
    const running = stages();
    const input = aCase(running, stays('a'));
    const plan = decidePlan(input);
    const next = aTemplate([aStage('a', [aStep('call'), aStep('audit')]), ...running.stages.slice(1)]);
    // A plan holds its version: whatever is published beside it, deciding again over the same version changes nothing.
    expect(decidePlan({ ...input, steps: plan.steps }).steps).toEqual(plan.steps);
    // When it is moved to the new one, all of it is: what was done stays, what the version lacks is withdrawn.
    const migrated = decidePlan({ ...input, template: next, steps: withDone(plan, ['call'], MONDAY) });
    expect(picture(migrated)).toEqual([
      'call#1:done',
      'audit#1:actionable',
      'offer#1:future',
      'sign#1:future',
      'mail#1:cancelled',
    ]);
    expect(stepOf(migrated, 'mail').because.code).toBe('notInPlan');
  });

  it('answers the complaint “gate re-blocks, or never again”', () => {
    const template: TemplateBody = {
      ...stages({ reentry: 'newPass' }),
      stages: stages({ reentry: 'newPass' }).stages.map((stage) => ({ ...stage, guard: 'return' })),
    };
    const input = aCase(template, stays('a'));
    const done = withDone(decidePlan(input), ['call', 'mail'], MONDAY);
    const passed = decidePlan(continued(input, done, stays('a', 'b')));
    expect(passed.guards).toEqual([]);
    const back = decidePlan(continued(input, passed.steps, stays('a', 'b', 'a')));
    expect(back.guards).toEqual([]);
    const again = continued(input, back.steps, stays('a', 'b', 'a', 'b'));
    const blocked = decidePlan(again);
    expect(blocked.guards).toMatchObject([{ kind: 'return', stageKey: 'a', missing: ['call', 'mail'] }]);
    const leftAt = blocked.guards[0]?.leftAt ?? 0;
    expect(decidePlan({ ...again, overrides: [{ stageKey: 'a', leftAt }] }).guards).toEqual([]);
  });

  it('answers the complaint “weekends, holidays, vacations”', () => {
    const vacation = { from: '2026-12-28', to: '2027-01-15' };
    const seller: Schedule = {
      calendar: { ...standardCalendar('RU'), absences: [vacation] },
      timeZone: 'Asia/Vladivostok',
    };
    const day = (Date.parse('2026-12-25T02:00:00Z') - MONDAY) / DAY_MS;
    const people = { ...PEOPLE, schedules: new Map([['seller', seller]]) };
    const template = stages({
      offset: { anchor: { from: 'stageEntry' }, amount: 3, unit: 'calendarDays' },
    });
    const startedAt = MONDAY + day * DAY_MS;
    const input = aCase(template, [{ stage: 'a', day }], { people, startedAt });
    const waits = stepOf(decidePlan(input), 'call');
    expect(isWorkingMoment(waits.dueAt ?? 0, seller)).toBe(true);
    expect(waits.dueAt).toBe(Date.parse('2027-01-18T09:00:00+10:00'));
    const deputies = new Map([['seller', [{ ...vacation, userId: 'deputy' }]]]);
    const stoodIn = decidePlan({ ...input, people: { ...people, deputies } });
    expect(stepOf(stoodIn, 'call')).toMatchObject({ ownerId: 'deputy', notes: ['deputy'] });
  });

  it('answers the complaint “endless postponing”', () => {
    const rule = aStep('call');
    let step = stepOf(decidePlan(aCase(stages(), stays('a'))), 'call');
    const bare = { kind: 'reschedule', by: 'seller', dueAt: MONDAY + 5 * DAY_MS, reason: ' ' } as const;
    expect(applyCommand(step, rule, bare, MONDAY)).toEqual({ kind: 'refused', code: 'reasonTooShort' });
    for (let time = 1; time <= 3; time += 1) {
      const command = {
        ...bare,
        dueAt: MONDAY + time * 7 * DAY_MS,
        reason: 'client asked to wait',
      };
      const result = applyCommand(step, rule, command, MONDAY);
      if (result.kind === 'refused') throw new Error(result.code);
      step = result.step;
    }
    expect(step.manual).toMatchObject({ postponed: 3, dueReason: 'client asked to wait' });
  });

  it('answers the complaint “clock reset by something invisible”', () => {
    const input = aCase(stages({ reentry: 'reopenUndone' }), stays('a'));
    const plan = decidePlan(continued(input, decidePlan(input).steps, stays('a', 'b', 'a')));
    expect(stepOf(plan, 'call').because).toEqual({ code: 'reentryReopened', params: { stageKey: 'a' } });
    expect(stepOf(plan, 'offer').because.code).toBe('stageAhead');
    const byHand = plan.steps.map((step) => ({
      ...step,
      manual: { ...step.manual, dueAt: MONDAY + 9 * DAY_MS, ownerId: 'other' },
    }));
    const edited = decidePlan({ ...continued(input, byHand, stays('a', 'b', 'a')) });
    expect(stepOf(edited, 'call').notes).toEqual(['ownerByHand', 'dueByHand']);
    // Time alone, and decisions repeated as often as one likes, move no deadline.
    const later = decidePlan({ ...input, steps: decidePlan(input).steps, now: MONDAY + 30 * DAY_MS });
    expect(stepOf(later, 'call').dueAt).toBe(stepOf(decidePlan(input), 'call').dueAt);
  });
});
