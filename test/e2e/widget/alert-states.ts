import type { Language } from './fixtures.js';
import { alertsRoutes } from './mock-alerts.js';
import type { Routes } from './mock-exceptions.js';
import type { ScreenState } from './screens.js';

/** Nothing is open: because all is settled, or because no rule looks. */
function quietRoutes(language: Language, now: number, on: boolean): Routes {
  const routes = alertsRoutes(language, now, { pages: 1 });
  const list = routes['GET /api/alerts'];
  return {
    ...routes,
    'GET /api/alerts': (call) => ({
      ...(list?.(call) as object),
      alerts: [],
      counts: { all: 0, unacted: 0, acted: 0, escalated: 0 },
      choices: { rules: [], sellers: [], pipelines: [] },
    }),
    'GET /api/rules': () => ({ rules: [{ on }] }),
  };
}

/** The screen of open alerts in every state that a person can meet. */
export const alertStates: readonly ScreenState[] = [
  {
    name: 'alerts',
    screen: 'alerts',
    sign: { ru: 'В начале воронки сделок: 0', en: 'Deals at the top: 0' },
    portal: { placement: 'DEFAULT', fixedHeight: 1500 },
    change: (scene, language, now) => (scene.routes = alertsRoutes(language, now)),
  },
  {
    name: 'alerts-empty',
    screen: 'alerts',
    sign: { ru: 'Открытых сигналов нет', en: 'No open alerts' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene, language, now) => (scene.routes = quietRoutes(language, now, true)),
  },
  {
    name: 'alerts-no-rules',
    screen: 'alerts',
    sign: { ru: 'Ни одно правило не включено', en: 'No rule is switched on' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene, language, now) => (scene.routes = quietRoutes(language, now, false)),
  },
  {
    name: 'alerts-error',
    screen: 'alerts',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
];
