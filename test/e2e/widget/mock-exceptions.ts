import type { ExceptionsView, ReviewRowView, ReviewView } from '../../../src/features/pushing/day.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

export type Routes = Readonly<Record<string, MockRoute>>;

export function say(language: Language, ru: string, en: string): string {
  return language === 'ru' ? ru : en;
}

export function exceptionsRoutes(language: Language, now: number): Routes {
  return {
    'GET /api/day/exceptions': ({ query }) => ({ ...exceptionsOf(language, now), date: query.get('date') }),
    'GET /api/day/review': ({ query }) => reviewOf(language, now, query.get('week')),
    'POST /api/pushes': () => ({ push: { id: 'p2' } }),
  };
}

function exceptionsOf(language: Language, now: number): ExceptionsView {
  const figures = { planned: 38, done: 31, notDone: 3, moved: 2, unexplained: 2 };
  const none = { planned: 0, done: 0, notDone: 0, moved: 0, unexplained: 0 };
  const deal = (n: number) => ({
    dealId: `D_${n}`,
    dealTitle: n === 1 ? HOSTILE_TITLE : say(language, `Клиент ${n}`, `Client ${n}`),
    dealPath: n === 2 ? null : `/crm/deal/details/${n}/`,
  });
  const item = { stepId: 'call~1', reason: null, cause: null, until: null } as const;
  return {
    date: '2026-11-23',
    sentence: say(
      language,
      'Сделано 31 из 38. Без объяснения 2 дела, оба у Дмитрия Ковалёва.',
      '31 of 38 done. 2 are without a word, both with Dmitry Kovalev.',
    ),
    final: false,
    totals: figures,
    sellers: [
      {
        ...{ ...figures, planned: 9, done: 4, notDone: 1, moved: 1, unexplained: 2 },
        userId: '5',
        name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
        off: null,
        closedAt: null,
        deviation: say(
          language,
          'Обычно он закрывает 82 % дня, сегодня 44 %.',
          'He usually settles 82 % of a day, today 44 %.',
        ),
        items: [
          {
            ...deal(1),
            ...item,
            title: say(language, 'Позвоните клиенту', 'Call the client'),
            what: 'unexplained',
          },
          {
            ...deal(2),
            ...item,
            title: say(language, 'Отправьте договор', 'Send the contract'),
            what: 'notDone',
            reason: say(language, 'Юрист заболел', 'The lawyer is ill'),
            cause: 'outer',
          },
          {
            ...deal(3),
            ...item,
            title: say(language, 'Назначьте встречу', 'Arrange a meeting'),
            what: 'movedAgain',
            reason: say(language, 'Клиент в отпуске', 'The client is on holiday'),
            cause: 'client',
            until: hoursFrom(now, 90),
          },
        ],
      },
      {
        ...{ ...none, planned: 29, done: 29 },
        userId: '6',
        name: say(language, 'Анна Лебедева', 'Anna Lebedeva'),
        off: null,
        closedAt: hoursFrom(now, -1),
        deviation: null,
        items: [],
      },
      {
        ...none,
        userId: '7',
        name: say(language, 'Пётр Орлов', 'Peter Orlov'),
        off: 'absent',
        closedAt: null,
        deviation: null,
        items: [],
      },
    ],
    report: {
      noTask: { count: 21, deals: [1, 2, 3].map((n) => ({ ...deal(n), ownerName: 'Anna Lebedeva' })) },
      noComment: { count: 1, deals: [{ ...deal(4), ownerName: null }] },
      unsorted: { count: 0, deals: [] },
    },
    now: hoursFrom(now, 0),
  };
}

export function reviewOf(language: Language, now: number, week: string | null): ReviewView {
  const before = {
    ...{ planned: 150, done: 110, notDone: 20, moved: 12, unexplained: 8, doneShare: 0.733 },
    ...{ pushes: 6, answered: 5, responseMinutes: 95, stuckMoved: 2 },
  };
  const row = (userId: string | null, name: string, done: number): ReviewRowView => ({
    userId,
    name,
    before,
    week: { ...before, done, doneShare: done / 150, responseMinutes: 40, stuckMoved: 5 },
    reasons: [
      {
        reason: say(language, 'Клиент не отвечает', 'The client does not answer'),
        cause: 'client',
        count: 9,
      },
      { reason: HOSTILE_TITLE, cause: null, count: 2 },
    ],
  });
  const few = row('3', say(language, 'Ольга Смирнова', 'Olga Smirnova'), 12);
  return {
    from: week === null ? '2026-11-16' : '2026-11-09',
    to: week === null ? '2026-11-22' : '2026-11-15',
    sentence: say(
      language,
      'Сделано 84 % намеченного, неделей раньше 73 %. Чаще всего мешает: клиент не отвечает.',
      '84 % of what was planned is done, 73 % the week before. Most often: the client does not answer.',
    ),
    mine: { ...few, week: { ...few.week, planned: 14, doneShare: null } },
    sellers: [
      row('5', say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'), 101),
      row('6', say(language, 'Анна Лебедева', 'Anna Lebedeva'), 142),
    ],
    total: row(null, '', 126),
    now: hoursFrom(now, 0),
  };
}
