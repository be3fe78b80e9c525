import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardCalendar } from '../calendar/work-calendar.js';
import { isHeldOut, shouldDemote } from './alerts.js';
import type { DealPulse } from './pulse.js';
import { ALL_KINDS } from './rule-kinds.js';
import { evaluateDeal, isDealKind } from './rules.js';
import type { AlertRule, DealFacts } from './rule.types.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 23, 9);
const SCHEDULE = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };
const RULES: readonly AlertRule[] = ALL_KINDS.filter(isDealKind).map((kind) => ({
  ruleId: kind,
  kind,
  on: true,
  parameters: {},
  recipients: ['seller'],
  channels: ['host'],
  delivery: 'instant',
  hours: 'working',
  escalation: [],
  demotedAt: null,
  since: 0,
}));

const past = fc.integer({ min: 0, max: 60 * 24 }).map((hours) => NOW - hours * HOUR);
const near = fc.integer({ min: -20 * 24, max: 20 * 24 }).map((hours) => NOW + hours * HOUR);
const plans: fc.Arbitrary<DealPulse['plan']> = fc.option(
  fc.record({
    planId: fc.constant('plan'),
    templateId: fc.constant('template'),
    version: fc.constant(1),
    state: fc.constantFrom('active', 'paused', 'closed'),
    doneSteps: fc.nat(5),
    openSteps: fc.nat(5),
    dueAts: fc.array(near, { maxLength: 3 }).map((times) => times.toSorted((a, b) => a - b)),
    nextStepId: fc.constantFrom('call~1', null),
    nextOwnerId: fc.constant('anna'),
    endsEarly: fc.boolean(),
  }),
);
const pulses: fc.Arbitrary<DealPulse> = fc.record({
  dealId: fc.constant('D_1'),
  pipelineId: fc.constant('P'),
  stageId: fc.constant('A'),
  stageKind: fc.constantFrom('open', 'lost'),
  ownerId: fc.constant('anna'),
  amount: fc.constant(null),
  createdAt: past,
  stageSince: past,
  lastEvent: fc.record({ kind: fc.constantFrom('created', 'activity'), at: past }),
  unsorted: fc.boolean(),
  acceptedAt: fc.option(past),
  plan: plans,
  waitingUntil: fc.option(near),
  snoozedUntil: fc.option(near),
  pushedAt: fc.constant(null),
});
const facts: fc.Arbitrary<DealFacts> = fc.record({
  pulse: pulses,
  norm: fc.record({
    normMs: fc.option(fc.constant(3 * DAY)),
    stuckAfterMs: fc.option(fc.constant(5 * DAY)),
    place: fc.constant(0),
    openStages: fc.constant(3),
  }),
  plansOn: fc.boolean(),
  touches: fc.nat(5),
  leftOpen: fc.option(fc.record({ at: past, steps: fc.nat(3) })),
  lostSilently: fc.option(past),
  putOff: fc.option(fc.record({ times: fc.integer({ min: 1, max: 5 }), at: past })),
});

/** A deal without a plan on which somebody worked a moment ago. */
const CALM: DealFacts = {
  pulse: {
    ...{ dealId: 'D_1', pipelineId: 'P', stageId: 'A', stageKind: 'open', ownerId: 'anna', amount: null },
    ...{ createdAt: NOW - 30 * DAY, stageSince: NOW - 30 * DAY, lastEvent: { kind: 'activity', at: NOW } },
    ...{
      unsorted: false,
      acceptedAt: null,
      plan: null,
      waitingUntil: null,
      snoozedUntil: null,
      pushedAt: null,
    },
  },
  norm: { normMs: null, stuckAfterMs: null, place: 0, openStages: 3 },
  ...{ plansOn: false, touches: 9, leftOpen: null, lostSilently: null, putOff: null },
};

function keys(one: DealFacts, at: number): ReadonlySet<string> {
  return new Set(evaluateDeal(RULES, one, at, SCHEDULE).hits.map((hit) => `${hit.rule.kind} ${hit.episode}`));
}

