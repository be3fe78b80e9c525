import { ALL_KINDS, RULE_KINDS } from '../../src/domain/pushing/rule-kinds.js';
import type { AlertRule, RuleKind } from '../../src/domain/pushing/rule.types.js';
import { alertText } from '../../src/features/pushing/alert.texts.js';
import { momentText, untilText, whenText, type Language } from '../../src/features/pushing/control.texts.js';
import {
  closedSaid,
  closingIntro,
  entryLine,
  listIntro,
  movedSaid,
  reminderText,
} from '../../src/features/pushing/day.texts.js';
import type { DayEntry } from '../../src/features/pushing/day.types.js';
import { NO_RESULT } from '../../src/features/pushing/day.types.js';
import {
  daySubject,
  deviationText,
  exceptionsSentence,
  itemsNote,
  sellerLine,
} from '../../src/features/pushing/exceptions.texts.js';
import type { Exceptions, SellerDay } from '../../src/features/pushing/exceptions.service.js';
import { digestBullets, digestTitle } from '../../src/features/pushing/morning-digests.service.js';
import { alertText as storyText } from '../../src/features/pushing/panel-story.texts.js';
import { adviceText, promptText } from '../../src/features/pushing/prompts.texts.js';
import {
  answerText,
  askTitle,
  escalationText,
  noteText,
  promiseText,
  readyText,
} from '../../src/features/pushing/push.texts.js';
import { precedesText, reasonsSentence } from '../../src/features/pushing/reasons.texts.js';
import { reviewLine, reviewSentence } from '../../src/features/pushing/review.texts.js';
import { dryRunLimits, dryRunText } from '../../src/features/pushing/rule-dry-run.texts.js';
import { effectOf, plainEffectText } from '../../src/features/pushing/rule-effect.texts.js';
import {
  boundsText,
  demotedWhy,
  parameterLabel,
  ruleSentence,
  toldToSentence,
} from '../../src/features/pushing/rule.texts.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Monday, noon in Moscow. */
export const NOW = Date.parse('2026-11-23T09:00Z');
export const LANGUAGES: readonly Language[] = ['ru', 'en'];
export const LONG =
  'Поставка и монтаж холодильного оборудования для распределительного центра, вторая очередь!';

export function reader(language: Language) {
  return { language, timeZone: 'Europe/Moscow', now: NOW };
}

export function rule(kind: RuleKind, parameters: AlertRule['parameters'] = {}): AlertRule {
  const { recipients, delivery, escalation } = RULE_KINDS[kind];
  const own = {
    recipients,
    delivery,
    escalation,
    channels: ['host', 'mail'] as const,
    hours: 'working' as const,
  };
  return { ruleId: kind, kind, on: true, parameters, ...own, demotedAt: null, since: 0 };
}

/** Every sentence that rules, alerts, days, pushes and reports make, with usual and extreme numbers. */
export function everyText(language: Language): readonly string[] {
  return [
    ...ofRules(language),
    ...ofAlerts(language),
    ...ofDays(language),
    ...ofPushes(language),
    ...ofSums(language),
  ];
}

function ofRules(language: Language): readonly string[] {
  const nameOf = (): string => 'Анна Петрова';
  return ALL_KINDS.flatMap((kind) => {
    const { parameters } = RULE_KINDS[kind];
    const least = Object.fromEntries(parameters.map((one) => [one.key, one.min]));
    const most = Object.fromEntries(parameters.map((one) => [one.key, one.max]));
    const odd = Object.fromEntries(parameters.map((one) => [one.key, one.unit === 'share' ? 1.5 : 21]));
    const told = { ...rule(kind), demotedAt: NOW, demotedFor: { sent: 31, acted: 1 } };
    const known = { from: NOW - 90 * DAY, plansSince: NOW - DAY, knowsClientDate: true };
    return [
      ...[{}, least, most, odd].map((numbers) => ruleSentence(rule(kind, numbers), language)),
      toldToSentence(rule(kind), { language, nameOf }),
      toldToSentence({ ...rule(kind), recipients: [{ userId: '7' }] }, { language, nameOf }),
      demotedWhy(told, reader(language)) ?? '',
      ...parameters.map((one) => `${parameterLabel(kind, one.key, language)}: ${boundsText(one, language)}`),
      ...dryRunLimits(rule(kind), known, language),
      ...dryRunLimits(rule(kind), { ...known, plansSince: null, knowsClientDate: false }, language),
      storyText(kind, language),
    ];
  });
}

