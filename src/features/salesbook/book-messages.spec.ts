import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planMessages, type DueNotice, type PastMessage } from './book-messages.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 9);
const here = (): number => NOW;

function notice(entryId: string, dealId: string | null, more: Partial<DueNotice> = {}): DueNotice {
  return { entryId, dealId, userId: 'anna', why: 'subscribed', ...more };
}

describe('src/features/salesbook/book-messages', () => {
  it('tells a subscriber of several deals in one message, which leads to none of them', () => {
    const { messages, later } = planMessages(
      [notice('1', 'A'), notice('2', 'B'), notice('3', 'A')],
      [],
      NOW,
      here,
    );
    expect(messages.map(({ dealId, notices }) => [dealId, notices.length])).toEqual([[null, 3]]);
    expect(later).toEqual([]);
  });

  it('waits for the hour after a message about the same deal, and not with another deal', () => {
    const past = [{ userId: 'anna', at: NOW - HOUR / 2, dealIds: ['A'] }];
    const { messages, later } = planMessages([notice('1', 'A'), notice('2', 'B')], past, NOW, here);
    expect(messages.map(({ dealId }) => dealId)).toEqual(['B']);
    expect(later).toEqual([{ notice: notice('1', 'A'), at: NOW + HOUR / 2 }]);
  });

  it('waits for the person’s working time with subscriptions, and not with what somebody was named for', () => {
    const due = [notice('1', 'A'), notice('2', 'A', { why: 'named' }), notice('3', 'A', { why: 'reminder' })];
    const { messages, later } = planMessages(due, [], NOW, () => NOW + 5 * HOUR);
    expect(messages.map(({ why }) => why).toSorted()).toEqual(['named', 'reminder']);
    expect(later.map(({ at }) => at)).toEqual([NOW + 5 * HOUR]);
  });

  it('tells nobody who left', () => {
    const { messages, nobody } = planMessages([notice('1', 'A', { why: 'named' })], [], NOW, () => null);
    expect([messages.length, nobody.length]).toEqual([0, 1]);
  });

  it('never sends more than four messages an hour to a subscriber, one a deal, and loses no notice', () => {
    const event = fc.record({
      deal: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G'),
      minute: fc.nat(600),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const sent: (PastMessage & { readonly ids: readonly string[] })[] = [];
        let waiting = events.map(({ deal, minute }, index) => ({
          notice: notice(String(index), deal),
          at: NOW + minute * 60_000,
        }));
        for (let now = NOW; waiting.length > 0 && now < NOW + 48 * HOUR; now += 60_000) {
          const due = waiting.filter((one) => one.at <= now).map((one) => one.notice);
          if (due.length === 0) continue;
          const plan = planMessages(due, sent, now, () => now);
          waiting = [...waiting.filter((one) => one.at > now), ...plan.later];
          for (const message of plan.messages)
            sent.push({
              userId: 'anna',
              at: now,
              dealIds: message.notices.map((one) => one.dealId ?? ''),
              ids: message.notices.map((one) => one.entryId),
            });
        }
        expect(sent.flatMap((one) => one.ids).toSorted()).toEqual(
          events.map((_, index) => String(index)).toSorted(),
        );
        for (const one of sent) {
          const hour = sent.filter((other) => other.at > one.at - HOUR && other.at <= one.at);
          expect(hour.length).toBeLessThanOrEqual(4);
          for (const deal of new Set(one.dealIds))
            expect(hour.filter((other) => other.dealIds.includes(deal))).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
