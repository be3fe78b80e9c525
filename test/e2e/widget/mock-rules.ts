import type { DaySettingsRequest } from '../../../src/features/pushing/day.view.js';
import type {
  RuleChangeBody,
  RuleDryRunView,
  RulesView,
  RuleView,
} from '../../../src/features/pushing/pushing.view.js';
import { HOSTILE_TITLE, type Language } from './fixtures.js';
import { daySettings } from './mock-day.js';
import { say, type Routes } from './mock-exceptions.js';

export function rulesRoutes(language: Language): Routes {
  let rules: readonly RuleView[] = [ruleOf(language), companyRule(language)];
  let preset = false;
  let amounts = { budgetPerDay: 5, heldOutShare: 0.1 };
  let settings = daySettings();
  let looks = 0;
  const view = (): RulesView => ({
    rules,
    presets: [
      {
        key: 'dailyControl',
        name: say(language, 'Дневной контроль', 'Daily control'),
        description: say(
          language,
          'Первый контакт, касания, отчёт в 19:00.',
          'First contact, touches, report at 19:00.',
        ),
        ruleCount: 3,
        on: preset,
      },
    ],
    ...amounts,
    canEdit: true,
    mail: {
      configured: false,
      text: say(
        language,
        'Письма выключены: почта сервера не настроена.',
        'Letters are off: no mail server is set.',
      ),
    },
    people: [
      { userId: '5', name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev') },
      { userId: '6', name: say(language, 'Анна Лебедева', 'Anna Lebedeva') },
    ],
  });
  return {
    'GET /api/rules': view,
    'PUT /api/rules': ({ body }) => {
      amounts = { ...amounts, ...(body as Partial<typeof amounts>) };
      return view();
    },
    'PUT /api/rules/:id': ({ params, body }) => {
      const { parameters: _sent, ...change } = body as RuleChangeBody;
      rules = rules.map((rule) =>
        rule.id === params['id']
          ? {
              ...rule,
              ...change,
              demotedAt: change.delivery ? null : rule.demotedAt,
              demotedWhy: change.delivery ? null : rule.demotedWhy,
            }
          : rule,
      );
      return view();
    },
    'POST /api/rules/presets/:key': () => {
      preset = true;
      return view();
    },
    'POST /api/rules/:id/dry-run': () => {
      looks = 0;
      return dryRun(language, 'running');
    },
    'GET /api/rules/dry-runs/:id': () => dryRun(language, ++looks < 2 ? 'running' : 'done'),
    'POST /api/rules/dry-runs/:id/stop': () => dryRun(language, 'stopped'),
    'GET /api/day/settings': () => settings,
    'PUT /api/day/settings': ({ body }) => {
      settings = { ...settings, ...(body as DaySettingsRequest) };
      return settings;
    },
  };
}

function dryRun(language: Language, state: RuleDryRunView['state']): RuleDryRunView {
  return {
    id: 'dry-1',
    state,
    progress: { done: state === 'done' ? 90 : 30, total: 90 },
    result:
      state !== 'done'
        ? null
        : {
            days: 90,
            from: '2026-08-25',
            to: '2026-11-22',
            deals: 1_840,
            alerts: 214,
            people: 9,
            busiest: { name: say(language, 'Анна Лебедева', 'Anna Lebedeva'), day: '2026-10-05', alerts: 6 },
            withinBudget: 211,
            text: say(
              language,
              'За 90 дней было бы 214 напоминаний девяти людям, не больше 6 одному за день.',
              '214 alerts to nine people in 90 days, at most 6 for one of them in a day.',
            ),
            limits: [say(language, 'Отложенное тогда не учтено.', 'What was put off then is not counted.')],
            examples: [
              {
                at: '2026-10-05T09:00:00Z',
                dealId: 'D_1',
                dealTitle: HOSTILE_TITLE,
                dealPath: '/crm/deal/details/1/',
                toName: say(language, 'Анна Лебедева', 'Anna Lebedeva'),
                text: say(language, 'Шаг просрочен на 9 дней.', 'The step is 9 days overdue.'),
              },
            ],
          },
  };
}

function ruleOf(language: Language): RuleView {
  return {
    id: 'r1',
    kind: 'stepOverdue',
    name: say(language, 'Шаг просрочен', 'Step overdue'),
    sentence: say(
      language,
      'Если шаг просрочен на 1 рабочий день, сообщить продавцу.',
      'When a step is overdue by 1 working day, tell the seller.',
    ),
    on: false,
    parameters: [
      {
        key: 'after',
        label: say(language, 'Просрочен на', 'Overdue by'),
        value: 1,
        unit: 'workingDays',
        min: 0,
        max: 30,
      },
    ],
    recipients: ['seller'],
    channels: ['host'],
    delivery: 'digest',
    hours: 'working',
    about: 'deal',
    toldTo: say(
      language,
      'Продавцу в сводке, в рабочее время; через 2 рабочих дня руководителю.',
      'The seller in the digest, in working time; the head after 2 working days.',
    ),
    demotedAt: '2026-11-20T09:00:00Z',
    demotedWhy: say(
      language,
      '20 ноября правило само перешло в сводку: из 40 срочных сигналов за месяц отработали 2.',
      'On 20 November the rule went over to the digest by itself: of 40 instant alerts in a month 2 were acted on.',
    ),
    escalation: [{ after: 2, unit: 'workingDays', to: 'head' }],
    effect: {
      sent: 340,
      judgedByDay: 330,
      actedWithinDay: 182,
      judgedByWeek: 300,
      movedWithinWeek: 120,
      heldOut: 40,
      movedWithinWeekHeldOut: 8,
      verdict: 'helps',
      lift: { points: 20, low: 4, high: 31 },
      text: say(
        language,
        'Из 330 сигналов за день отработали 182 (55 %). Правило помогает: разница +20 п. п., с вероятностью 95 % от +4 до +31.',
        'Of 330 alerts 182 were acted on within a day (55%). The rule helps: the difference is +20 points, with 95% confidence between +4 and +31.',
      ),
    },
  };
}

function companyRule(language: Language): RuleView {
  return {
    ...ruleOf(language),
    id: 'r2',
    kind: 'topEmpty',
    name: say(language, 'Верх воронки пуст', 'The top of the funnel is empty'),
    sentence: say(
      language,
      'Если в начале воронки меньше 3 сделок, сообщить руководителю.',
      'When the funnel begins with fewer than 3 deals, tell the head.',
    ),
    on: true,
    parameters: [],
    recipients: ['head', { userId: '6' }],
    about: 'company',
    demotedAt: null,
    demotedWhy: null,
    escalation: [],
    effect: null,
  };
}
