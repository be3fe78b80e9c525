import { awayUntil } from '../calendar/away.js';
import { addWorking, nextWorkingMoment } from '../calendar/working-time.js';
import type { Instant } from '../crm/time.js';
import { fieldMoment } from './deal-fields.js';
import type { PastPause, PausePlan, PlanInput } from './plan.types.js';

export interface Pauses {
  /** Set while the plan is paused. */
  readonly now: { readonly since: Instant; readonly until: Instant | null; readonly reason: string } | null;
  /** Pauses with a known end, past ones and the present one, by their beginning. */
  readonly spans: readonly PastPause[];
}

const NONE: Pauses = { now: null, spans: [] };

/** What the pauses of a plan come to at this moment. */
export function pausesOf(input: PlanInput): Pauses {
  const { pause, pauses = [], now } = input;
  if (pause === null && pauses.length === 0) return NONE;
  const past = pauses.filter(({ since, until }) => until > since);
  const until = pause === null ? null : untilOf(pause, input);
  const spans = [
    ...past,
    ...(pause !== null && until !== null && until > pause.since ? [{ since: pause.since, until }] : []),
  ].toSorted((a, b) => a.since - b.since || a.until - b.until);
  const lasts = pause !== null && (until === null || until > now);
  return { now: lasts ? { since: pause.since, until, reason: pause.reason } : null, spans };
}

/** A date agreed with the client is the day on which work goes on; an absence ends on the first day back. */
function untilOf(pause: PausePlan, input: PlanInput): Instant | null {
  const { deal, people, fieldMap = {} } = input;
  if (pause.follows === 'clientDate') {
    const facts = { deal, fieldMap, timeZone: people.fallback.timeZone };
    const agreed = fieldMoment('map:clientDate', facts);
    if (agreed === null) return pause.until;
    const at =
      agreed.kind === 'moment'
        ? agreed.at
        : addWorking(agreed.at, { amount: 0, unit: 'workingDays' }, people.fallback);
    return Math.max(at, pause.since);
  }
  if (pause.follows === 'absence') {
    const own = deal.ownerId === null ? undefined : people.schedules.get(deal.ownerId);
    const back = own === undefined ? null : awayUntil(pause.since, own);
    if (own === undefined || back === null) return pause.until ?? pause.since;
    return nextWorkingMoment(back, own);
  }
  return pause.until;
}