function ofAlerts(language: Language): readonly string[] {
  const spans = [20 * 60_000, HOUR, DAY, 2 * DAY, 5 * DAY, 21 * DAY, 400 * DAY];
  return ALL_KINDS.flatMap((kind) =>
    spans.flatMap((span, index) => {
      const numbers = {
        ...{ last: NOW - span, since: NOW - span, usual: spans[index - 1] ?? span, date: NOW - span },
        ...{ due: kind === 'nextStepTooFar' ? NOW + span : NOW - span, days: 30, steps: index, open: index },
        ...{ touches: index, wanted: 3, hours: 24, times: index, near: 0, first: index },
        ...{ planned: index * 700 + 20, capacity: index * 400 },
      };
      const closing = { ...numbers, days: 45, close: 45 };
      return [numbers, { ...numbers, usual: span }, closing].map((one) =>
        alertText(kind, one, reader(language)),
      );
    }),
  );
}

function entry(more: Partial<DayEntry>): DayEntry {
  return {
    ...{
      kind: 'step',
      id: 'i',
      state: 'open',
      dueAt: NOW + HOUR,
      amount: null,
      timed: false,
      lowered: false,
    },
    ...{
      escalated: false,
      dealId: 'D',
      dealTitle: LONG,
      stepId: 's',
      title: 'Позвонить клиенту',
      minutes: 0,
    },
    ...{ result: NO_RESULT, postponed: 0 },
    standing: { state: 'open', elsewhere: false, reason: null, cause: null, until: null },
    ...more,
  };
}

function ofDays(language: Language): readonly string[] {
  const read = reader(language);
  const entries = [
    ...[1, 2, 5, 21, 400].map((days) => entry({ dueAt: NOW - days * DAY })),
    entry({ timed: true }),
    entry({ timed: true, dueAt: NOW - 2 * DAY }),
    entry({ dealTitle: null, lowered: true }),
    entry({ kind: 'clientDate' }),
    ...[true, false].map((escalated) => entry({ kind: 'push', escalated, title: 'Что со сделкой?' })),
    entry({ kind: 'push', dueAt: NOW - HOUR }),
  ];
  const counts = [0, 1, 2, 5, 21];
  const words = counts.flatMap((days) =>
    (['norm', 'idle'] as const).flatMap((by) =>
      [days, 1, 21].flatMap((usual) => [
        promptText({ ...stands(days, usual, by), stepTitle: 'Позвонить!', nextStage: null }, language),
        promptText({ ...stands(days, usual, by), stepTitle: null, nextStage: 'Оплата' }, language),
        promptText({ ...stands(days, usual, by), stageName: '', stepTitle: null, nextStage: null }, language),
      ]),
    ),
  );
  const funnel = { pipelineName: 'Продажи', stageName: 'Предложение' };
  return [
    ...entries.map((one) => entryLine(one, NOW, read)),
    ...counts.flatMap((n) => [
      ...counts.filter((late) => late <= n).map((late) => listIntro(n, late, language)),
      closingIntro(n, n, language),
      closedSaid({ planned: n, done: 0, notDone: 0, moved: 0, unexplained: n }, language) ?? '',
      movedSaid(n * 3, NOW + DAY, read) ?? '',
      digestTitle(n, language),
    ]),
    reminderText({ title: 'Позвонить', dealTitle: LONG, dueAt: NOW }, read),
    ...words,
    ...counts.flatMap((n) => [
      adviceText({ kind: 'pushNearClosing', fromPlace: 2, near: n, all: 21 }, funnel, language),
      adviceText({ kind: 'vacuumNear', top: n, all: 21 }, funnel, language),
      adviceText({ kind: 'topEmpty', all: n }, funnel, language),
    ]),
    ...[-400, -1, 0, 1, 400].flatMap((days) => [
      whenText(NOW + days * DAY, NOW, read),
      untilText(NOW + days * DAY, NOW, read),
      momentText(NOW + days * DAY, NOW, read),
    ]),
    ...digestBullets([{ kind: 'idle', about: null, text: alertText('idle', {}, read), dealId: null }]),
  ];
}

export function stands(days: number, usual: number, by: 'norm' | 'idle') {
  return { days, usual, by, over: 1, stageName: 'Предложение' };
}

