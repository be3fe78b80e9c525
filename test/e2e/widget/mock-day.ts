import type {
  DayView,
  ExceptionsView,
  MyPushesView,
  RulesView,
  RuleView,
} from '../../../src/features/pushing/pushing.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

type Routes = Readonly<Record<string, MockRoute>>;

/** A morning on which nobody asks anything. */
export function quietDay(now: number): Routes {
  return {
    'GET /api/day': () => dayOf('en', now, { phase: 'morning', advice: [], prompts: [], steps: [] }),
    'GET /api/pushes/mine': () => ({ pushes: [], readyReasons: [] }) satisfies MyPushesView,
  };
}

/** The evening of a seller whom the head has asked; answers and closings are kept. */
export function askedEvening(language: Language, now: number): Routes {
  let pushes = pushesOf(language, now);
  let day = dayOf(language, now, {});
  const closeStep: MockRoute = ({ body }) => {
    const { dealId, stepId, kind, result } = body as Readonly<Record<string, string>>;
    day = {
      ...day,
      steps: day.steps.map((step) =>
        step.dealId === dealId && step.stepId === stepId
          ? { ...step, closing: { kind: kind as 'done', reason: result ?? null } }
          : step,
      ),
    };
    return { day };
  };
  return {
    'GET /api/day': () => day,
    'GET /api/pushes/mine': () => pushes,
    'POST /api/pushes/:id/answer': ({ params }) => {
      pushes = { ...pushes, pushes: pushes.pushes.filter((push) => push.id !== params['id']) };
      return { answer: { kind: 'done', at: hoursFrom(now, 0), byName: null, until: null, reason: null } };
    },
    'POST /api/day/closing': closeStep,
    'POST /api/day/finish': () => {
      day = { ...day, phase: 'closed', closedAt: hoursFrom(now, 0) };
      return { day };
    },
  };
}

function pushesOf(language: Language, now: number): MyPushesView {
  const ru = language === 'ru';
  return {
    pushes: [
      {
        id: 'p1',
        at: hoursFrom(now, -1),
        byName: ru ? 'Ольга Смирнова' : 'Olga Smirnova',
        text: ru ? 'Что с предложением для этого клиента?' : 'How is the offer for this client?',
        dealId: 'D_7',
        dealTitle: HOSTILE_TITLE,
        dealPath: '/crm/deal/details/7/',
        stepId: 'offer~1',
        stepTitle: ru ? 'Отправьте предложение' : 'Send the offer',
        answerBy: hoursFrom(now, 2),
        repeats: 0,
      },
    ],
    readyReasons: [
      { key: 'holiday', name: ru ? 'Клиент в отпуске' : 'The client is on holiday' },
      { key: 'price', name: ru ? 'Не подошла цена' : 'The price did not fit' },
    ],
  };
}

function dayOf(language: Language, now: number, changes: Partial<DayView>): DayView {
  const ru = language === 'ru';
  const step = (index: number) => ({
    dealId: `D_${index}`,
    dealTitle: ru ? `Клиент ${index}` : `Client ${index}`,
    dealPath: `/crm/deal/details/${index}/`,
    stepId: 'call~1',
    title: ru ? `Позвоните клиенту ${index}` : `Call client ${index}`,
    dueAt: hoursFrom(now, -3),
    overdue: true,
    minutes: 15,
    closing: null,
  });
  return {
    date: '2026-11-23',
    phase: 'closing',
    advice: [
      {
        text: ru
          ? 'Близко к деньгам всего 2 сделки: дожимайте этапы от предложения.'
          : 'Only 2 deals are near the money: push from the offer on.',
        dealIds: ['D_7'],
      },
    ],
    prompts: [
      {
        dealId: 'D_9',
        dealTitle: ru ? 'Клиент 9' : 'Client 9',
        dealPath: '/crm/deal/details/9/',
        text: ru
          ? 'Вы стоите на этапе «Предложение» 12 дней: пора на презентацию, или понизьте важность.'
          : 'You have stood on “Offer” for 12 days: time for the demo, or lower the priority.',
      },
    ],
    steps: [step(1), step(2)],
    counts: { done: 5, open: 2, overdue: 2, closed: 0 },
    closedAt: null,
    now: hoursFrom(now, 0),
    ...changes,
  };
}

