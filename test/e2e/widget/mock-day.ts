import type {
  DayItemRequest,
  DayItemView,
  DaySettingsView,
  DayView,
  OffDaysView,
} from '../../../src/features/pushing/day.view.js';
import type { MyPushesView } from '../../../src/features/pushing/pushing.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import { reviewOf, say, type Routes } from './mock-exceptions.js';

export function reasonsOf(language: Language): DayView['reasons'] {
  return [
    {
      key: 'silent',
      name: say(language, 'Клиент не отвечает', 'The client does not answer'),
      cause: 'client',
    },
    { key: 'holiday', name: say(language, 'Клиент в отпуске', 'The client is on holiday'), cause: 'client' },
    { key: 'supplier', name: say(language, 'Подвёл поставщик', 'The supplier let us down'), cause: 'outer' },
    { key: 'late', name: say(language, 'Не успели', 'No time left'), cause: 'omission' },
  ];
}

export function itemOf(id: string, fields: Partial<DayItemView> = {}): DayItemView {
  return {
    id,
    kind: 'step',
    dealId: `D_${id}`,
    dealTitle: `Client ${id}`,
    dealPath: `/crm/deal/details/${id}/`,
    stepId: 'call~1',
    pushId: null,
    title: `Call ${id}`,
    because: null,
    dueAt: null,
    overdue: false,
    minutes: 15,
    result: { kind: 'none', label: null, choices: [], demanded: false },
    state: 'open',
    settledElsewhere: false,
    reason: null,
    until: null,
    postponed: 0,
    ...fields,
  };
}

function itemsOf(language: Language, now: number): readonly DayItemView[] {
  return [
    itemOf('1', {
      title: HOSTILE_TITLE,
      dealTitle: HOSTILE_TITLE,
      because: say(language, 'Просрочено на 3 рабочих дня', '3 working days late'),
      dueAt: hoursFrom(now, -50),
      overdue: true,
    }),
    itemOf('2', {
      title: say(language, 'Узнайте бюджет клиента', 'Learn the client’s budget'),
      dueAt: hoursFrom(now, 1),
      result: { kind: 'number', label: say(language, 'Бюджет', 'Budget'), choices: [], demanded: true },
    }),
    itemOf('3', {
      kind: 'clientDate',
      stepId: null,
      title: say(language, 'Вернитесь к клиенту', 'Come back to the client'),
      because: say(language, 'Сегодня день, о котором вы договорились', 'Today is the day that was agreed'),
      dueAt: hoursFrom(now, 2),
      dealPath: null,
      minutes: 0,
      postponed: 2,
    }),
    itemOf('4', {
      title: say(language, 'Отправьте договор', 'Send the contract'),
      state: 'done',
      settledElsewhere: true,
    }),
    itemOf('5', {
      title: say(language, 'Покажите продукт', 'Show the product'),
      state: 'moved',
      reason: say(language, 'Клиент в отпуске', 'The client is on holiday'),
      until: hoursFrom(now, 70),
    }),
  ];
}

export function dayOf(language: Language, now: number, changes: Partial<DayView> = {}): DayView {
  const items = changes.items ?? itemsOf(language, now);
  const count = (state: DayItemView['state']): number => items.filter((item) => item.state === state).length;
  return {
    date: '2026-11-23',
    phase: 'day',
    off: null,
    listAt: hoursFrom(now, -3),
    closingAt: hoursFrom(now, 6),
    advice: [
      {
        kind: 'pushNearClosing',
        pipelineName: say(language, 'Продажи', 'Sales'),
        text: say(
          language,
          'Близко к деньгам всего 2 сделки: дожимайте этапы от предложения.',
          'Only 2 deals are near the money: push from the offer on.',
        ),
        deals: [{ dealId: 'D_7', dealTitle: HOSTILE_TITLE, dealPath: '/crm/deal/details/7/' }],
      },
    ],
    prompts: [
      {
        dealId: 'D_9',
        dealTitle: say(language, 'Поставка станков', 'Machine tools'),
        dealPath: '/crm/deal/details/9/',
        stageName: say(language, 'Предложение', 'Offer'),
        text: say(
          language,
          'Вы стоите на этапе «Предложение» 12 дней, обычно 5: пора показать продукт, или понизьте важность и переключитесь.',
          'You have stood on “Offer” for 12 days, usually 5: time for the demo, or lower the priority and switch.',
        ),
        actions: ['openDeal', 'moveDate', 'lowerPriority'],
        itemId: '2',
        postponed: 0,
      },
    ],
    items,
    counts: {
      planned: items.length,
      done: count('done'),
      notDone: count('notDone'),
      moved: count('moved'),
      open: count('open'),
      overdue: items.filter((item) => item.state === 'open' && item.overdue).length,
    },
    reasons: reasonsOf(language),
    closedAt: null,
    reminders: true,
    cycleOn: true,
    now: hoursFrom(now, 0),
    ...changes,
  };
}

