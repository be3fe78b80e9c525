import type { HomeView } from '../../../src/features/plans/home.view.js';
import { alertStates } from './alert-states.js';
import { bookStates } from './book-states.js';
import { companyStates } from './company-states.js';
import {
  closedPlan,
  hoursFrom,
  HOSTILE_TITLE,
  installView,
  planView,
  runningSync,
  unplanned,
  type Language,
} from './fixtures.js';
import type { PortalOptions } from './fake-portal.js';
import { askedDay, dayRoutes } from './mock-day.js';
import { exceptionsRoutes } from './mock-exceptions.js';
import { mockInsight } from './mock-insight.js';
import { mockPanel } from './mock-panel.js';
import { reasonsRoutes } from './mock-reasons.js';
import { rulesRoutes } from './mock-rules.js';
import type { Scene } from './mock-server.js';
import { mockTemplates } from './mock-templates.js';
import { planStates } from './plan-states.js';
import { sceneOf } from './stage-set.js';

export interface ScreenState {
  readonly name: string;
  readonly screen: Scene['boot']['screen'];
  /** Text that says the state is there, by language. */
  readonly sign: Readonly<Record<Language, string>>;
  readonly portal?: PortalOptions;
  change?(scene: Scene, language: Language, now: number): void;
}

export function homeView(language: Language, now: number): HomeView {
  const plan = planView(language, now);
  const steps = plan.stages.flatMap((stage) => stage.steps).slice(2, 5);
  return {
    sync: plan.sync,
    now: plan.now,
    counts: { overdue: 1, today: 127 },
    today: [
      {
        dealId: '9',
        dealTitle: HOSTILE_TITLE,
        dealPath: '/crm/deal/details/9/',
        stepId: 'x~1',
        title: HOSTILE_TITLE,
        dueAt: hoursFrom(now, -49),
        overdue: true,
      },
      ...steps.map((step, index) => ({
        dealId: String(50 + index),
        dealTitle: plan.deal.title,
        dealPath: index === 2 ? null : `/crm/deal/details/${50 + index}/`,
        stepId: step.id,
        title: step.title,
        dueAt: step.dueAt,
        overdue: false,
      })),
    ],
  };
}

