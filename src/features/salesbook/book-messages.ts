import type { Instant } from '../../domain/crm/time.js';

/** Subscribers hear of one deal at most once in this time, */
const QUIET_MS = 3_600_000;
/** and of all deals together at most so often in it: a quiet message an hour is read, a stream of them is not. */
const MESSAGES_PER_HOUR = 4;

/** Somebody who is to be told of an entry by now. */
export interface DueNotice {
  readonly entryId: string;
  readonly userId: string;
  readonly why: 'named' | 'subscribed' | 'reminder';
  readonly dealId: string | null;
}

/** A message to a subscriber within the last hour. */
export interface PastMessage {
  readonly userId: string;
  readonly at: Instant;
  readonly dealIds: readonly string[];
}

export interface Message<Notice extends DueNotice> {
  readonly userId: string;
  readonly why: DueNotice['why'];
  /** Null: about several deals. */
  readonly dealId: string | null;
  readonly notices: readonly Notice[];
}

export interface MessagePlan<Notice extends DueNotice> {
  readonly messages: readonly Message<Notice>[];
  /** Told later, together with what comes meanwhile. */
  readonly later: readonly { readonly notice: Notice; readonly at: Instant }[];
  /** The person does not work here any more. */
  readonly nobody: readonly Notice[];
}

/**
 * Who hears what now. Named people and reminders at once; subscribers in their working time (`workingFrom`, null:
 * nobody there), one message an hour about a deal and four in all: what is too much waits and comes together.
 */
export function planMessages<Notice extends DueNotice>(
  due: readonly Notice[],
  past: readonly PastMessage[],
  now: Instant,
  workingFrom: (userId: string) => Instant | null,
): MessagePlan<Notice> {
  const messages: Message<Notice>[] = [];
  const later: { readonly notice: Notice; readonly at: Instant }[] = [];
  const nobody: Notice[] = [];
  for (const [userId, own] of Map.groupBy(due, (notice) => notice.userId)) {
    const from = workingFrom(userId);
    if (from === null) {
      nobody.push(...own);
      continue;
    }
    const direct = own.filter((notice) => notice.why !== 'subscribed');
    for (const notices of Map.groupBy(direct, (one) => `${one.why}|${one.dealId ?? ''}`).values())
      messages.push(messageOf(userId, notices));
    const quiet = own.filter((notice) => notice.why === 'subscribed');
    const heard = past.filter((message) => message.userId === userId);
    const { ready, waiting } = from > now ? allWait(quiet, from) : byQuiet(quiet, heard, now);
    later.push(...waiting);
    if (ready.length > 0) messages.push(messageOf(userId, ready));
  }
  return { messages, later, nobody };
}

interface Sorted<Notice> {
  readonly ready: readonly Notice[];
  readonly waiting: readonly { readonly notice: Notice; readonly at: Instant }[];
}

function allWait<Notice>(notices: readonly Notice[], at: Instant): Sorted<Notice> {
  return { ready: [], waiting: notices.map((notice) => ({ notice, at })) };
}

function byQuiet<Notice extends DueNotice>(
  notices: readonly Notice[],
  heard: readonly PastMessage[],
  now: Instant,
): Sorted<Notice> {
  const recent = heard.filter((message) => message.at > now - QUIET_MS);
  if (recent.length >= MESSAGES_PER_HOUR)
    return allWait(notices, Math.min(...recent.map((message) => message.at)) + QUIET_MS);
  const until = new Map<string, Instant>();
  for (const { at, dealIds } of recent)
    for (const dealId of dealIds) until.set(dealId, Math.max(until.get(dealId) ?? 0, at + QUIET_MS));
  const waiting = notices.flatMap((notice) => {
    const at = until.get(notice.dealId ?? '');
    return at === undefined ? [] : [{ notice, at }];
  });
  return { ready: notices.filter((notice) => !until.has(notice.dealId ?? '')), waiting };
}

function messageOf<Notice extends DueNotice>(userId: string, notices: readonly Notice[]): Message<Notice> {
  const [first] = notices;
  const one = notices.every((notice) => notice.dealId === first?.dealId);
  return { userId, why: first?.why ?? 'named', dealId: one ? (first?.dealId ?? null) : null, notices };
}
