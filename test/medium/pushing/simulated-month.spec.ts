import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { workingMinutesBetween } from '../../../src/domain/calendar/working-time.js';
import { actionKey } from '../../../src/outbox/index.js';
import type { BookVerdictView, BookView } from '../../../src/features/salesbook/salesbook.view.js';
import { createPostgresDatabase, describeOnEveryKind } from '../../support/database.js';
import {
  ABSENCES,
  BOSS,
  DAY,
  HEAD,
  HOUR,
  IDLE_SELLER,
  inventMonth,
  isPresent,
} from '../../support/month-company.js';
import { readLedger, type MonthLedger, type TellingRow } from '../../support/month-ledger.js';
import { liveThrough, type LivedMonth } from '../../support/month-run.js';
import {
  alertsOf,
  COMPANY_TIME,
  dayOf,
  isDecent,
  mostOf,
  omissionsOf,
  sentAtOnce,
  SOON,
  type Omission,
} from '../../support/month-truth.js';

const BUDGET = 5;

describeOnEveryKind('test/medium/pushing/simulated-month', (kind) => {
  let lived: LivedMonth;
  let ledger: MonthLedger;
  let truth: readonly Omission[];

  beforeAll(async () => {
    const databaseUrl = kind === 'postgres' ? await createPostgresDatabase() : null;
    lived = await liveThrough(inventMonth(Date.now()), { kind, databaseUrl });
    ledger = await readLedger(lived);
    truth = omissionsOf(lived);
  }, 540_000);

  afterAll(() => lived?.service.stop());

  const toldOf = (alertId: string): readonly TellingRow[] =>
    ledger.tellings.filter((one) => one.alertId === alertId && one.level === 0 && one.sentAt !== null);
  const named = (one: Omission): string => `${one.rule} ${one.deal} ${new Date(one.at).toISOString()}`;

  it('lives through five weeks of what really happens in sales', () => {
    expect(truth.filter((one) => one.rule === 'idle').length).toBeGreaterThan(60);
    expect(truth.filter((one) => one.rule === 'firstContactLate').length).toBeGreaterThan(15);
    expect(truth.filter((one) => one.personId !== one.ownerId).length).toBeGreaterThan(5);
    expect(ledger.notifications.length).toBeGreaterThan(150);
    expect(lived.pushes.length).toBeGreaterThan(20);
  });

  it('alerts of every planted omission once, and of nothing else', () => {
    expect(truth.map((one) => [named(one), alertsOf(ledger, one).length])).toEqual(
      truth.map((one) => [named(one), 1]),
    );
    expect(ledger.alerts).toHaveLength(truth.length);
  });

  it('tells the right person, once, as soon as that person works', () => {
    for (const one of truth) {
      const [alert] = alertsOf(ledger, one);
      const told = toldOf(alert?.alertId ?? '');
      const whom = [named(one), told.map((telling) => telling.userId)];
      if (alert?.heldOut) expect(whom).toEqual([named(one), []]);
      else if (told.length === 0) expect(isSettledBefore(one)).toBe(true);
      else expect(whom).toEqual([named(one), [one.personId]]);
      const instant = told.find((telling) => telling.delivery === 'instant');
      if (instant) expect(Math.abs((instant.sentAt ?? 0) - one.tellAt)).toBeLessThan(SOON);
    }
    const shareHeldOut = ledger.alerts.filter((alert) => alert.heldOut).length / ledger.alerts.length;
    expect(shareHeldOut).toBeGreaterThan(0.02);
    expect(shareHeldOut).toBeLessThan(0.25);
  });

  /** Nobody has to be told of what was made good, or before the month's last morning. */
  function isSettledBefore({ until, tellAt }: Omission): boolean {
    const lastMorning = tellAt + 5 * DAY;
    return lastMorning > lived.month.end || (until !== null && until < lastMorning);
  }

  it('speaks to nobody who is absent, and to nobody outside working hours or in the holidays', () => {
    const wrong = ledger.notifications.filter(({ userId, at }) => !isDecent(userId, at, lived.month.start));
    expect(wrong.map(({ userId, at, text }) => [userId, new Date(at).toISOString(), text])).toEqual([]);
    const given = ledger.tellings.filter((one) => one.delivery === 'task' && one.sentAt !== null);
    expect(given.every((one) => isDecent(one.userId, one.sentAt ?? 0, lived.month.start))).toBe(true);
    const january = ledger.notifications.filter(({ at }) => /-01-0[1-8]$/u.test(dayOf(at)));
    expect(january).toEqual([]);
    expect(ABSENCES.map(({ userId }) => userId)).toContain(HEAD);
  });

  it('keeps to the budget of every person in every week and puts the rest into the digest', () => {
    const instant = sentAtOnce(ledger);
    expect(mostOf(instant, dayOf)).toBe(BUDGET);
    const week = (at: number): string => String(Math.floor((at - lived.month.start) / (7 * DAY)));
    expect(mostOf(instant, week)).toBeLessThanOrEqual(5 * BUDGET);
    const digests = ledger.tellings.filter((one) => one.sentAt !== null && one.delivery === 'digest');
    expect(digests.length).toBeGreaterThan(10);
  });

  it('sends nothing twice, the restart included', () => {
    const { notified, unfinished, keys } = ledger.actions;
    expect(notified.shown).toBe(notified.done);
    expect(ledger.notifications).toHaveLength(notified.done);
    expect(unfinished).toBe(0);
    const sent = ledger.tellings.filter((one) => one.sentAt !== null);
    const wanted = new Set(
      sent.map(({ alertId, level, userId, delivery, sentAt }) =>
        delivery === 'digest'
          ? actionKey(ledger.accountId, 'digest', 'morning', String(userId), dayOf(sentAt ?? 0))
          : actionKey(ledger.accountId, 'alert', alertId, level, String(userId)),
      ),
    );
    expect([...wanted].filter((key) => !keys.has(key))).toEqual([]);
    expect(wanted.size).toBeGreaterThan(100);
  });

  it('takes what stays undone up to the head within two working days', () => {
    const waited = truth.filter(
      (one) =>
        one.rule === 'idle' &&
        alertsOf(ledger, one).some((alert) => !alert.heldOut) &&
        workingMinutesBetween(one.tellAt, one.until ?? lived.month.end, COMPANY_TIME) > 5 * 9 * 60,
    );
    expect(waited.length).toBeGreaterThan(10);
    for (const one of waited) {
      const raised = ledger.tellings.filter(
        (telling) => telling.alertId === alertsOf(ledger, one)[0]?.alertId && telling.level === 1,
      );
      expect([named(one), raised.map((telling) => [HEAD, BOSS].includes(telling.userId))]).toEqual([
        named(one),
        raised.length === 0 ? [true] : raised.map(() => true),
      ]);
    }
  });

  it('has every push answered or escalated, and nobody absent pushed', () => {
    for (const { pushId, answeredAt, at, userId } of lived.pushes) {
      const push = ledger.pushes.find((one) => one.pushId === pushId);
      if (answeredAt !== null) expect([pushId, push?.state]).toEqual([pushId, 'answered']);
      else if (at < lived.month.end - 4 * DAY)
        expect([userId, push?.state, push?.level]).toEqual([userId, 'escalated', 2]);
    }
    expect(lived.pushes.filter((push) => push.userId === IDLE_SELLER).length).toBeGreaterThan(6);
    expect(lived.pushes.every((push) => push.userId !== IDLE_SELLER || push.answeredAt === null)).toBe(true);
    expect(lived.refusals.length).toBeGreaterThan(0);
    for (const refusal of lived.refusals) {
      expect([refusal.userId, isPresent(refusal.userId, lived.month.start, refusal.at)]).toEqual([
        refusal.userId,
        false,
      ]);
    }
  });

  it('measures how long answers took in working time', () => {
    for (const { pushId, answeredAt, at } of lived.pushes) {
      if (answeredAt === null) continue;
      const push = ledger.pushes.find((one) => one.pushId === pushId);
      // Nobody is pushed twice within an hour: the second push of a deputy waits.
      expect(push?.deliverAt).toBeGreaterThanOrEqual(at - SOON);
      expect(push?.deliverAt).toBeLessThan(at + HOUR + SOON);
      const real = Math.max(0, workingMinutesBetween(push?.deliverAt ?? 0, answeredAt, COMPANY_TIME));
      const minutes = push?.minutes ?? -1;
      expect(Math.abs(minutes - real)).toBeLessThanOrEqual(2);
    }
  });

  it('writes all of it into the Sales Book, whose chain holds', async () => {
    const admin = await lived.service.as(BOSS);
    const { data: verdict } = await admin.get<BookVerdictView>('/api/book/verify');
    expect(verdict.intact).toBe(true);
    const written = new Map<string, number>();
    for (let after = ''; ;) {
      const { data } = await admin.get<BookView>(`/api/book?limit=200${after && `&after=${after}`}`);
      for (const { kind: entry } of data.entries) written.set(entry, (written.get(entry) ?? 0) + 1);
      if (data.next === null) break;
      after = data.next;
    }
    const told = new Set(ledger.tellings.filter((one) => one.level === 0).map((one) => one.alertId));
    expect(written.get('alerted')).toBe(told.size);
    expect(written.get('pushed')).toBe(ledger.pushes.length);
    expect(written.get('answered')).toBe(ledger.pushes.filter((push) => push.state === 'answered').length);
    const levels = ledger.pushes.map((push) => push.level);
    expect(written.get('escalated')).toBe(levels.reduce((sum, level) => sum + level, 0));
  });
});
