import { ANNA, OLEG, PAVEL, RITA, VERA } from './planted-company.js';
import type { Script } from './planted-script.js';
import { DAY, HOUR, MINUTE } from './planted-time.js';

const SALES = { pipeline: 'sales', stage: 'NEW' } as const;
const IDLE = 7 * DAY;

/** Deals that people forget, and deals that only look forgotten. */
export function forgotten(script: Script): void {
  idle(script, ANNA, script.at(8, '11:00'), script.at(9, '10:00'));
  idle(script, OLEG, script.at(8, '12:30'), script.at(14, '12:00'));
  idle(script, VERA, script.at(14, '10:00'), script.at(18, '12:00'));
  idle(script, VERA, script.at(15, '14:00'), script.at(29, '12:00'));
  idle(script, ANNA, script.at(12, '15:00'), script.at(13, '12:00'));
  idle(script, script.pick(ANNA, PAVEL), script.at(22, '11:00'), script.at(27, '12:00'));
  idle(script, PAVEL, script.at(10, '17:30'), script.at(11, '15:30'));
  idle(script, RITA, script.at(29, '07:10'), script.at(30, '15:00'));
  idle(script, OLEG, script.at(18, '14:00'), script.at(27, '12:00'));
  handedOver(script);
  dormant(script);
  stuck(script);
  clientDates(script);
  innocentIdle(script);
}

/** Nothing happens for a week until `at`; then somebody wins the deal. */
function idle(script: Script, ownerId: number, at: number, until: number): void {
  const moment = at + script.jitter();
  const deal = script.old('idle', { ...SALES, ownerId }, { aliveUntil: moment - IDLE });
  script.does(deal, moment - IDLE, { kind: 'worked' });
  script.expect('idle', deal, moment, script.does(deal, until, { kind: 'won' }));
}

/** Found in the evening; in the same evening the deal becomes somebody else's, who has to hear of it in the morning. */
function handedOver(script: Script): void {
  const moment = script.at(10, '19:00') + script.jitter();
  const aliveUntil = moment - IDLE;
  const deal = script.old('handed over', { ...SALES, ownerId: ANNA }, { aliveUntil });
  script.does(deal, aliveUntil, { kind: 'worked' });
  script.does(deal, script.at(10, '20:30'), { kind: 'reassigned', to: VERA });
  const until = script.does(deal, script.at(11, '16:00'), { kind: 'won' });
  script.planted.push({ rule: 'idle', deal, ownerId: VERA, at: moment, latest: moment, until });
}

function innocentIdle(script: Script): void {
  const moment = script.at(9, '16:00') + script.jitter();
  const lastMinute = script.old(
    'worked on a minute before',
    { ...SALES, ownerId: script.pick(ANNA, VERA) },
    { aliveUntil: moment - IDLE },
  );
  script.does(lastMinute, moment - IDLE, { kind: 'worked' });
  script.does(lastMinute, moment - MINUTE, { kind: 'worked' });
  script.does(lastMinute, moment + HOUR, { kind: 'won' });

  const snoozed = script.old('snoozed', { ...SALES, ownerId: VERA }, { aliveUntil: script.at(5, '00:00') });
  script.does(snoozed, script.at(8, '10:00') + script.jitter(), {
    kind: 'snoozed',
    until: script.at(32, '09:00'),
  });
  script.does(snoozed, script.at(30, '11:00'), { kind: 'won' });

  const postponed = script.old(
    'put off again',
    { ...SALES, ownerId: ANNA },
    { aliveUntil: script.at(5, '00:00') },
  );
  for (const day of [8, 9]) {
    script.does(postponed, script.at(day, '10:30'), { kind: 'snoozed', until: script.at(day + 20, '09:00') });
  }
  const third = script.at(10, '10:00') + script.jitter();
  script.does(postponed, third, { kind: 'snoozed', until: script.at(32, '09:00') });
  script.expect(
    'putOffAgain',
    postponed,
    third,
    script.does(postponed, script.at(14, '12:00'), { kind: 'won' }),
  );
}

/** A month without any event: a sign; a month and a half: closing is proposed. */
function dormant(script: Script): void {
  const born = script.at(-20, '10:00') + script.jitter();
  const place = { ...SALES, stage: 'WORK', ownerId: script.pick(ANNA, OLEG) };
  const dead = script.old('dormant', place, { aliveUntil: 0, since: born });
  script.expect('dormant', dead, born + 30 * DAY, null);
  script.expect('dormant', dead, born + 45 * DAY, null);
  const revived = script.old('revived in time', { ...place, ownerId: VERA }, { aliveUntil: 0, since: born });
  script.does(revived, born + 30 * DAY - MINUTE, { kind: 'worked' });
  script.does(revived, script.at(13, '12:00'), { kind: 'won' });
}

/** Worked on all the time, and yet it stands where others go on within four days. */
function stuck(script: Script): void {
  const place = { pipeline: 'fast', stage: 'FAST', ownerId: script.pick(ANNA, RITA) } as const;
  const deal = script.fresh('stuck', place, script.at(1, '10:00'));
  for (const day of [5, 9]) script.does(deal, script.at(day, '12:00'), { kind: 'worked' });
  const until = script.does(deal, script.at(13, '12:00'), { kind: 'won' });
  script.expect('stuck', deal, script.at(3, '10:00'), until, script.at(11, '10:00'));
  const quick = script.fresh('moves on', place, script.at(1, '10:00'));
  script.does(quick, script.at(3, '12:00'), { kind: 'moved', stage: 'NEXT' });
  script.does(quick, script.at(4, '12:00'), { kind: 'won' });
}

/** The client named a day: until it is over nothing is wanted. */
function clientDates(script: Script): void {
  const place = { ...SALES, ownerId: script.pick(ANNA, OLEG) };
  const aliveUntil = script.at(5, '00:00');
  for (const isKept of [false, true]) {
    const deal = script.old(isKept ? 'date kept' : 'date passed', place, { aliveUntil });
    script.does(deal, script.at(4, '10:00') + script.jitter(), { kind: 'dated', day: script.date(16) });
    if (isKept) {
      script.does(deal, script.at(16, '15:00'), { kind: 'worked' });
      script.does(deal, script.at(18, '10:00'), { kind: 'won' });
      continue;
    }
    const passed = script.office.plus(script.at(17, '00:00'), 60, 'Europe/Moscow');
    const until = script.does(deal, script.at(18, '12:00'), { kind: 'worked' });
    script.expect('clientDatePassed', deal, passed, until);
    script.does(deal, script.at(20, '12:00'), { kind: 'won' });
  }
}
