import type { MyPushesView, RulesView, RuleView } from '../../../src/features/pushing/pushing.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

type Routes = Readonly<Record<string, MockRoute>>;

/** Nobody asks anything. */
export function quietDay(): Routes {
  return { 'GET /api/pushes/mine': () => ({ pushes: [], readyReasons: [] }) satisfies MyPushesView };
}

/** A seller whom the head has asked; answers are kept. */
export function askedDay(language: Language, now: number): Routes {
  let pushes = pushesOf(language, now);
  return {
    'GET /api/pushes/mine': () => pushes,
    'POST /api/pushes/:id/answer': ({ params }) => {
      pushes = { ...pushes, pushes: pushes.pushes.filter((push) => push.id !== params['id']) };
      return { answer: { kind: 'done', at: hoursFrom(now, 0), byName: null, until: null, reason: null } };
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
