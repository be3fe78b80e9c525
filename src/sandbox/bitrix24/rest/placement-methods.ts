import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';
import { applicationOf, type Answer, type Call, type Method } from './method.js';
import { asRecord, asText } from './params.js';

const PLACEMENTS: readonly string[] = [
  'DEFAULT',
  ...['LEAD', 'DEAL', 'CONTACT', 'COMPANY'].flatMap((kind) =>
    [
      'DETAIL_TAB',
      'DETAIL_ACTIVITY',
      'DETAIL_TOOLBAR',
      'LIST_MENU',
      'LIST_TOOLBAR',
      'ACTIVITY_TIMELINE_MENU',
    ].map((place) => `CRM_${kind}_${place}`),
  ),
  'CRM_ANALYTICS_MENU',
  'CRM_ANALYTICS_TOOLBAR',
  'BI_ANALYTICS_MENU',
  'LEFT_MENU',
  'TASK_VIEW_TAB',
  'TASK_VIEW_SIDEBAR',
  'TASK_VIEW_TOP_PANEL',
  'TASK_LIST_CONTEXT_MENU',
  'TASK_USER_LIST_TOOLBAR',
  'TASK_GROUP_LIST_TOOLBAR',
  'USER_PROFILE_MENU',
  'USER_PROFILE_TOOLBAR',
  'REST_APP_URI',
  'PAGE_BACKGROUND_WORKER',
];

/** One of these per application. */
const SINGLE: ReadonlySet<string> = new Set(['REST_APP_URI', 'PAGE_BACKGROUND_WORKER']);

/** Widgets. Most refusals come with HTTP 200. */
export function placementMethods(store: PortalStore): readonly Method[] {
  const common = { scope: 'placement', appOnly: true } as const;
  return [
    { name: 'placement.list', ...common, run: () => ({ result: PLACEMENTS }) },
    { name: 'placement.get', ...common, adminOnly: true, run: (call) => ({ result: bound(call) }) },
    { name: 'placement.bind', ...common, adminOnly: true, run: (call) => bind(store, call) },
    { name: 'placement.unbind', ...common, adminOnly: true, run: unbind },
  ];
}

function bound(call: Call): readonly unknown[] {
  return applicationOf(call).placements.map((placement) => ({
    placement: placement.code,
    userId: placement.userId,
    handler: placement.handler,
    options: placement.options,
    title: placement.title,
    description: placement.description,
    langAll: placement.langAll,
  }));
}

function bind(store: PortalStore, call: Call): Answer {
  const application = applicationOf(call);
  const { params } = call;
  const code = params.text('PLACEMENT').toUpperCase();
  const handler = params.text('HANDLER');
  if (code === '') {
    throw new RestError(200, 'ERROR_ARGUMENT', "Argument 'PLACEMENT' is null or empty", {
      argument: 'PLACEMENT',
    });
  }
  if (!PLACEMENTS.includes(code) && !/^CRM_DYNAMIC_\d+_[A-Z_]+$/.test(code)) {
    throw new RestError(400, 'ERROR_PLACEMENT_NOT_FOUND', 'Placement not found');
  }
  if (!URL.canParse(handler)) {
    throw new RestError(400, 'ERROR_WRONG_HANDLER_URL', 'Wrong handler URL');
  }
  if (!/^https?:$/.test(new URL(handler).protocol)) {
    throw new RestError(400, 'ERROR_UNSUPPORTED_PROTOCOL', 'Unsupported protocol');
  }
  const taken = application.placements.some((known) => known.code === code && known.handler === handler);
  const single = SINGLE.has(code) && application.placements.some((known) => known.code === code);
  if (taken || single) {
    throw new RestError(200, 'ERROR_PLACEMENT_MAX_COUNT', 'Placement max count');
  }
  const options = asRecord(params.get('OPTIONS'));
  if (code === 'PAGE_BACKGROUND_WORKER' && asText(options['errorHandlerUrl']) === '') {
    throw new RestError(200, 'EMPTY_ERROR_HANDLER_URL', 'errorHandlerUrl is empty');
  }
  application.placements.push({
    id: store.applications.nextBindingId(),
    code,
    handler,
    title: params.text('TITLE'),
    description: params.text('DESCRIPTION'),
    groupName: params.text('GROUP_NAME'),
    userId: params.number('USER_ID') || 0,
    langAll: titles(params.get('LANG_ALL')),
    options,
  });
  store.announce({ kind: 'application', id: application.id });
  return { result: true };
}

function titles(value: unknown): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    Object.entries(asRecord(value)).map(([language, texts]) => [
      language,
      Object.fromEntries(Object.entries(asRecord(texts)).map(([key, text]) => [key, asText(text)])),
    ]),
  );
}

function unbind(call: Call): Answer {
  const { placements } = applicationOf(call);
  const code = call.params.text('PLACEMENT').toUpperCase();
  const handler = call.params.text('HANDLER');
  const kept = placements.filter(
    (known) => known.code !== code || (handler !== '' && known.handler !== handler),
  );
  const count = placements.length - kept.length;
  placements.splice(0, placements.length, ...kept);
  return { result: { count } };
}