describe('src/domain/pushing/rules', () => {
  it('finds nothing new before the moment it names, and something at that moment', () => {
    fc.assert(
      fc.property(facts, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
        const { nextAt } = evaluateDeal(RULES, one, NOW, SCHEDULE);
        const now = keys(one, NOW);
        if (nextAt === null) return expect(keys(one, NOW + 400 * DAY)).toEqual(now);
        const between = Math.floor(NOW + (nextAt - 1 - NOW) * share);
        expect(keys(one, between)).toEqual(now);
        expect(keys(one, nextAt).size).toBeGreaterThan(now.size);
      }),
    );
  });

  it('stays true under the same episode while nothing happens, so that nobody is told twice', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 90 * 24 }), (one, hours) => {
        const later = keys(one, NOW + hours * HOUR);
        for (const key of keys(one, NOW)) expect(later).toContain(key);
      }),
    );
  });

  it('says nothing of a snoozed deal until the date, but for a loss without a reason and the snoozing itself', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const snoozed = { ...one, pulse: { ...one.pulse, snoozedUntil: NOW + DAY } };
        const kinds = [...keys(snoozed, NOW)].filter((key) => !/^(lostWithoutReason|putOffAgain) /.test(key));
        expect(kinds).toEqual([]);
      }),
    );
  });

  it('lets the whole day of the client pass before it says anything, and begins idleness after it', () => {
    const day = Date.UTC(2026, 10, 24);
    const last = { kind: 'activity', at: NOW - 20 * DAY } as const;
    const dated = { ...CALM, pulse: { ...CALM.pulse, waitingUntil: day, lastEvent: last } };
    const rules = RULES.filter((rule) => rule.kind === 'clientDatePassed' || rule.kind === 'idle');
    const kinds = (at: number, facts_: DealFacts = dated) =>
      evaluateDeal(rules, facts_, at, SCHEDULE).hits.map((hit) => hit.rule.kind);
    // 10:00 of the next working day in Moscow, an hour after work begins.
    const passed = Date.UTC(2026, 10, 25, 7);
    expect(kinds(passed - 1)).toEqual([]);
    expect(kinds(passed)).toEqual(['clientDatePassed']);
    expect(kinds(passed + 6 * DAY)).toEqual(['clientDatePassed']);
    expect(kinds(passed + 7 * DAY)).toEqual(['idle', 'clientDatePassed']);
    const kept = { ...last, at: day + 12 * HOUR };
    expect(kinds(passed, { ...dated, pulse: { ...dated.pulse, lastEvent: kept } })).toEqual([]);
  });

  it('proposes to close a deal that stays dormant, as a second thing to say', () => {
    const rules = RULES.filter((rule) => rule.kind === 'dormant');
    const hits = (days: number) =>
      evaluateDeal(rules, CALM, CALM.pulse.lastEvent.at + days * DAY, SCHEDULE).hits;
    expect([29, 30, 44, 45].map((days) => hits(days).length)).toEqual([0, 1, 1, 2]);
    expect(new Set(hits(45).map((hit) => hit.episode)).size).toBe(2);
    const early = rules.map((rule) => ({ ...rule, parameters: { after: 60, close: 45 } }));
    expect(evaluateDeal(early, CALM, NOW + 400 * DAY, SCHEDULE).hits).toHaveLength(1);
  });

  it('tells nothing that was so before the rule was switched on', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const fresh = RULES.map((rule) => ({ ...rule, since: NOW + 1 }));
        expect(evaluateDeal(fresh, one, NOW, SCHEDULE).hits).toEqual([]);
      }),
    );
  });
});

describe('src/domain/pushing/alerts', () => {
  it('holds out about the share that is asked for, and always the same deals', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `D_${index}`);
    const held = ids.filter((id) => isHeldOut('idle', id, 0.1));
    expect(held.length).toBeGreaterThan(1_800);
    expect(held.length).toBeLessThan(2_200);
    expect(ids.filter((id) => isHeldOut('idle', id, 0.1))).toEqual(held);
    expect(ids.some((id) => isHeldOut('idle', id, 0))).toBe(false);
  });

  it('demotes an instant rule that nobody acts on, and only after enough alerts', () => {
    const none = { acted: 0, moved: 0, heldOut: 0, movedHeldOut: 0 };
    expect(shouldDemote({ delivery: 'instant' }, { sent: 30, ...none })).toBe(true);
    expect(shouldDemote({ delivery: 'instant' }, { sent: 29, ...none })).toBe(false);
    expect(shouldDemote({ delivery: 'instant' }, { ...none, sent: 30, acted: 3 })).toBe(false);
    expect(shouldDemote({ delivery: 'digest' }, { sent: 90, ...none })).toBe(false);
  });
});
