import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareHurt,
  deviationOf,
  doneShareOf,
  NOTHING,
  standingOf,
  sumOf,
  tally,
  type DayRecord,
  type DayThing,
  type Hurting,
} from './day.js';

const DAY_MS = 86_400_000;
const DAY = { startsAt: 10 * DAY_MS, endsAt: 11 * DAY_MS };
const NOON = 10.5 * DAY_MS;

const THING: DayThing = { kind: 'step', dueAt: NOON, fate: { kind: 'open' }, movedBecause: null };
const PLANNED: DayRecord = { kind: 'planned', reason: null, cause: null, until: null };

const fates = fc.oneof(
  fc.constant({ kind: 'open' } as const),
  fc.constant({ kind: 'gone' } as const),
  fc.record({ kind: fc.constant('done' as const), at: fc.integer({ min: 0, max: 20 * DAY_MS }) }),
  fc.record({
    kind: fc.constant('failed' as const),
    at: fc.integer({ min: 0, max: 20 * DAY_MS }),
    reason: fc.string(),
    cause: fc.constantFrom('client' as const, 'outer' as const, 'omission' as const, null),
  }),
);
const things = fc.record({
  kind: fc.constantFrom('step' as const, 'push' as const, 'clientDate' as const),
  dueAt: fc.option(fc.integer({ min: 0, max: 20 * DAY_MS })),
  fate: fates,
  movedBecause: fc.option(fc.string()),
});
const records = fc.option(
  fc.record({
    kind: fc.constantFrom(
      'planned' as const,
      'done' as const,
      'notDone' as const,
      'moved' as const,
      'unexplained' as const,
    ),
    reason: fc.option(fc.string()),
    cause: fc.constantFrom('client' as const, null),
    until: fc.option(fc.integer({ min: 0, max: 20 * DAY_MS })),
  }),
);

