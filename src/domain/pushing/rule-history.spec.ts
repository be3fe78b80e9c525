import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardCalendar } from '../calendar/work-calendar.js';
import { CompanyPast } from './company-history.js';
import type { Crew } from './crew.js';
import { DryRunCount, tellingsOf } from './dry-run.js';
import { differenceOfShares } from './effect.js';
import type { DealHistory } from './past-facts.js';
import { replayRule } from './rule-history.js';
import { ALL_KINDS, RULE_KINDS } from './rule-kinds.js';
import { isDealKind } from './rules.js';
import type { AlertRule, RuleKind } from './rule.types.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const FROM = Date.UTC(2026, 8, 7, 0);
const TO = FROM + 90 * DAY;
const SCHEDULE = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };
const SURROUNDINGS = {
  from: FROM,
  to: TO,
  plansSince: FROM,
  norm: () => ({ normMs: null, stuckAfterMs: null, place: 0, openStages: 3 }),
  schedule: SCHEDULE,
};
const CREW: Crew = {
  structure: {
    users: ['anna', 'head'].map((id) => ({ id, departmentIds: ['sales'] })),
    departments: [{ id: 'sales', parentId: null, headId: 'head' }],
  },
  activeIds: new Set(['anna', 'head']),
  schedules: new Map(),
  fallback: SCHEDULE,
  deputies: new Map(),
};

const COMPANY = { crew: CREW, listAt: '09:00' };

function rule(kind: RuleKind, more: Partial<AlertRule> = {}): AlertRule {
  const { recipients, delivery, escalation } = RULE_KINDS[kind];
  const own = { recipients, delivery, escalation, channels: ['host'] as const, hours: 'working' as const };
  return { ruleId: kind, kind, on: false, parameters: {}, ...own, demotedAt: null, since: 0, ...more };
}

function history(more: Partial<DealHistory>): DealHistory {
  return {
    dealId: 'D_1',
    pipelineId: 'P',
    title: 'Ромашка',
    ownerId: 'anna',
    createdAt: FROM,
    visits: [{ stageId: 'A', kind: 'open', at: more.createdAt ?? FROM, intake: false }],
    events: [],
    plans: [],
    steps: [],
    snoozes: [],
    pauses: [],
    clientDate: null,
    acceptedAt: null,
    lostSilently: false,
    ...more,
  };
}

const moments = fc
  .uniqueArray(fc.integer({ min: 1, max: 89 * 24 }), { maxLength: 20 })
  .map((hours) => hours.toSorted((a, b) => a - b).map((hour) => FROM + hour * HOUR));

/** The plan's first step; the work on it is told by each test. */
const FIRST_STEP = {
  planId: 'p',
  stepId: 'call~1',
  stageKey: 'first',
  ownerId: 'anna',
  left: false,
  ahead: false,
};

describe('src/domain/pushing/rule-history', () => {
  it('finds every stretch of seven silent days, once, from the moment it was seven days long until it ended', () => {
    fc.assert(
      fc.property(moments, (times) => {
        const events = times.map((at) => ({ at, kind: 'activity' as const }));
        const all = [FROM, ...times];
        const expected = all.flatMap((at, index) => {
          const next = all[index + 1] ?? TO;
          return at + 7 * DAY < next ? [[at + 7 * DAY, all[index + 1] ?? null]] : [];
        });
        const found = replayRule(rule('idle'), history({ events }), SURROUNDINGS);
        expect(found.map(({ at, until }) => [at, until])).toEqual(expected);
      }),
    );
  });

  it('tells no episode twice, nothing outside the time, and nothing that ended before it began', () => {
    const kinds = fc.constantFrom(...ALL_KINDS.filter(isDealKind));
    fc.assert(
      fc.property(kinds, moments, moments, (kind, events, turns) => {
        const visits = turns.map((at, index) => ({
          stageId: `S${index % 3}`,
          kind: index % 5 === 4 ? ('lost' as const) : ('open' as const),
          at,
          intake: index % 4 === 0,
        }));
        const steps = turns.map((at, index) => ({
          planId: 'plan',
          stepId: `call~${index}`,
          stageKey: 'first',
          ownerId: 'anna',
          from: at,
          dueAt: at + DAY,
          to: events[index] ?? null,
          left: index % 3 === 0,
          ahead: false,
        }));
        const past = history({
          visits: [{ stageId: 'A', kind: 'open', at: FROM, intake: true }, ...visits],
          events: events.map((at) => ({ at, kind: 'activity' as const })),
          plans: [{ planId: 'plan', templateId: 't', version: 1, from: FROM, to: null }],
          steps,
          snoozes: turns.map((at) => ({ at, until: at + DAY })),
          lostSilently: true,
        });
        const found = replayRule(rule(kind), past, SURROUNDINGS);
        expect(new Set(found.map((hit) => hit.episode)).size).toBe(found.length);
        for (const hit of found) {
          expect(hit.at >= FROM && hit.at < TO).toBe(true);
          expect(hit.until === null || hit.until > hit.at).toBe(true);
        }
      }),
    );
  });

  it('sees an overdue step, a late first contact, a silent loss and a third snooze where they were', () => {
    const lead = FROM + 7 * HOUR;
    const late = replayRule(rule('firstContactLate'), history({ createdAt: lead }), SURROUNDINGS);
    expect(late).toMatchObject([{ at: lead + HOUR / 4, until: null }]);
    const overdue = replayRule(
      rule('stepOverdue'),
      history({
        plans: [{ planId: 'p', templateId: 't', version: 1, from: FROM, to: null }],
        steps: [{ ...FIRST_STEP, from: FROM, dueAt: lead, to: FROM + 2 * DAY }],
      }),
      SURROUNDINGS,
    );
    expect(overdue).toMatchObject([{ at: lead + HOUR, until: FROM + 2 * DAY }]);
    const lost = replayRule(
      rule('lostWithoutReason'),
      history({ visits: [{ stageId: 'L', kind: 'lost', at: lead, intake: false }], lostSilently: true }),
      SURROUNDINGS,
    );
    expect(lost).toMatchObject([{ at: lead + HOUR / 2 }]);
    const snoozes = [1, 2, 3].map((day) => ({ at: FROM + day * DAY, until: FROM + day * DAY + HOUR }));
    const putOff = replayRule(rule('putOffAgain'), history({ snoozes }), SURROUNDINGS);
    expect(putOff).toMatchObject([{ at: FROM + 3 * DAY, numbers: { times: 3 } }]);
  });
});

