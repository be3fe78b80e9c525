import type { Component } from 'vue';
import { mayOpen } from '../../src/contract/links.js';
import type { BootView } from '../../src/features/embed/boot.view.js';
import type { Language, MessageLoader, Messages, Texts } from './i18n/i18n.js';
import type { ScreenName } from './screens.js';
import alertsSheet from './theme/area-alerts.css?url';
import bookSheet from './theme/area-book.css?url';
import daySheet from './theme/area-day.css?url';
import reasonsSheet from './theme/area-reasons.css?url';
import companySheet from './theme/area-company.css?url';
import insightSheet from './theme/area-insight.css?url';
import panelSheet from './theme/area-panel.css?url';
import templatesSheet from './theme/area-templates.css?url';
import rulesSheet from './theme/area-rules.css?url';

/** A part of the widget that has words and a look of its own. */
interface Area {
  readonly load: () => Promise<{ readonly default: Component }>;
  readonly texts: MessageLoader;
  /** Address of its style sheet: it is there before the screen is shown. */
  readonly sheet: string | null;
}

export type AreaName = Exclude<ScreenName, 'plan' | 'install'>;

async function dayTexts(language: Language): Promise<Messages> {
  return (language === 'ru' ? await import('./i18n/day.ru.json') : await import('./i18n/day.en.json'))
    .default;
}

async function insightTexts(language: Language): Promise<Messages> {
  return (language === 'ru' ? await import('./i18n/insight.ru.json') : await import('./i18n/insight.en.json'))
    .default;
}

async function bookTexts(language: Language): Promise<Messages> {
  return (language === 'ru' ? await import('./i18n/book.ru.json') : await import('./i18n/book.en.json'))
    .default;
}

const areas: ReadonlyMap<AreaName, Area> = new Map<AreaName, Area>([
  ['home', { load: () => import('./views/home/home-screen.vue'), texts: dayTexts, sheet: daySheet }],
  [
    'exceptions',
    { load: () => import('./views/day/exceptions-screen.vue'), texts: dayTexts, sheet: daySheet },
  ],
  [
    'alerts',
    {
      load: () => import('./views/alerts/alerts-screen.vue'),
      texts: async (language) =>
        (language === 'ru' ? await import('./i18n/alerts.ru.json') : await import('./i18n/alerts.en.json'))
          .default,
      sheet: alertsSheet,
    },
  ],
  [
    'reasons',
    {
      load: () => import('./views/reasons/reasons-screen.vue'),
      texts: async (language) =>
        (language === 'ru' ? await import('./i18n/reasons.ru.json') : await import('./i18n/reasons.en.json'))
          .default,
      sheet: reasonsSheet,
    },
  ],
  [
    'panel',
    {
      load: () => import('./views/panel/panel-screen.vue'),
      texts: async (language) =>
        (language === 'ru' ? await import('./i18n/panel.ru.json') : await import('./i18n/panel.en.json'))
          .default,
      sheet: panelSheet,
    },
  ],
  ['book', { load: () => import('./views/book/book-screen.vue'), texts: bookTexts, sheet: bookSheet }],
  [
    'company',
    {
      load: () => import('./views/company/company-screen.vue'),
      texts: async (language) =>
        (language === 'ru' ? await import('./i18n/company.ru.json') : await import('./i18n/company.en.json'))
          .default,
      sheet: companySheet,
    },
  ],
  [
    'insight',
    { load: () => import('./views/insight/insight-screen.vue'), texts: insightTexts, sheet: insightSheet },
  ],
  [
    'diagnosis',
    { load: () => import('./views/insight/diagnosis-screen.vue'), texts: insightTexts, sheet: insightSheet },
  ],
  [
    'rules',
    {
      load: () => import('./views/rules/rules-screen.vue'),
      texts: async (language) =>
        (language === 'ru' ? await import('./i18n/rules.ru.json') : await import('./i18n/rules.en.json'))
          .default,
      sheet: rulesSheet,
    },
  ],
  [
    'templates',
    {
      load: () => import('./views/templates/templates-screen.vue'),
      texts: async (language) =>
        (language === 'ru'
          ? await import('./i18n/templates.ru.json')
          : await import('./i18n/templates.en.json')
        ).default,
      sheet: templatesSheet,
    },
  ],
]);

type Person = BootView['user'];

/** The app's own pages in the order of its menu, and whose they are. What a page shows is decided by the server. */
const places: readonly { readonly name: ScreenName; readonly isFor: (person: Person) => boolean }[] = [
  { name: 'home', isFor: () => true },
  { name: 'exceptions', isFor: (person) => mayOpen('exceptions', person) },
  { name: 'alerts', isFor: () => true },
  { name: 'panel', isFor: () => true },
  { name: 'insight', isFor: () => true },
  { name: 'reasons', isFor: () => true },
  { name: 'book', isFor: () => true },
  { name: 'rules', isFor: (person) => mayOpen('rules', person) },
  // One entry for all settings: administrators come in by the connection, heads by how the company works.
  { name: 'templates', isFor: (person) => person.admin || person.head },
  { name: 'install', isFor: (person) => person.admin },
  { name: 'company', isFor: (person) => person.head && !person.admin },
];

export function placesFor(person: Person): readonly ScreenName[] {
  return places.filter((place) => place.isFor(person)).map((place) => place.name);
}

export async function openArea(name: AreaName, texts: Texts): Promise<Component> {
  const area = areas.get(name);
  if (!area) throw new Error(`there is no screen ${name}`);
  const [{ default: component }] = await Promise.all([
    area.load(),
    texts.add(area.texts),
    area.sheet === null ? undefined : withSheet(area.sheet),
  ]);
  return component;
}

/** A screen without its sheet is still usable: a sheet that does not come holds nothing up. */
function withSheet(address: string): Promise<void> {
  if (document.querySelector(`link[href="${CSS.escape(address)}"]`)) return Promise.resolve();
  return new Promise((shown) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = address;
    link.onload = link.onerror = (): void => shown();
    document.head.append(link);
  });
}

/** The deal's story in its card: it comes when somebody asks for it. */
export async function openTimeline(texts: Texts): Promise<Component> {
  const [{ default: component }] = await Promise.all([
    import('./views/book/book-timeline.vue'),
    texts.add(bookTexts),
    withSheet(bookSheet),
  ]);
  return component;
}
