import { ANNA, HEAD, headOf, OLEG, PAVEL, RITA, VERA } from './planted-company.js';
import type { Script } from './planted-script.js';
import { DAY, HOUR, MINUTE } from './planted-time.js';

const SALES = { pipeline: 'sales', stage: 'NEW' } as const;
const PROJECT = { pipeline: 'projects', stage: 'START' } as const;
const FAR = 100 * DAY;

/** New leads that wait, and those that only seem to. */
export function leads(script: Script): void {
  const late = script.fresh(
    'late',
    { ...SALES, ownerId: ANNA },
    script.at(2, '10:00') + script.jitter(),
    true,
  );
  const bornAt = script.deals[late - 1]?.createdAt ?? 0;
  script.expect('firstContactLate', late, bornAt + 15 * MINUTE, bornAt + 50 * MINUTE);
  script.does(late, script.touches(late, bornAt + 50 * MINUTE) + HOUR, { kind: 'won' });

  const evening = script.fresh(
    'at the end of the day',
    { ...SALES, ownerId: OLEG },
    script.at(3, '17:50'),
    true,
  );
  script.touches(evening, script.at(4, '08:50'));
  script.does(evening, script.at(4, '12:00'), { kind: 'won' });

  const saturday = script.fresh('on a Saturday', { ...SALES, ownerId: RITA }, script.at(5, '12:00'), true);
  const first = script.at(7, '09:20', RITA);
  const last = script.touches(saturday, first);
  script.expect('tooFewTouches', saturday, script.at(6, '12:00'), last);
  script.expect('firstContactLate', saturday, script.at(7, '09:15', RITA), first);
  script.does(saturday, script.at(7, '15:00'), { kind: 'won' });

  const born = script.at(10, '10:00') + script.jitter();
  const few = script.fresh('two touches', { ...SALES, ownerId: OLEG }, born, true);
  for (const minutes of [5, 60]) script.does(few, born + minutes * MINUTE, { kind: 'worked' });
  script.expect('tooFewTouches', few, born + DAY, script.does(few, script.at(11, '17:00'), { kind: 'won' }));

  unsorted(script);
  flood(script);
  lost(script);
}

function unsorted(script: Script): void {
  const place = { pipeline: 'inbox', stage: 'INBOX', ownerId: script.pick(PAVEL, RITA) } as const;
  const born = script.at(2, '12:00');
  const waiting = script.fresh('unsorted', place, born);
  const until = script.does(waiting, born + 3 * HOUR, { kind: 'accepted' });
  script.expect('unsortedWaiting', waiting, born + 30 * MINUTE, until);
  script.does(waiting, script.at(3, '09:30'), { kind: 'won' });
  const prompt = script.fresh('sorted at once', place, born);
  script.does(prompt, born + 20 * MINUTE, { kind: 'accepted' });
  script.does(prompt, script.at(3, '09:30'), { kind: 'won' });

  // Accepted in the morning; plans are switched on for new deals only, an hour later.
  const early = script.at(3, '10:00');
  const unplanned = script.fresh('accepted, no plan', { ...place, ownerId: ANNA }, early);
  script.does(unplanned, early + 10 * MINUTE, { kind: 'accepted' });
  const planned = script.does(unplanned, script.at(3, '15:00'), { kind: 'launched' });
  script.expect('noPlanAfterAcceptance', unplanned, plansOn(script), planned);
  script.does(unplanned, script.at(4, '12:00'), { kind: 'won' });
}

/** When the administrator switches plans on in the inbox, for new deals only. */
export function plansOn(script: Pick<Script, 'at'>): number {
  return script.at(3, '11:00');
}

/** Eight leads at once for one person, who is out for an hour: more than a day's budget. */
function flood(script: Script): void {
  const born = script.at(28, '10:00');
  for (let place = 0; place < 8; place += 1) {
    const deal = script.fresh('flood', { ...SALES, ownerId: ANNA }, born, true);
    const contact = born + 50 * MINUTE;
    script.expect('firstContactLate', deal, born + 15 * MINUTE, contact);
    script.does(deal, script.touches(deal, contact) + HOUR, { kind: 'won' });
  }
}