describe('src/domain/pushing/rule-history of plans and dates', () => {
  const plan = { planId: 'p', templateId: 't', version: 1, from: FROM, to: null };
  const later = { ...FIRST_STEP, stepId: 'offer~0', stageKey: 'offer', from: null, dueAt: null };

  it('finds a plan without steps for the stages ahead, from the moment at which the last of them was gone', () => {
    const begun = { ...FIRST_STEP, from: FROM, dueAt: FROM + DAY, to: null };
    const found = replayRule(
      rule('planEndsEarly'),
      history({ plans: [plan], steps: [begun, { ...later, to: FROM + 5 * DAY }] }),
      SURROUNDINGS,
    );
    expect(found).toMatchObject([{ at: FROM + 5 * DAY, until: null }]);
    const whole = history({ plans: [plan], steps: [begun, { ...later, to: null, ahead: true }] });
    expect(replayRule(rule('planEndsEarly'), whole, SURROUNDINGS)).toEqual([]);
    const atTheEnd = { ...SURROUNDINGS, norm: () => ({ ...SURROUNDINGS.norm(), place: 2 }) };
    expect(replayRule(rule('planEndsEarly'), history({ plans: [plan], steps: [begun] }), atTheEnd)).toEqual(
      [],
    );
  });

  it('finds the client’s date that passed without a word, and none that somebody kept', () => {
    const clientDate = FROM + 10 * DAY + 12 * HOUR;
    const passed = replayRule(rule('clientDatePassed'), history({ clientDate }), SURROUNDINGS);
    expect(passed).toMatchObject([{ numbers: { date: clientDate }, until: null }]);
    expect((passed[0]?.at ?? 0) > clientDate).toBe(true);
    const events = [{ at: clientDate + HOUR / 4, kind: 'activity' as const }];
    expect(replayRule(rule('clientDatePassed'), history({ clientDate, events }), SURROUNDINGS)).toEqual([]);
    expect(replayRule(rule('clientDatePassed'), history({}), SURROUNDINGS)).toEqual([]);
  });

  it('expects nothing of a paused plan, and of a deal that waits with it', () => {
    const steps = [{ ...FIRST_STEP, from: FROM, dueAt: FROM + 2 * DAY, to: null }];
    const pauses = [{ at: FROM + DAY, until: FROM + 20 * DAY }];
    const overdue = replayRule(rule('stepOverdue'), history({ plans: [plan], steps, pauses }), SURROUNDINGS);
    expect(overdue.map((hit) => hit.at)).toEqual([FROM + 20 * DAY]);
    const idle = replayRule(rule('idle'), history({ pauses }), SURROUNDINGS);
    expect(idle.map((hit) => hit.at)).toEqual([FROM + 20 * DAY]);
    const forEver = history({ pauses: [{ at: FROM + DAY, until: null }] });
    expect(replayRule(rule('idle'), forEver, SURROUNDINGS)).toEqual([]);
  });
});

