import type { AlertsView, AlertView } from '../../../src/features/pushing/pushing.view.js';
import { hoursFrom, HOSTILE_TITLE, planView, type Language } from './fixtures.js';
import { offDaysOf } from './mock-day.js';
import { say, type Routes } from './mock-exceptions.js';

export function alertOf(
  language: Language,
  now: number,
  n: number,
  fields: Partial<AlertView> = {},
): AlertView {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    at: hoursFrom(now, -n),
    ruleKey: 'stepOverdue',
    ruleName: say(language, 'Шаг просрочен', 'A step is overdue'),
    rule: say(
      language,
      'Срок шага прошёл больше 1 ч рабочего времени назад.',
      'A step is more than 1 h of working time past its deadline.',
    ),
    text: say(
      language,
      'Срок был вчера. Сделайте или перенесите с причиной.',
      'It was due yesterday. Do it, or move it with a reason.',
    ),
    dealId: `D_${n}`,
    dealTitle: n === 1 ? HOSTILE_TITLE : say(language, `Клиент ${n}`, `Client ${n}`),
    dealPath: `/crm/deal/details/${n}/`,
    pipelineName: say(language, 'Продажи', 'Sales'),
    stageName: say(language, 'Предложение', 'Offer'),
    ownerId: '5',
    ownerName: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
    told: [
      {
        name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
        at: hoursFrom(now, -n),
        how: 'digest',
        level: 0,
      },
    ],
    level: 0,
    next: { at: hoursFrom(now, 20), text: say(language, 'узнает руководитель', 'the head is told') },
    cost: { amount: '250000', currency: 'RUB', deals: 1, overDays: null },
    acted: null,
    push: null,
    snoozes: 0,
    canSnooze: true,
    snoozeGoesUp: false,
    ...fields,
  };
}

/** Of every kind one. */
function alertsOf(language: Language, now: number): readonly AlertView[] {
  const head = say(language, 'Ольга Смирнова', 'Olga Smirnova');
  return [
    alertOf(language, now, 1, { snoozes: 2, snoozeGoesUp: true }),
    alertOf(language, now, 2, {
      ruleKey: 'stuck',
      ruleName: say(language, 'Сделка застряла', 'The deal is stuck'),
      level: 1,
      told: [
        ...alertOf(language, now, 2).told,
        { name: head, at: hoursFrom(now, -1), how: 'instant', level: 1 },
        { name: head, at: null, how: 'task', level: 2 },
      ],
      next: null,
      cost: { amount: '1200000', currency: 'RUB', deals: 1, overDays: 12 },
      push: {
        id: 'p1',
        at: hoursFrom(now, -1),
        byName: head,
        state: 'waiting',
        answer: null,
        coolUntil: hoursFrom(now, 1),
      },
    }),
    alertOf(language, now, 3, {
      acted: { at: hoursFrom(now, -1), text: say(language, 'закрыли шаг плана', 'a step was finished') },
      cost: { amount: null, currency: null, deals: 1, overDays: null },
      dealPath: null,
      push: {
        id: 'p2',
        at: hoursFrom(now, -2),
        byName: head,
        state: 'answered',
        answer: {
          kind: 'notDone',
          at: hoursFrom(now, -1),
          byName: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
          until: null,
          reason: HOSTILE_TITLE,
        },
        coolUntil: null,
      },
    }),
    alertOf(language, now, 4, {
      ruleKey: 'topEmpty',
      ruleName: say(language, 'Пусто в начале воронки', 'The top of the funnel is empty'),
      text: say(language, 'В начале воронки сделок: 0.', 'Deals at the top: 0.'),
      dealId: null,
      dealTitle: say(language, 'Дмитрий Ковалёв, Продажи', 'Dmitry Kovalev, Sales'),
      dealPath: null,
      stageName: null,
      told: [],
      next: null,
      cost: { amount: '5400000', currency: 'RUB', deals: 14, overDays: null },
      canSnooze: false,
    }),
  ];
}

/** A list whose answers are kept; `pages`: of five alerts each, instead of one of every kind. */
export function alertsRoutes(
  language: Language,
  now: number,
  { pages = 0, canPush = true }: { readonly pages?: number; readonly canPush?: boolean } = {},
): Routes {
  let alerts =
    pages === 0
      ? alertsOf(language, now)
      : Array.from({ length: pages * 5 }, (_, index) => alertOf(language, now, index + 1));
  let putOff: typeof alerts = [];
  return {
    'GET /api/alerts': ({ query }) => {
      const state = query.get('state');
      const rule = query.get('ruleKeys');
      const held = alerts.filter((one) => rule === null || one.ruleKey === rule);
      const found = held.filter((one) => state === null || isOf(one, state));
      const from = Number(query.get('after') ?? '0');
      const size = pages === 0 ? found.length : 5;
      return {
        alerts: found.slice(from, from + size),
        next: from + size < found.length ? String(from + size) : null,
        counts: from > 0 ? null : countsOf(held),
        choices: from > 0 ? null : choicesOf(language, alerts),
        snoozeReasons: [
          { key: 'holiday', name: say(language, 'Клиент в отпуске', 'The client is on holiday') },
          { key: 'budget', name: say(language, 'Ждёт бюджета', 'Waits for the budget') },
        ],
        canPush,
        now: hoursFrom(now, 0),
      } satisfies AlertsView;
    },
    'POST /api/alerts/:id/snooze': ({ params }) => {
      const one = alerts.find((alert) => alert.id === params['id']);
      putOff = alerts.filter((alert) => alert.dealId === one?.dealId);
      alerts = alerts.filter((alert) => alert.dealId !== one?.dealId);
      const said = say(
        language,
        'Сделка отложена в 3-й раз на этом этапе: об этом узнает руководитель.',
        'Put off 3 times in this stage: the head hears of it.',
      );
      return { done: 1, refused: [], undo: 'u9', said: one?.snoozeGoesUp ? said : null };
    },
    'POST /api/panel/undo': () => {
      alerts = [...putOff, ...alerts];
      return { done: 1, refused: [], undo: null };
    },
    'POST /api/pushes': () => ({
      push: {
        id: 'p9',
        at: hoursFrom(now, 0),
        byName: null,
        state: 'waiting',
        answer: null,
        coolUntil: hoursFrom(now, 1),
      },
    }),
    'GET /api/day/off-days': () => offDaysOf(),
    'GET /api/plan/:deal': () => planView(language, now),
  };
}

function isOf(alert: AlertView, state: string): boolean {
  if (state === 'escalated') return alert.level > 0;
  return (alert.acted !== null) === (state === 'acted');
}

function countsOf(alerts: readonly AlertView[]): NonNullable<AlertsView['counts']> {
  const count = (state: string): number => alerts.filter((one) => isOf(one, state)).length;
  return {
    all: alerts.length,
    unacted: count('unacted'),
    acted: count('acted'),
    escalated: count('escalated'),
  };
}

function choicesOf(language: Language, alerts: readonly AlertView[]): NonNullable<AlertsView['choices']> {
  const rules = Map.groupBy(alerts, (one) => one.ruleKey);
  return {
    rules: [...rules].map(([id, own]) => ({ id, name: own[0]?.ruleName ?? id, count: own.length })),
    sellers: [
      { id: '5', name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'), count: 3 },
      { id: '6', name: say(language, 'Анна Лебедева', 'Anna Lebedeva'), count: 1 },
    ],
    pipelines: [{ id: '0', name: say(language, 'Продажи', 'Sales'), count: 4 }],
  };
}
