import { mockCompany } from './mock-company.js';
import type { ScreenState } from './screens.js';

const portal = { placement: 'DEFAULT', fixedHeight: 2400 } as const;

/** How the company works, in every state that a person can meet; its other tabs are places one walks to. */
export const companyStates: readonly ScreenState[] = [
  {
    name: 'company',
    screen: 'company',
    sign: { ru: 'Рабочая неделя', en: 'Working week' },
    portal,
    change: (scene, language, now) => (scene.routes = mockCompany(language, now).routes),
  },
  {
    name: 'company-reading',
    screen: 'company',
    sign: { ru: 'менять их может администратор', en: 'an administrator of the CRM may change' },
    portal,
    change: (scene, language, now) => {
      scene.routes = mockCompany(language, now, false).routes;
      scene.boot = { ...scene.boot, user: { ...scene.boot.user, admin: false } };
    },
  },
  {
    name: 'company-error',
    screen: 'company',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    portal,
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
  {
    name: 'company-forbidden',
    screen: 'company',
    sign: { ru: 'видят руководители', en: 'Settings are for heads' },
    portal,
    change: (scene) => (scene.readError = { status: 403, code: 'heads-only' }),
  },
];