export function exceptionsRoutes(language: Language): Routes {
  const ru = language === 'ru';
  const view: ExceptionsView = {
    date: '2026-11-23',
    sentence: ru
      ? 'Сделано 31 из 38. Без объяснения 2 шага, оба у Дмитрия Ковалёва.'
      : '31 of 38 done. 2 steps unexplained, both with Dmitry Kovalev.',
    sellers: [
      {
        userId: '5',
        name: ru ? 'Дмитрий Ковалёв' : 'Dmitry Kovalev',
        done: 4,
        notDone: 1,
        unexplained: 2,
        absent: false,
        closedAt: null,
        items: [
          {
            dealId: 'D_1',
            dealTitle: HOSTILE_TITLE,
            dealPath: '/crm/deal/details/1/',
            title: ru ? 'Позвоните клиенту' : 'Call the client',
            what: 'unexplained',
            reason: null,
          },
          {
            dealId: 'D_2',
            dealTitle: ru ? 'Клиент 2' : 'Client 2',
            dealPath: null,
            title: ru ? 'Отправьте договор' : 'Send the contract',
            what: 'notDone',
            reason: ru ? 'Юрист заболел' : 'The lawyer is ill',
          },
        ],
      },
    ],
  };
  return {
    'GET /api/day/exceptions': () => view,
    'POST /api/pushes': () => ({ push: { id: 'p2' } }),
  };
}

export function rulesRoutes(language: Language): Routes {
  const ru = language === 'ru';
  let rules: readonly RuleView[] = [ruleOf(language)];
  const view = (): RulesView => ({
    rules,
    presets: [
      {
        key: 'dailyControl',
        name: ru ? 'Дневной контроль' : 'Daily control',
        description: ru
          ? 'Первый контакт, касания, отчёт в 19:00.'
          : 'First contact, touches, report at 19:00.',
        ruleCount: 3,
      },
    ],
    budgetPerDay: 5,
    canEdit: true,
  });
  return {
    'GET /api/rules': view,
    'PUT /api/rules/:id': ({ body }) => {
      const { on, delivery } = body as Pick<RuleView, 'on' | 'delivery'>;
      rules = rules.map((rule) => ({ ...rule, on, delivery }));
      return view();
    },
    'POST /api/rules/presets/:key': view,
    'POST /api/rules/dry-run': () => ({
      days: 90,
      alerts: 214,
      perPersonDay: { median: 1, busiest: { name: 'Anna', date: '2026-10-05', alerts: 6 } },
      overBudget: 3,
      examples: [
        { dealId: 'D_1', title: HOSTILE_TITLE, at: '2026-10-05T09:00:00Z', text: 'idle for 9 days' },
      ],
    }),
  };
}

function ruleOf(language: Language): RuleView {
  const ru = language === 'ru';
  return {
    id: 'r1',
    kind: 'stepOverdue',
    name: ru ? 'Шаг просрочен' : 'Step overdue',
    sentence: ru
      ? 'Если шаг просрочен на 1 рабочий день, сообщить продавцу сразу.'
      : 'When a step is overdue by 1 working day, tell the seller at once.',
    on: false,
    parameters: [
      {
        key: 'after',
        label: ru ? 'Просрочен на' : 'Overdue by',
        value: 1,
        unit: 'workingDays',
        min: 0,
        max: 30,
      },
    ],
    recipients: ['seller'],
    channels: ['host'],
    delivery: 'instant',
    demotedAt: '2026-11-20T09:00:00Z',
    escalation: [{ after: 2, unit: 'workingDays', to: 'head' }],
    effect: {
      sent: 40,
      actedWithinDay: 22,
      movedWithinWeek: 15,
      heldOut: 4,
      movedWithinWeekHeldOut: 1,
      text: ru
        ? 'Из 40 напоминаний на 22 отозвались за день.'
        : 'Of 40 alerts 22 were acted on within a day.',
    },
  };
}