function lost(script: Script): void {
  const ownerId = script.pick(PAVEL, VERA);
  const at = script.at(11, '11:00') + script.jitter();
  const silent = script.old('lost silently', { ...SALES, ownerId }, { aliveUntil: at });
  script.does(silent, at, { kind: 'lost' });
  script.expect('lostWithoutReason', silent, script.office.plus(at, 30, script.zoneOf(ownerId)), null);
  const told = script.old('lost with a reason', { ...SALES, ownerId: OLEG }, { aliveUntil: at });
  script.does(told, at, { kind: 'lostWithReason' });
}

/** Deals with plans: each gets its plan when it comes. */
export function projects(script: Script): void {
  overdue(script);
  nextSteps(script);
  moves(script);
  const born = script.at(1, '10:00');
  const heavy = script.fresh('short plan', { pipeline: 'short', stage: 'START', ownerId: RITA }, born);
  const until = script.does(heavy, script.at(3, '12:00'), { kind: 'won' });
  script.expect('planEndsEarly', heavy, born, until);
  script.planted.push({
    ...{ rule: 'sellerOverloaded', deal: null, ownerId: RITA, until: script.at(4, '03:00') },
    ...{ at: script.at(2, '03:00'), latest: script.at(2, '03:45') },
  });
  const paused = script.fresh('paused', { ...PROJECT, ownerId: script.pick(OLEG, PAVEL) }, born);
  script.does(paused, born + 2 * HOUR, { kind: 'paused' });
}

function overdue(script: Script): void {
  const born = script.at(1, '10:00');
  const ownerId = script.pick(ANNA, VERA, PAVEL);
  const zone = script.zoneOf(ownerId);
  const due = script.office.plus(born, 8 * 60, zone);
  const forgot = script.fresh('overdue', { ...PROJECT, ownerId }, born);
  script.expect('stepOverdue', forgot, script.office.plus(due, 60, zone), script.at(8, '10:00'));
  script.does(forgot, script.at(8, '10:00'), { kind: 'won' });
  const inTime = script.fresh('done a minute before', { ...PROJECT, ownerId }, born);
  script.does(inTime, script.office.plus(due, 59, zone), { kind: 'finished', step: 'call' });
  script.does(inTime, script.at(3, '17:00'), { kind: 'won' });
}

function nextSteps(script: Script): void {
  const born = script.at(1, '10:00');
  const ownerId = script.pick(ANNA, OLEG, VERA);
  const nothing = script.fresh('nothing next', { ...PROJECT, ownerId }, born);
  script.does(nothing, script.at(1, '15:00'), { kind: 'finished', step: 'call' });
  const last = script.does(nothing, script.at(1, '15:30') + script.jitter(), {
    kind: 'finished',
    step: 'extra',
  });
  const until = script.does(nothing, script.at(4, '12:00'), { kind: 'moved', stage: 'MIDDLE' });
  script.expect('noNextStep', nothing, script.office.plus(last, 4 * 60, script.zoneOf(ownerId)), until);
  script.does(nothing, script.at(4, '17:00'), { kind: 'won' });

  const goesOn = script.fresh('goes on', { ...PROJECT, ownerId }, born);
  script.does(goesOn, script.at(1, '15:00'), { kind: 'finished', step: 'call' });
  script.does(goesOn, script.at(1, '15:30'), { kind: 'finished', step: 'extra' });
  script.does(goesOn, script.at(2, '09:30'), { kind: 'moved', stage: 'MIDDLE' });
  script.does(goesOn, script.at(2, '17:00'), { kind: 'won' });

  const far = script.fresh('far away', { ...PROJECT, ownerId: script.pick(RITA, VERA) }, born);
  const moved = born + HOUR + script.jitter();
  script.does(far, moved, { kind: 'postponed', step: 'call', until: script.at(28, '12:00') });
  script.expect('nextStepTooFar', far, moved, script.does(far, script.at(4, '12:00'), { kind: 'won' }));
}

function moves(script: Script): void {
  const born = script.at(1, '10:00');
  const ownerId = script.pick(ANNA, OLEG);
  const at = script.at(2, '09:40') + script.jitter(15);
  const skipped = script.fresh('steps left undone', { ...PROJECT, ownerId }, born);
  script.does(skipped, at, { kind: 'moved', stage: 'MIDDLE' });
  script.expect(
    'movedWithOpenSteps',
    skipped,
    at,
    script.does(skipped, script.at(2, '17:30'), { kind: 'won' }),
  );
  const optional = script.fresh('only an optional step left', { ...PROJECT, ownerId }, born);
  script.does(optional, script.at(1, '16:00'), { kind: 'finished', step: 'call' });
  script.does(optional, at, { kind: 'moved', stage: 'MIDDLE' });
  // Back, and on again: who goes back leaves nothing undone behind.
  script.does(optional, script.at(2, '12:00'), { kind: 'moved', stage: 'START' });
  script.does(optional, script.at(2, '13:00'), { kind: 'moved', stage: 'MIDDLE' });
  script.does(optional, script.at(2, '17:30'), { kind: 'won' });
}

