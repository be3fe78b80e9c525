import { localDay } from '../calendar/away.js';
import { addWorking } from '../calendar/working-time.js';
import type { Instant } from '../crm/time.js';
import { isPresent, reach, scheduleOf, workingHeadOf, type Crew, type Reached } from './crew.js';
import { nextListAt } from './day-times.js';
import type { AlertRule, Delivery, Hours, Recipient } from './rule.types.js';

/** Whom an alert is about. */
export interface AlertSubject {
  /** The deal's responsible, or the person that the alert is about. */
  readonly ownerId: string | null;
  readonly productManagerId: string | null;
}

/** Different people, each once, present, at a moment of their own working time. */
export function recipientsOf(
  recipients: readonly Recipient[],
  subject: AlertSubject,
  crew: Crew,
  now: Instant,
): readonly Reached[] {
  const found = new Map<string, Reached>();
  for (const recipient of recipients) {
    const userId = personOf(recipient, subject, crew);
    const reached = userId === null ? null : reach(crew, userId, now);
    if (reached && !found.has(reached.userId)) found.set(reached.userId, reached);
  }
  return [...found.values()];
}

/** First moment at which the person may be told by this rule. */
function mayBeToldAt(rule: Pick<AlertRule, 'hours'>, reached: Reached, crew: Crew, now: Instant): Instant {
  return rule.hours === 'always' && isPresent(crew, reached.userId, now) ? now : reached.at;
}

/** What is found so shortly after a list still belonged to it: rounds come every minute. */
const ROUND_MS = 60_000;

/**
 * When a delivery is due: what may wait comes with the person's next list of the day (`listAt`, as the company's day
 * begins), anything else as soon as the rule's hours allow.
 */
export function dueAtOf(
  { delivery, hours }: { readonly delivery: Delivery | 'task'; readonly hours: Hours },
  reached: Reached,
  crew: Crew,
  now: Instant,
  listAt: string,
): Instant {
  if (delivery !== 'digest') return mayBeToldAt({ hours }, reached, crew, now);
  const schedule = scheduleOf(crew, reached.userId);
  const from = reached.at - ROUND_MS;
  return nextListAt(from, schedule, crew.fallback.calendar.week, listAt) ?? reached.at;
}

/** The head of nobody's deal is nobody; a seller without a head is told himself. */
function personOf(recipient: Recipient, subject: AlertSubject, crew: Crew): string | null {
  if (typeof recipient === 'object') return recipient.userId;
  if (recipient === 'productManager') return subject.productManagerId;
  if (subject.ownerId === null) return null;
  if (recipient === 'seller') return subject.ownerId;
  return workingHeadOf(crew, subject.ownerId);
}

/** When the alert goes up its next rung, counted in the first recipient's working time; null: the ladder ends. */
export function rungAt(
  rule: Pick<AlertRule, 'escalation'>,
  level: number,
  toldAt: Instant,
  userId: string,
  crew: Crew,
): Instant | null {
  const rung = rule.escalation[level];
  if (!rung) return null;
  const { after, unit } = rung;
  return addWorking(toldAt, { amount: after, unit }, scheduleOf(crew, userId));
}

/** Second and later rungs of one recipient climb: the head, then the head's head. */
export function recipientsAt(
  rule: Pick<AlertRule, 'escalation'>,
  level: number,
  subject: AlertSubject,
  crew: Crew,
  now: Instant,
): readonly Reached[] {
  const rung = rule.escalation[level];
  if (!rung) return [];
  const sames = rule.escalation.slice(0, level).filter((one) => one.to === rung.to).length;
  if (rung.to !== 'head' || sames === 0) return recipientsOf([rung.to], subject, crew, now);
  let head = subject.ownerId;
  for (let step = 0; step <= sames && head !== null; step += 1) head = workingHeadOf(crew, head);
  const reached = head === null ? null : reach(crew, head, now);
  return reached ? [reached] : [];
}

/** What a delivery that is due becomes now: sent, put into the digest, or handed to who is there. */
export type DeliveryFate =
  | { readonly kind: 'send'; readonly day: string }
  | { readonly kind: 'digest' }
  | { readonly kind: 'later'; readonly at: Instant }
  | { readonly kind: 'instead'; readonly reached: Reached };

/**
 * An absence that became known meanwhile is respected; so is the budget of the person's own day. `always` passes over
 * nights and days off, never over an absence.
 */
export function fateOf(
  delivery: { readonly userId: string; readonly hours: Hours },
  sentToday: number,
  budget: number,
  crew: Crew,
  now: Instant,
): DeliveryFate {
  const reached = reach(crew, delivery.userId, now);
  if (reached === null) return { kind: 'digest' };
  if (reached.userId !== delivery.userId) return { kind: 'instead', reached };
  const mayNow = isPresent(crew, delivery.userId, now) && (delivery.hours === 'always' || reached.at <= now);
  if (!mayNow) return { kind: 'later', at: reached.at };
  if (sentToday >= budget) return { kind: 'digest' };
  return { kind: 'send', day: dayOf(crew, delivery.userId, now) };
}

export function dayOf(crew: Crew, userId: string, now: Instant): string {
  return localDay(now, scheduleOf(crew, userId).timeZone);
}

/** Whether nobody is told of this deal by this rule: a fixed share, the same deals for ever (FNV-1a, 32 bits). */
export function isHeldOut(ruleId: string, dealId: string, share: number): boolean {
  let hash = 0x811c9dc5;
  for (const character of `${ruleId}|${dealId}`) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  // The low bits of FNV mix badly for texts of one length: the high ones decide after one more turn.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash >>> 8) / 0x1000000 < share;
}

/** Counted over a rule's last 30 days. */
export interface RuleEffect {
  readonly sent: number;
  readonly acted: number;
  readonly moved: number;
  readonly heldOut: number;
  readonly movedHeldOut: number;
}

/** Below it nothing is said of a share (product default). */
export const ENOUGH = 30;
/** A rule whose instant alerts are acted on less often only takes attention away. */
const ACTED_BELOW = 0.1;

export function shouldDemote(rule: Pick<AlertRule, 'delivery'>, effect: RuleEffect): boolean {
  return rule.delivery === ('instant' satisfies Delivery) && effect.sent >= ENOUGH
    ? effect.acted / effect.sent < ACTED_BELOW
    : false;
}