/** Every screen in every state that a person can meet. */
export const screenStates: readonly ScreenState[] = [
  { name: 'plan', screen: 'plan', sign: { ru: 'Что сейчас', en: 'What now' } },
  {
    name: 'plan-first-sync',
    screen: 'plan',
    sign: { ru: 'Копируем сделки', en: 'Copying deals' },
    change: (scene, language, now) =>
      (scene.plan = { ...unplanned(language, now, true), sync: runningSync(now) }),
  },
  {
    name: 'plan-launch',
    screen: 'plan',
    sign: { ru: 'пока нет', en: 'no plan yet' },
    change: (scene, language, now) => (scene.plan = unplanned(language, now, true)),
  },
  {
    name: 'plan-none',
    screen: 'plan',
    sign: { ru: 'не включены', en: 'Plans are off' },
    change: (scene, language, now) => (scene.plan = unplanned(language, now, false)),
  },
  {
    name: 'plan-closed',
    screen: 'plan',
    sign: { ru: 'План закрыт', en: 'Plan closed' },
    change: (scene, language, now) => (scene.plan = closedPlan(language, now)),
  },
  ...planStates,
  {
    name: 'plan-trouble',
    screen: 'plan',
    sign: { ru: 'Связь с CRM', en: 'The connection to the CRM' },
    change: (scene, language) => {
      const problem =
        language === 'ru'
          ? 'Портал не принимает наши запросы: администратору нужно открыть приложение ещё раз.'
          : 'The portal refuses our requests: the administrator has to open the app again.';
      scene.plan = { ...scene.plan, sync: { ...scene.plan.sync, problem } };
    },
  },
  {
    name: 'plan-error',
    screen: 'plan',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
  {
    name: 'plan-forbidden',
    screen: 'plan',
    sign: { ru: 'вам не видна', en: 'You cannot see' },
    change: (scene) => (scene.readError = { status: 403, code: 'not-yours' }),
  },
  {
    name: 'home',
    screen: 'home',
    sign: { ru: 'С чего начать', en: 'What first today' },
    portal: { placement: 'DEFAULT', fixedHeight: 1500 },
    change: (scene, language, now) =>
      Object.assign(scene, { home: homeView(language, now), routes: dayRoutes(language, now) }),
  },
  {
    name: 'home-empty',
    screen: 'home',
    sign: { ru: 'На сегодня всё', en: 'All done' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene, language, now) =>
      (scene.home = { ...homeView(language, now), today: [], counts: { overdue: 0, today: 0 } }),
  },
  {
    name: 'home-asked',
    screen: 'home',
    sign: { ru: 'ждёт вашего ответа', en: 'waits for your answer' },
    portal: { placement: 'DEFAULT', fixedHeight: 1500 },
    change: (scene, language, now) =>
      Object.assign(scene, { home: homeView(language, now), routes: askedDay(language, now) }),
  },
  {
    name: 'exceptions',
    screen: 'exceptions',
    sign: { ru: 'Сделано 31 из 38', en: '31 of 38 done' },
    portal: { placement: 'DEFAULT', fixedHeight: 1300 },
    change: (scene, language, now) => (scene.routes = exceptionsRoutes(language, now)),
  },
  {
    name: 'reasons',
    screen: 'reasons',
    sign: { ru: 'Чаще всего мешает', en: 'Most often' },
    portal: { placement: 'DEFAULT', fixedHeight: 1300 },
    change: (scene, language) => (scene.routes = reasonsRoutes(language)),
  },
  {
    name: 'rules',
    screen: 'rules',
    sign: { ru: 'Шаг просрочен', en: 'Step overdue' },
    portal: { placement: 'DEFAULT', fixedHeight: 1100 },
    change: (scene, language) => (scene.routes = rulesRoutes(language)),
  },
  {
    name: 'panel',
    screen: 'panel',
    sign: { ru: 'Внедрение CRM: клиент 3', en: 'CRM for client 3' },
    portal: { placement: 'DEFAULT', fixedHeight: 1200 },
    change: (scene, language, now) => (scene.routes = mockPanel(language, now).routes),
  },
  {
    name: 'panel-empty',
    screen: 'panel',
    sign: { ru: 'Сделок нет', en: 'No deals' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene, language, now) => (scene.routes = mockPanel(language, now, 0).routes),
  },
  {
    name: 'panel-forbidden',
    screen: 'panel',
    sign: { ru: 'вам не видна', en: 'You cannot see' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 403, code: 'not-yours' }),
  },
  {
    name: 'templates',
    screen: 'templates',
    sign: { ru: 'По каким шаблонам', en: 'Which templates plan' },
    portal: { placement: 'DEFAULT', fixedHeight: 1300 },
    change: (scene, language, now) => (scene.routes = mockTemplates(language, now).routes),
  },
  {
    name: 'templates-empty',
    screen: 'templates',
    sign: { ru: 'С чего начать', en: 'What to begin with' },
    portal: { placement: 'DEFAULT', fixedHeight: 1300 },
    change: (scene, language, now) => (scene.routes = mockTemplates(language, now, false).routes),
  },
  {
    name: 'templates-error',
    screen: 'templates',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
  {
    name: 'templates-forbidden',
    screen: 'templates',
    sign: { ru: 'Нужен руководитель', en: 'A head of department is needed' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 403, code: 'heads-only' }),
  },
  ...alertStates,
  ...bookStates,
  ...companyStates,
  {
    name: 'insight',
    screen: 'insight',
    sign: { ru: 'В работе 991 сделка', en: '991 deals worth' },
    portal: { placement: 'DEFAULT', fixedHeight: 1200 },
    change: (scene, language, now) => (scene.routes = mockInsight(language, now)),
  },
  {
    name: 'insight-too-few',
    screen: 'insight',
    sign: { ru: 'Данных пока мало', en: 'Too few data yet' },
    portal: { placement: 'DEFAULT', fixedHeight: 1200 },
    change: (scene, language, now) => (scene.routes = mockInsight(language, now, true)),
  },
  {
    name: 'insight-forbidden',
    screen: 'insight',
    sign: { ru: 'Аналитика вам не видна', en: 'You cannot see insight' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 403, code: 'not-yours' }),
  },
  {
    name: 'diagnosis',
    screen: 'diagnosis',
    sign: { ru: 'Сделки-зомби', en: 'Zombie deals' },
    portal: { placement: 'DEFAULT', fixedHeight: 1400 },
    change: (scene, language, now) => (scene.routes = mockInsight(language, now)),
  },
  {
    name: 'install-new',
    screen: 'install',
    sign: { ru: 'Подключить и скопировать', en: 'Connect and copy' },
    portal: { placement: 'DEFAULT', place: 'install', install: true, fixedHeight: 900 },
  },
  {
    name: 'install-copying',
    screen: 'install',
    sign: { ru: 'Копируем сделки', en: 'Copying deals' },
    portal: { placement: 'DEFAULT', place: 'install', install: true, fixedHeight: 1700 },
    change: (scene, language, now) => (scene.install = installView(language, now, 'copying')),
  },
  {
    name: 'settings',
    screen: 'install',
    sign: { ru: 'Настройки', en: 'Settings' },
    portal: { placement: 'DEFAULT', fixedHeight: 1700 },
    change: (scene, language, now) => {
      const view = installView(language, now, 'ready');
      scene.boot = { ...scene.boot, installing: false };
      scene.letters = [
        {
          id: '7',
          source: 'outbox',
          subject: HOSTILE_TITLE,
          reason: 'task: ACCESS_DENIED',
          attempts: 5,
          at: hoursFrom(now, -2),
        },
      ];
      scene.install = {
        ...view,
        progress: [
          { id: 'b1', kind: 'bulkLaunch', state: 'running', done: 640, total: 2_089, pipelineId: '0' },
        ],
        pipelines: view.pipelines.map((one) =>
          one.id === '0'
            ? {
                ...one,
                plan: {
                  templateId: 't',
                  templateName: one.name,
                  version: 1,
                  activePlans: 640,
                  stageNames: { '0:0': one.name },
                },
              }
            : one,
        ),
      };
    },
  },
  {
    name: 'install-forbidden',
    screen: 'install',
    sign: { ru: 'Нужен администратор', en: 'An administrator is needed' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 403, code: 'admin-only' }),
  },
];

/** The scene of a state, at a set hour: pictures of two runs are the same. */
export function sceneIn(state: ScreenState, language: Language, now = Date.now()): Scene {
  const scene = sceneOf(language, state.screen, now);
  state.change?.(scene, language, now);
  return scene;
}