/** Sellers' pipelines as a whole: one has nearly nothing near closing, until he moves some on. */
export function pipelines(script: Script): void {
  const forEver = { aliveUntil: script.start + FAR };
  const flow = Array.from({ length: 12 }, (_, place) =>
    script.old('flow', { pipeline: 'flow', stage: place === 0 ? 'NEAR' : 'TOP', ownerId: PAVEL }, forEver),
  );
  const noTop = script.old(
    'no top',
    { pipeline: 'flow', stage: 'MID', ownerId: OLEG },
    { aliveUntil: script.at(6, '00:00') },
  );
  script.does(noTop, script.at(6, '12:00'), { kind: 'won' });
  script.planted.push({
    ...{ rule: 'topEmpty', deal: null, ownerId: OLEG, until: script.at(7, '03:00') },
    ...{ at: script.at(0, '05:59'), latest: script.at(0, '07:45') },
  });
  for (const deal of flow.slice(1, 4))
    script.does(deal, script.at(12, '12:00'), { kind: 'moved', stage: 'NEAR' });
  script.planted.push({
    ...{ rule: 'tooFewNearClosing', deal: null, ownerId: PAVEL, until: script.at(13, '03:00') },
    ...{ at: script.at(0, '05:59'), latest: script.at(0, '07:45') },
  });
}

/** One deal of each seller that nothing is wrong with: those are pushed. */
export function calm(script: Script): ReadonlyMap<number, number> {
  const forEver = { aliveUntil: script.start + FAR };
  return new Map(
    [ANNA, OLEG, VERA, PAVEL, RITA].map((ownerId) => [
      ownerId,
      script.old('calm', { ...SALES, ownerId }, forEver),
    ]),
  );
}

export interface PlannedPush {
  readonly at: number;
  readonly by: number;
  readonly ownerId: number;
  /** Who has to answer: the owner, or who stands in. */
  readonly asked: number;
  /** How the person answers, and how many milliseconds later; null: not at all. */
  readonly answer: PlannedAnswer | null;
}

type PlannedAnswer =
  /** `button`: in the CRM. */
  | { readonly kind: 'button' | 'done' | 'notDone'; readonly after: number }
  /** A promise that is not kept: the person is asked again when it is over, and answers nothing any more. */
  | { readonly kind: 'willBeDone'; readonly after: number; readonly until: number };

export function pushes(script: Script): readonly PlannedPush[] {
  const answered = { kind: 'button', after: 40 * MINUTE } as const;
  const all: readonly Omit<PlannedPush, 'by'>[] = [
    { at: script.at(2, '11:10'), ownerId: ANNA, asked: ANNA, answer: answered },
    { at: script.at(2, '11:10'), ownerId: VERA, asked: VERA, answer: null },
    { at: script.at(2, '11:10'), ownerId: RITA, asked: RITA, answer: null },
    {
      at: script.at(4, '10:00'),
      ownerId: OLEG,
      asked: OLEG,
      answer: { kind: 'notDone', after: 3 * HOUR },
    },
    {
      at: script.at(8, '10:40'),
      ownerId: OLEG,
      asked: ANNA,
      answer: { kind: 'done', after: 30 * MINUTE },
    },
    {
      at: script.at(9, '14:00'),
      ownerId: PAVEL,
      asked: PAVEL,
      answer: { kind: 'willBeDone', after: 40 * MINUTE, until: script.at(11, '11:00') },
    },
    { at: script.at(14, '11:00'), ownerId: VERA, asked: VERA, answer: null },
    { at: script.at(18, '11:30'), ownerId: ANNA, asked: ANNA, answer: null },
    {
      at: script.at(28, '16:00'),
      ownerId: PAVEL,
      asked: PAVEL,
      answer: { kind: 'done', after: 90 * MINUTE },
    },
  ];
  return all.map((push) => ({ ...push, by: headOf(push.ownerId) ?? HEAD }));
}
