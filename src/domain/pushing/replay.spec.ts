import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deeds, FROM, norm, PLANS_SINCE, Portal, TO, type Deed } from '../../../test/support/rule-portal.js';
import { standardCalendar } from '../calendar/work-calendar.js';
import type { DealHistory } from './past-facts.js';
import { replayRule, type PastHit } from './rule-history.js';
import { ALL_KINDS, RULE_KINDS } from './rule-kinds.js';
import { evaluateDeal, isDealKind, standingHits } from './rules.js';
import type { AlertRule, DealFacts, DealRuleKind } from './rule.types.js';
import { FAR, waitSpanOf } from './wait.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SCHEDULE = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };
/** Seven minutes past, so that nothing happens in the very moment in which the time begins. */
const CREATED = [FROM - 12 * DAY, FROM + 26 * HOUR].map((at) => at + 7 * 60_000);

/** The rounds of one rule as they go: alerts, each once for ever, and over when the rule does not hold any more. */
class Rounds {
  readonly alerts: { episode: string; at: number; until: number | null; numbers: PastHit['numbers'] }[] = [];
  private lingers: number | null = null;

  constructor(private readonly rule: AlertRule) {}

  /** When to look again, unless something happens. */
  look(facts: DealFacts, now: number): number | null {
    const { plan, stageKind } = facts.pulse;
    const isDropped = stageKind !== 'open' && (plan === null || plan.state === 'closed');
    if (isDropped && this.rule.kind !== 'lostWithoutReason') {
      this.drop(now);
      return this.lingers;
    }
    const { hits, nextAt } = evaluateDeal([this.rule], facts, now, SCHEDULE);
    const found = standingHits(hits);
    for (const alert of this.standing())
      if (!found.some((hit) => hit.episode === alert.episode)) alert.until = now;
    for (const { episode, numbers } of found)
      if (!this.alerts.some((alert) => alert.episode === episode))
        this.alerts.push({ episode, at: now, until: null, numbers });
    this.lingers = null;
    return nextAt;
  }

  /** Nobody looks at the deal any more. */
  private drop(now: number): void {
    if (this.rule.kind === 'movedWithOpenSteps' && this.standing().length > 0) this.lingers ??= now + 7 * DAY;
    if (this.lingers !== null && now < this.lingers) return;
    for (const alert of this.standing()) alert.until = now;
    this.lingers = null;
  }

  private standing() {
    return this.alerts.filter((alert) => alert.until === null);
  }
}

function ruleOf(kind: DealRuleKind): AlertRule {
  const { recipients, delivery, escalation } = RULE_KINDS[kind];
  const own = { recipients, delivery, escalation, channels: ['host'] as const, hours: 'working' as const };
  return { ruleId: kind, kind, on: true, parameters: {}, ...own, demotedAt: null, since: FROM };
}

/** The last moment before the date at which something happened: then it was agreed. */
function agreementIn(portal: Portal, clientDate: number | null): number {
  if (clientDate === null) return FAR;
  const { begin } = waitSpanOf(clientDate, SCHEDULE.timeZone);
  const moments = [...portal.events, ...portal.visits].map((one) => one.at).filter((at) => at <= begin);
  return Math.max(portal.createdAt, ...moments);
}

interface Past {
  readonly createdAt: number;
  readonly list: readonly Deed[];
  readonly clientDate: number | null;
  readonly isSilent: boolean;
}

/** The same portal and the same rule, minute by minute. */
function live(
  { createdAt, list, clientDate, isSilent }: Past,
  rule: AlertRule,
): { alerts: readonly PastHit[]; history: DealHistory } {
  const known = new Portal(createdAt, clientDate, null);
  walk(known, list, () => undefined);
  const agreedAt = agreementIn(known, clientDate);
  const last = known.visits.at(-1);
  const portal = new Portal(createdAt, clientDate, isSilent && last?.kind === 'lost' ? last.at : null);
  const rounds = new Rounds(rule);
  let nextAt: number | null = null;
  const lookAt = (at: number): void => {
    if (at >= Math.max(FROM, createdAt) && at < TO) nextAt = rounds.look(portal.facts(at, agreedAt), at);
  };
  walk(portal, list, (at, before) => {
    for (; nextAt !== null && nextAt < at;) {
      const moment: number = nextAt;
      lookAt(moment);
      if (nextAt === moment) nextAt = null;
    }
    before();
    lookAt(at);
  });
  return { alerts: rounds.alerts, history: portal.history() };
}

/** Everything that happens, in its order: deeds, pauses that end by themselves, the day on which plans were switched on. */
function walk(portal: Portal, list: readonly Deed[], each: (at: number, before: () => void) => void): void {
  const step = (at: number, work: () => void): void => {
    let done = false;
    const once = (): void => {
      if (!done) work();
      done = true;
    };
    each(at, once);
    once();
  };
  const fixed = new Set([FROM, PLANS_SINCE]);
  const passed = (until: number): void => {
    for (;;) {
      const ends = portal.pauseEnds;
      const due = [...fixed, ...(ends !== null && ends < FAR ? [ends] : [])].filter((one) => one <= until);
      if (due.length === 0) return;
      const at = Math.min(...due);
      fixed.delete(at);
      step(at, () => (portal.pauseEnds === at ? portal.resume(at) : undefined));
    }
  };
  passed(portal.createdAt);
  step(portal.createdAt, () => undefined);
  let at = portal.createdAt;
  for (const deed of list) {
    at += deed.hours * HOUR;
    if (at >= TO) break;
    passed(at);
    // Of what changes nothing nobody hears, and no round is due.
    if (portal.takes(deed, at)) step(at, () => portal.apply(deed, at));
  }
  passed(TO);
  step(TO, () => undefined);
}

/** How many steps a plan had then is not kept; nobody reads it either. */
function told({ at, until, episode, numbers: { open: _open, ...numbers } }: PastHit): PastHit {
  return { episode, at, until, numbers };
}

/** A deal has to be put off three times for this rule to speak: by chance that is one past of hundreds. */
const OFTEN: Partial<Record<DealRuleKind, readonly Deed['what'][]>> = {
  putOffAgain: Array.from({ length: 15 }, () => 'snooze' as const),
};

function pastsOf(kind: DealRuleKind): fc.Arbitrary<Past> {
  return fc.record({
    createdAt: fc.constantFrom(...CREATED),
    list: deeds(OFTEN[kind]),
    clientDate: fc.option(fc.integer({ min: -5, max: 95 }).map((day) => FROM + day * DAY)),
    isSilent: fc.boolean(),
  });
}

describe('src/domain/pushing/rule-history against the live rounds', () => {
  for (const kind of ALL_KINDS.filter(isDealKind))
    it(`says of the past what the rounds would have said: ${kind}`, () => {
      let found = 0;
      fc.assert(
        fc.property(pastsOf(kind), (past) => {
          const { alerts, history } = live(past, ruleOf(kind));
          const replayed = replayRule(ruleOf(kind), history, {
            ...{ from: FROM, to: TO, plansSince: PLANS_SINCE, norm, schedule: SCHEDULE },
          });
          found += alerts.length;
          expect(replayed.map(told)).toEqual(alerts.map(told));
        }),
        { numRuns: 300 },
      );
      expect(found).toBeGreaterThan(0);
    });
});