describe('src/domain/pushing/dry-run', () => {
  it('tells the recipients in their hours and the ladder only while the finding lasts', () => {
    const subject = { ownerId: 'anna', productManagerId: null };
    const night = FROM + 22 * HOUR;
    const idle = rule('idle', { escalation: [{ after: 2, unit: 'workingDays', to: 'head' }] });
    const short = tellingsOf(idle, { at: night, until: night + DAY }, subject, COMPANY, TO);
    expect(short).toEqual([{ userId: 'anna', at: FROM + DAY + 6 * HOUR, level: 0 }]);
    const long = tellingsOf(idle, { at: night, until: null }, subject, COMPANY, TO);
    expect(long.map(({ userId, level }) => [userId, level])).toEqual([
      ['anna', 0],
      ['head', 1],
    ]);
    const over = tellingsOf(idle, { at: night, until: night + HOUR }, subject, COMPANY, TO);
    expect(over).toEqual([]);
  });

  it('counts people, the busiest day and the budget, and keeps examples spread over the time', () => {
    const count = new DryRunCount<number>(CREW, { from: FROM, to: TO }, 20);
    for (let day = 0; day < 90; day += 1)
      for (let one = 0; one < (day === 3 ? 8 : 1); one += 1)
        count.add(`D_${day}`, day, [{ userId: 'anna', at: FROM + day * DAY + 9 * HOUR, level: 0 }]);
    const sum = count.sum({ delivery: 'instant' }, 5);
    expect(sum).toMatchObject({ alerts: 97, people: 1, deals: 90, withinBudget: 94 });
    expect(sum.busiest).toEqual({ userId: 'anna', day: '2026-09-10', alerts: 8 });
    expect(sum.examples).toHaveLength(20);
    expect(count.sum({ delivery: 'digest' }, 5).withinBudget).toBe(97);
  });
});

describe('src/domain/pushing/company-history', () => {
  it('finds the day on which the top of a seller’s funnel ran empty, and when it was full again', () => {
    const past = new CompanyPast(FROM, TO, (at) => at + 7 * DAY);
    const norm = (stageId: string) => ({
      normMs: null,
      stuckAfterMs: null,
      place: stageId === 'A' ? 0 : 2,
      openStages: 3,
    });
    const visit = (stageId: string, at: number) => ({ stageId, kind: 'open' as const, at, intake: false });
    for (let deal = 0; deal < 3; deal += 1)
      past.add(
        history({ dealId: `D_${deal}`, visits: [visit('A', FROM), visit('C', FROM + 10 * DAY)] }),
        norm,
        () => 0,
      );
    for (let deal = 3; deal < 6; deal += 1) {
      const createdAt = FROM + 20 * DAY;
      past.add(history({ dealId: `D_${deal}`, createdAt, visits: [visit('A', createdAt)] }), norm, () => 0);
    }
    expect(past.hits(rule('topEmpty'), () => 0)).toMatchObject([
      { userId: 'anna', pipelineId: 'P', at: FROM + 10 * DAY, until: FROM + 20 * DAY, numbers: { first: 0 } },
    ]);
  });

  it('finds a seller who closed everything and has nothing open, in the funnel sold in most', () => {
    const past = new CompanyPast(FROM, TO, (at) => at + 7 * DAY);
    const visits = (open: number, closed: number) => [
      { stageId: 'A', kind: 'open' as const, at: open, intake: false },
      { stageId: 'W', kind: 'won' as const, at: closed, intake: false },
    ];
    for (const [deal, pipelineId] of ['P', 'Q', 'Q'].entries())
      past.add(
        history({ dealId: `D_${deal}`, pipelineId, visits: visits(FROM, FROM + 10 * DAY) }),
        SURROUNDINGS.norm,
        () => 0,
      );
    const empty = { userId: 'anna', pipelineId: 'Q', at: FROM + 10 * DAY, until: null, numbers: { open: 0 } };
    expect(past.hits(rule('topEmpty', { parameters: { count: 1 } }), () => 0)).toMatchObject([empty]);
    expect(past.hits(rule('tooFewNearClosing'), () => 0)).toMatchObject([empty]);
  });

  it('finds a week with more planned minutes than the seller has', () => {
    const past = new CompanyPast(FROM, TO, (at) => at + 7 * DAY);
    const steps = Array.from({ length: 10 }, (_, index) => ({
      planId: 'p',
      stepId: `call~${index}`,
      stageKey: 'first',
      ownerId: 'anna',
      from: FROM,
      dueAt: FROM + 2 * DAY,
      to: FROM + 4 * DAY,
      left: false,
      ahead: false,
    }));
    const plan = { planId: 'p', templateId: 't', version: 1, from: FROM, to: null };
    past.add(history({ plans: [plan], steps }), SURROUNDINGS.norm, () => 60);
    const hits = past.hits(rule('sellerOverloaded'), () => 480);
    expect(hits).toMatchObject([
      { userId: 'anna', at: FROM, until: FROM + 4 * DAY, numbers: { planned: 600, capacity: 480 } },
    ]);
  });
});

describe('src/domain/pushing/effect', () => {
  it('agrees with the published example of the method, and keeps inside its bounds', () => {
    // Newcombe 1998, table II (a): 56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339.
    const { low, high } = differenceOfShares(56, 70, 48, 80);
    expect(low).toBeCloseTo(0.0524, 3);
    expect(high).toBeCloseTo(0.3339, 3);
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50), (a, more, b, others) => {
        const one = differenceOfShares(a, a + more, b, b + others);
        expect(one.low).toBeGreaterThanOrEqual(-1.000001);
        expect(one.high).toBeLessThanOrEqual(1.000001);
        expect(one.low <= one.difference && one.difference <= one.high).toBe(true);
      }),
    );
  });
});