describe('src/domain/pushing/day', () => {
  it('counts what is due, late or done on the day, and nothing else', () => {
    expect(standingOf(THING, null, DAY)?.state).toBe('open');
    expect(standingOf({ ...THING, dueAt: 3 * DAY_MS }, null, DAY)?.state).toBe('open');
    expect(standingOf({ ...THING, dueAt: DAY.endsAt }, null, DAY)).toBeNull();
    expect(standingOf({ ...THING, dueAt: null }, null, DAY)).toBeNull();
    expect(standingOf({ ...THING, fate: { kind: 'done', at: NOON } }, null, DAY)).toMatchObject({
      state: 'done',
      elsewhere: true,
    });
    expect(standingOf({ ...THING, fate: { kind: 'done', at: DAY.startsAt - 1 } }, PLANNED, DAY)).toBeNull();
  });

  it('keeps open on the day what was done after it', () => {
    const late: DayThing = { ...THING, fate: { kind: 'done', at: DAY.endsAt } };
    expect(standingOf(late, PLANNED, DAY)?.state).toBe('open');
    expect(standingOf({ ...late, dueAt: DAY.endsAt + 5 }, PLANNED, DAY)?.state).toBe('open');
  });

  it('takes a negative result for one, with its reason', () => {
    const failed: DayThing = {
      ...THING,
      fate: { kind: 'failed', at: NOON, reason: 'дорого', cause: 'client' },
    };
    expect(standingOf(failed, null, DAY)).toMatchObject({
      state: 'notDone',
      reason: 'дорого',
      cause: 'client',
    });
  });

  it('lets the day explain what the facts leave open, until the facts say more', () => {
    const said: DayRecord = { ...PLANNED, kind: 'notDone', reason: 'заболел', cause: 'outer' };
    expect(standingOf(THING, said, DAY)).toMatchObject({ state: 'notDone', reason: 'заболел' });
    expect(standingOf({ ...THING, fate: { kind: 'done', at: NOON } }, said, DAY)?.state).toBe('done');
  });

  it('sees that a planned step was moved in the plan, and forgets one that the plan cancelled', () => {
    const moved: DayThing = { ...THING, dueAt: 13 * DAY_MS, movedBecause: 'клиент в отпуске' };
    expect(standingOf(moved, PLANNED, DAY)).toMatchObject({
      state: 'moved',
      elsewhere: true,
      reason: 'клиент в отпуске',
      until: 13 * DAY_MS,
    });
    expect(standingOf({ ...THING, fate: { kind: 'gone' } }, PLANNED, DAY)).toBeNull();
  });

  it('counts everything of a day exactly once, and a sum of days as its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(things, records)), (all) => {
        const states = all.flatMap(([thing, record]) => standingOf(thing, record, DAY)?.state ?? []);
        const { planned, done, notDone, moved, unexplained } = tally(states);
        expect(done + notDone + moved + unexplained).toBe(planned);
        expect(sumOf(states.map((state) => tally([state])))).toEqual(tally(states));
      }),
    );
  });

  it('says the same of a thing when it is looked at again with its own answer kept', () => {
    fc.assert(
      fc.property(things, (thing) => {
        const first = standingOf(thing, null, DAY);
        if (!first || first.state === 'open') return;
        const kept: DayRecord = {
          kind: first.state,
          reason: first.reason,
          cause: first.cause,
          until: first.until,
        };
        expect(standingOf(thing, kept, DAY)).toMatchObject({ state: first.state, reason: first.reason });
      }),
    );
  });

  it('puts first what hurts most: questions, promised dates, appointments, then days late times amount', () => {
    const one = (id: string, part: Partial<Hurting>): Hurting => ({
      id,
      kind: 'step',
      state: 'open',
      dueAt: NOON,
      amount: null,
      timed: false,
      lowered: false,
      escalated: false,
      ...part,
    });
    const list = [
      one('settled', { state: 'done', amount: '9999999' }),
      one('lowered', { lowered: true, amount: '900000' }),
      one('small and late', { dueAt: NOON - 5 * DAY_MS, amount: '10' }),
      one('big and late', { dueAt: NOON - 2 * DAY_MS, amount: '1000000' }),
      one('today', { dueAt: NOON + 5 }),
      one('meeting at one', { timed: true, dueAt: NOON + 3_600_000 }),
      one('meeting at two', { timed: true, dueAt: NOON + 7_200_000, amount: '5' }),
      one('client', { kind: 'clientDate' }),
      one('question', { kind: 'push' }),
      one('question that went up', { kind: 'push', escalated: true }),
    ];
    expect(list.toSorted((a, b) => compareHurt(a, b, NOON)).map(({ id }) => id)).toEqual([
      'question that went up',
      'question',
      'client',
      'meeting at one',
      'meeting at two',
      'big and late',
      'small and late',
      'today',
      'lowered',
      'settled',
    ]);
  });

  it('orders any list the same, however it was shuffled', () => {
    const hurting = fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom('step' as const, 'push' as const, 'clientDate' as const),
      state: fc.constantFrom('open' as const, 'done' as const, 'notDone' as const, 'moved' as const),
      dueAt: fc.option(fc.integer({ min: 0, max: 20 * DAY_MS })),
      amount: fc.option(fc.constantFrom('0', '1', '12.5', 'x', '1e400', '-3')),
      timed: fc.boolean(),
      lowered: fc.boolean(),
      escalated: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(hurting, { selector: ({ id }) => id }), (list) => {
        const once = list.toSorted((a, b) => compareHurt(a, b, NOON));
        const again = list.toReversed().toSorted((a, b) => compareHurt(a, b, NOON));
        expect(again.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
      }),
    );
  });

  it('calls a day unusual only against enough of the person’s own days', () => {
    const usual = { ...NOTHING, planned: 100, done: 80, unexplained: 20 };
    const day = { ...NOTHING, planned: 10, done: 4, unexplained: 6 };
    expect(deviationOf(day, usual)).toBe('less');
    expect(deviationOf({ ...day, done: 8, unexplained: 2 }, usual)).toBeNull();
    expect(deviationOf({ ...day, done: 10, unexplained: 0 }, { ...usual, done: 50 })).toBe('more');
    expect(deviationOf(day, { ...usual, planned: 29 })).toBeNull();
    expect(deviationOf({ ...NOTHING, planned: 3, unexplained: 3 }, usual)).toBeNull();
    expect([doneShareOf(usual), doneShareOf(day)]).toEqual([0.8, null]);
  });
});
