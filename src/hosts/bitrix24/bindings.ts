import type { AccountCapabilities, EmbedAddresses } from '../../contract/client.js';
import type { Command } from './batch.js';
import { ANSWER_EVENT, CHANGE_EVENTS } from './events.js';
import { PANEL_PLACEMENT } from './frame-post.js';
import { LINK_PLACEMENT } from './links.js';

/** One thing that we hang into the portal, with how to find it, add it and take it away. */
export interface Binding {
  readonly key: string;
  /** For people. */
  readonly title: string;
  /** Needs to be offered by `placement.list`; null for what is no placement. */
  readonly placement: string | null;
  readonly add: Omit<Command, 'key'>;
  readonly remove: Omit<Command, 'key'>;
}

export const ROBOT_CODE = 'dozhim_generate_plan';

/**
 * `ONAPPINSTALL` goes to the address of the application's card. `ONAPPPAYMENT` may come without anything that proves it,
 * and an ended trial shows in the next call anyway.
 */
const LIFECYCLE_EVENTS = ['ONAPPUPDATE', 'ONAPPUNINSTALL'] as const;
const QUEUE_BELL = 'ONOFFLINEEVENT';
/**
 * Mostly we ourselves write tasks, each of which is an activity too, and the queue costs two requests for fifty events:
 * ten thousand creations would take minutes of all requests to fetch back. A change whose hook was lost is found by the
 * sweep.
 */
const OWN_ECHOES: ReadonlySet<string> = new Set([
  'ONTASKADD',
  'ONTASKUPDATE',
  'ONCRMACTIVITYADD',
  'ONCRMACTIVITYUPDATE',
  'ONCRMTIMELINECOMMENTADD',
]);

const TEXTS = {
  ru: {
    tab: 'План',
    menu: 'Дожим',
    panel: 'Дожим: контроль',
    robot: 'Создать план задач',
    robotHelp: 'Создаёт для сделки план задач по шаблону воронки.',
    template: 'Шаблон (пусто: шаблон воронки)',
    event: 'событие',
    queue: 'очередь событий портала',
  },
  en: {
    tab: 'Plan',
    menu: 'Dozhim',
    panel: 'Dozhim: control',
    robot: 'Generate task plan',
    robotHelp: 'Makes a plan of tasks for the deal from the pipeline’s template.',
    template: 'Template (empty: the pipeline’s)',
    event: 'event',
    queue: 'the portal’s queue of events',
  },
} as const;

export function bindings(addresses: EmbedAddresses, capabilities: AccountCapabilities): readonly Binding[] {
  const all = [...onlineEvents(addresses), ...placements(addresses)];
  if (capabilities.offlineQueue) all.push(...offlineEvents(addresses));
  if (capabilities.robots) all.push(robot(addresses));
  return all;
}

function onlineEvents({ hook, language }: EmbedAddresses): readonly Binding[] {
  return [...CHANGE_EVENTS, ...LIFECYCLE_EVENTS, ANSWER_EVENT].map((event) =>
    onlineEvent(event, hook, language),
  );
}

function onlineEvent(event: string, handler: string, language: EmbedAddresses['language']): Binding {
  return {
    key: `event ${event} ${handler}`,
    title: `${TEXTS[language].event} ${event}`,
    placement: null,
    add: { method: 'event.bind', params: { event, handler } },
    remove: { method: 'event.unbind', params: { event, handler } },
  };
}

/**
 * One queue without `auth_connector`: with it the portal would leave out our own writes, and rows without a source
 * would have to be fetched separately. Our own writes are recognised by comparing states, so nothing is gained by it.
 */
function offlineEvents({ hook, language }: EmbedAddresses): readonly Binding[] {
  const queued = CHANGE_EVENTS.filter((event) => !OWN_ECHOES.has(event)).map((event) => ({
    key: `offline ${event}`,
    title: `${TEXTS[language].queue}: ${event}`,
    placement: null,
    add: { method: 'event.bind', params: { event, event_type: 'offline' } },
    remove: { method: 'event.unbind', params: { event, event_type: 'offline' } },
  }));
  const bell = onlineEvent(QUEUE_BELL, hook, language);
  const params = { ...bell.add.params, options: { minTimeout: 5 } };
  return [...queued, { ...bell, add: { method: bell.add.method, params } }];
}

function placements({ frame, language }: EmbedAddresses): readonly Binding[] {
  const texts = TEXTS[language];
  return [
    placement('CRM_DEAL_DETAIL_TAB', frame, 'tab', texts.tab),
    placement('CRM_LEAD_DETAIL_TAB', frame, 'tab', texts.tab),
    placement('LEFT_MENU', frame, 'menu', texts.menu),
    placement(PANEL_PLACEMENT, frame, 'panel', texts.panel),
    placement(LINK_PLACEMENT, frame, 'menu', texts.menu),
  ];
}

function placement(code: string, handler: string, text: 'tab' | 'menu' | 'panel', title: string): Binding {
  const titles = { ru: { TITLE: TEXTS.ru[text] }, en: { TITLE: TEXTS.en[text] } };
  return {
    key: `placement ${code} ${handler}`,
    title: `${title} (${code})`,
    placement: code,
    add: {
      method: 'placement.bind',
      params: { PLACEMENT: code, HANDLER: handler, TITLE: title, LANG_ALL: titles },
    },
    remove: { method: 'placement.unbind', params: { PLACEMENT: code, HANDLER: handler } },
  };
}

/** `USE_SUBSCRIPTION` must be said: absent, the client's workflow would wait for an answer of ours. */
function robot({ robot: handler, language }: EmbedAddresses): Binding {
  const texts = TEXTS[language];
  return {
    key: `robot ${ROBOT_CODE}`,
    title: texts.robot,
    placement: null,
    add: {
      method: 'bizproc.robot.add',
      params: {
        CODE: ROBOT_CODE,
        HANDLER: handler,
        USE_SUBSCRIPTION: 'N',
        NAME: { ru: TEXTS.ru.robot, en: TEXTS.en.robot },
        DESCRIPTION: { ru: TEXTS.ru.robotHelp, en: TEXTS.en.robotHelp },
        PROPERTIES: {
          template: { Name: { ru: TEXTS.ru.template, en: TEXTS.en.template }, Type: 'string', Required: 'N' },
        },
        FILTER: {
          INCLUDE: [
            ['crm', 'CCrmDocumentDeal'],
            ['crm', 'CCrmDocumentLead'],
          ],
        },
      },
    },
    remove: { method: 'bizproc.robot.delete', params: { CODE: ROBOT_CODE } },
  };
}