/** A day whose answers are kept. */
export function dayRoutes(language: Language, now: number, changes: Partial<DayView> = {}): Routes {
  let day = dayOf(language, now, changes);
  const put = (next: Partial<DayView>, said: string | null = null): object => {
    const { counts: _before, ...rest } = day;
    day = dayOf(language, now, { ...rest, ...next });
    return { day, said };
  };
  return {
    'GET /api/day': () => day,
    'POST /api/day/items/:id': ({ params, body }) => {
      const request = body as DayItemRequest;
      const items = day.items.map((item) =>
        item.id === params['id']
          ? { ...item, state: request.kind, reason: wordsOf(language, request) }
          : item,
      );
      return put({ items });
    },
    'POST /api/day/prompts/:deal': ({ params }) =>
      put({ prompts: day.prompts.filter((prompt) => prompt.dealId !== params['deal']) }),
    'PUT /api/day/reminders': ({ body }) => put({ reminders: (body as { on: boolean }).on }),
    'POST /api/day/close': () =>
      put(
        { phase: 'closed', closedAt: hoursFrom(now, 0) },
        say(language, 'День закрыт: без объяснения 1.', 'The day is closed: 1 left without a word.'),
      ),
    'GET /api/day/review': ({ query }) => reviewOf(language, now, query.get('week')),
    'GET /api/day/off-days': () => offDaysOf(),
    ...asking({ pushes: [], readyReasons: [] }),
  };
}

/** Of somebody who works from Monday to Friday, around the day of the scenes. */
export function offDaysOf(): OffDaysView {
  const off = ['2026-11-28', '2026-12-05', '2026-12-12', '2026-12-19'].map((from) => ({
    from,
    to: `${from.slice(0, 8)}${String(Number(from.slice(8)) + 1).padStart(2, '0')}`,
    why: 'weekend' as const,
  }));
  return {
    from: '2026-11-23',
    to: '2027-11-24',
    off: [...off, { from: '2027-01-01', to: '2027-01-08', why: 'holiday' }],
  };
}

function wordsOf(language: Language, request: DayItemRequest): string | null {
  if (request.kind === 'done') return null;
  const known = reasonsOf(language).find((reason) => reason.key === request.reasonKey);
  return known?.name ?? request.reason ?? null;
}

/** Nobody asks anything, and nothing is planned. */
export function quietDay(): Routes {
  return dayRoutes('en', Date.now(), { items: [], advice: [], prompts: [], phase: 'morning' });
}

/** The evening of a seller whom the head has asked; answers are kept. */
export function askedDay(language: Language, now: number): Routes {
  return {
    ...dayRoutes(language, now, { phase: 'closing' }),
    ...asking({
      pushes: [
        {
          id: 'p1',
          at: hoursFrom(now, -1),
          byName: say(language, 'Ольга Смирнова', 'Olga Smirnova'),
          text: say(language, 'Что с предложением для этого клиента?', 'How is the offer for this client?'),
          dealId: 'D_7',
          dealTitle: HOSTILE_TITLE,
          dealPath: '/crm/deal/details/7/',
          stepId: 'offer~1',
          stepTitle: say(language, 'Отправьте предложение', 'Send the offer'),
          answerBy: hoursFrom(now, 2),
          repeats: 0,
        },
      ],
      readyReasons: [
        { key: 'holiday', name: say(language, 'Клиент в отпуске', 'The client is on holiday') },
        { key: 'price', name: say(language, 'Не подошла цена', 'The price did not fit') },
      ],
    }),
  };
}

function asking(first: MyPushesView): Routes {
  let pushes = first;
  return {
    'GET /api/pushes/mine': () => pushes,
    'POST /api/pushes/:id/answer': ({ params }) => {
      pushes = { ...pushes, pushes: pushes.pushes.filter((push) => push.id !== params['id']) };
      return {
        answer: { kind: 'done', at: new Date().toISOString(), byName: null, until: null, reason: null },
      };
    },
  };
}

export function daySettings(): DaySettingsView {
  return {
    cycleOn: false,
    listAt: '09:00',
    closingAt: '18:00',
    exceptionsAt: '19:00',
    reviewAt: '10:00',
    remindMinutes: 15,
    mail: false,
    mailConfigured: false,
    canEdit: true,
  };
}
