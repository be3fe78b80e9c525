import { alertsRoutes } from './mock-alerts.js';
import type { ScreenState } from './screens.js';

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
    change: (scene, language, now) => {
      const routes = alertsRoutes(language, now, { pages: 1 });
      const list = routes['GET /api/alerts'];
      scene.routes = {
        ...routes,
        'GET /api/alerts': (call) => ({
          ...(list?.(call) as object),
          alerts: [],
          counts: { all: 0, unacted: 0, acted: 0, escalated: 0 },
          choices: { rules: [], sellers: [], pipelines: [] },
        }),
      };
    },
  },
  {
    name: 'alerts-error',
    screen: 'alerts',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    portal: { placement: 'DEFAULT', fixedHeight: 900 },
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
];