function ofPushes(language: Language): readonly string[] {
  const push = { byName: 'Пётр Иванов', dealTitle: LONG, stepTitle: 'Позвонить', text: 'Когда договор' };
  const asked = [
    push,
    { ...push, byName: null, stepTitle: null },
    { ...push, dealTitle: null, stepTitle: null },
  ];
  const answer = { userName: 'Анна', dealTitle: 'Ромашка', until: '30', reason: null };
  return [
    ...asked.map((one) => askTitle(one, language)),
    ...[1, 2, 3, 12].map((n) =>
      noteText(
        Array.from({ length: n }, (_, index) => asked[index % 3] ?? push),
        language,
      ),
    ),
    escalationText(
      asked.map((one) => ({ ...one, userName: 'Анна' })),
      language,
    ),
    ...(['done', 'willBeDone', 'notDone'] as const).flatMap((kind) => [
      answerText({ ...answer, kind }, language),
      answerText({ ...answer, kind, dealTitle: null, reason: 'Клиент болеет' }, language),
    ]),
    ...(['step', 'deal', 'seller'] as const).map((target) => readyText(target, language)),
    promiseText(language === 'ru' ? '5 ноября' : '5 November', language),
  ];
}

export function seller(n: number, more: Partial<SellerDay> = {}): SellerDay {
  const figures = { planned: n * 3, done: n, notDone: n, moved: 0, unexplained: n };
  const item = { dealId: 'D', dealTitle: null, stepId: 's', title: 'Позвонить', cause: null, until: null };
  return {
    ...{ userId: 'anna', name: 'Анна', off: null, closedAt: null, figures, deviation: 'less' },
    usual: { ...figures, planned: 40, done: 31 },
    items: (['notDone', 'moved', 'movedAgain', 'unexplained'] as const).flatMap((what) =>
      [null, '', 'Нет времени'].map((reason) => ({ ...item, what, reason })),
    ),
    ...more,
  };
}

function ofSums(language: Language): readonly string[] {
  const counts = [0, 1, 2, 5, 21];
  const enough = 30;
  const dayOf = (n: number, final: boolean): Exceptions => ({
    ...{ date: '2026-11-23', final, kept: true, report: [], totals: seller(n).figures },
    sellers: [seller(n), seller(n, { name: 'Борис' }), seller(n), seller(n)],
  });
  return [
    ...counts.flatMap((n) => [
      ...[true, false].map((final) => exceptionsSentence(dayOf(n, final), language)),
      daySubject(dayOf(n, true), language),
      sellerLine(seller(n), language),
      itemsNote(seller(n), language),
      deviationText(seller(n), language) ?? '',
      reviewSentence(weekOf(n), language),
      reviewLine({ ...weekOf(n), userId: 'anna', name: 'Анна', reasons: [] }, language),
      dryRunText({ delivery: 'instant' }, tried(n), language),
      dryRunText({ delivery: 'digest' }, tried(n), language),
      plainEffectText(n, language),
      effectOf(counted30(n), enough, language).text,
      effectOf(counted30(n + enough), enough, language).text,
      precedesText({ deals: n, lost: n, lift: null }, enough, language),
      precedesText({ deals: n + enough, lost: n, lift: null }, enough, language),
    ]),
    ...[1.04, 1.5, 2, 5, 21].map((value) =>
      precedesText({ deals: 61, lost: 31, lift: { value, low: 1.01, high: value + 2 } }, enough, language),
    ),
    ...[
      { total: 0, top: null, omissions: 0, unexplained: 0 },
      { total: 1, top: null, omissions: 0, unexplained: 1 },
      { total: 21, top: { name: 'Дорого', share: 1 / 3 }, omissions: 2, unexplained: 11 },
      { total: 21, top: { name: 'Дорого', share: 1 / 3 }, omissions: 2, unexplained: 1 },
      { total: 5, top: { name: 'Дорого', share: 1 }, omissions: 0, unexplained: 0 },
    ].map((sums) => reasonsSentence(sums, language)),
  ];
}

function weekOf(n: number) {
  const week = { planned: n * 2, done: n, notDone: 0, moved: 0, unexplained: n, pushes: n, answered: n };
  const more = { responseMinutes: n === 0 ? null : n * 5, stuckMoved: n, doneShare: n / 21 };
  return { week: { ...week, ...more }, before: { ...week, ...more, doneShare: 0.5 } };
}

function tried(n: number) {
  const busiest = n === 0 ? null : { name: 'Анна', day: '2026-11-02', alerts: n };
  return { deals: n, alerts: n, people: n, busiest, withinBudget: n, budgetPerDay: 5 };
}

function counted30(n: number) {
  return { sent: n, judged: n, acted: 1, week: n, moved: 1, held_out: n, moved_held_out: 0 };
}
