import type { OfflineRow } from '../events/offline-queue.js';
import type { EventHandler } from '../store/applications.js';
import type { PortalStore } from '../store/portal-store.js';
import { accessDenied, RestError } from '../wire/rest-error.js';
import { applicationOf, type Answer, type Call, type Method } from './method.js';
import { asList, asRecord, asText } from './params.js';

const EVENTS: readonly string[] = [
  'ONAPPINSTALL',
  'ONAPPUPDATE',
  'ONAPPUNINSTALL',
  'ONAPPTEST',
  'ONOFFLINEEVENT',
  'ONUSERADD',
  ...['DEAL', 'LEAD', 'CONTACT', 'COMPANY', 'ACTIVITY'].flatMap((kind) =>
    ['ADD', 'UPDATE', 'DELETE'].map((action) => `ONCRM${kind}${action}`),
  ),
  'ONCRMDEALMOVETOCATEGORY',
  'ONCRMTIMELINECOMMENTADD',
  'ONCRMTIMELINECOMMENTUPDATE',
  'ONCRMTIMELINECOMMENTDELETE',
  'ONCRMTIMELINEITEMACTION',
  'ONTASKADD',
  'ONTASKUPDATE',
  'ONTASKDELETE',
  'ONTASKCOMMENTADD',
];

/** Binding of handlers and the offline queue; only inside an application. */
export function eventMethods(store: PortalStore): readonly Method[] {
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['events', () => ({ result: EVENTS })],
    ['event.bind', (call) => bind(store, call)],
    ['event.get', (call) => ({ result: applicationOf(call).handlers.map(handlerValue) })],
    ['event.unbind', (call) => unbind(call)],
    ['event.test', (call) => test(store, call)],
    ['event.offline.get', (call) => offlineGet(store, call)],
    ['event.offline.clear', (call) => offlineClear(store, call)],
    ['event.offline.error', (call) => offlineError(store, call)],
    ['event.offline.list', (call) => offlineList(store, call)],
  ];
  return methods.map(([name, run]) => ({
    name,
    scope: '',
    appOnly: true,
    adminOnly: name.startsWith('event.offline.'),
    run,
  }));
}

function handlerValue(handler: EventHandler): Readonly<Record<string, unknown>> {
  return {
    event: handler.event,
    handler: handler.handler,
    auth_type: String(handler.authType),
    offline: handler.offline ? 1 : 0,
    ...(handler.offline ? { connector_id: handler.connector } : {}),
  };
}

function bind(store: PortalStore, call: Call): Answer {
  const application = applicationOf(call);
  const { params } = call;
  const event = params.text('event').toUpperCase();
  const offline = params.text('event_type') === 'offline';
  const authType = params.number('auth_type') || 0;
  if (!EVENTS.includes(event)) {
    throw new RestError(400, 'ERROR_EVENT_NOT_FOUND', 'Event not found');
  }
  const person = call.caller.person;
  if (!person.admin && (offline || (authType !== 0 && authType !== person.id))) {
    throw accessDenied();
  }
  const handler = params.text('handler');
  if (!offline && !/^https?:\/\//.test(handler)) {
    throw new RestError(400, 'ERROR_ARGUMENT', 'Argument handler is not valid', { argument: 'handler' });
  }
  const connector = params.text('auth_connector');
  const taken = application.handlers.some(
    (known) =>
      known.event === event &&
      known.offline === offline &&
      (offline ? known.connector === connector : known.handler === handler && known.authType === authType),
  );
  if (taken) {
    throw new RestError(400, 'ERROR_CORE', 'Unable to set event handler: Handler already binded');
  }
  const minTimeout = Number(asRecord(params.get('options'))['minTimeout'] ?? 1);
  application.handlers.push({
    id: store.applications.nextBindingId(),
    event,
    handler,
    authType,
    offline,
    connector,
    minTimeout: Number.isFinite(minTimeout) ? minTimeout : 1,
  });
  return { result: true };
}

function unbind(call: Call): Answer {
  const { handlers } = applicationOf(call);
  const { params } = call;
  const event = params.text('event').toUpperCase();
  const handler = params.text('handler');
  const offline = params.text('event_type') === 'offline';
  const authType = params.number('auth_type') || 0;
  const kept = handlers.filter(
    (known) =>
      event !== '' &&
      (known.event !== event ||
        (handler !== '' && known.handler !== handler) ||
        known.offline !== offline ||
        (!offline && known.authType !== authType)),
  );
  const count = handlers.length - kept.length;
  handlers.splice(0, handlers.length, ...kept);
  return { result: { count } };
}

function test(store: PortalStore, call: Call): Answer {
  const query = Object.fromEntries(Object.entries(call.params.raw).filter(([name]) => name !== 'auth'));
  store.events.emit('ONAPPTEST', 'test', { QUERY: query }, call.cause);
  return { result: true };
}

function offlineGet(store: PortalStore, call: Call): Answer {
  const { params } = call;
  const application = applicationOf(call);
  const processId = params.text('process_id');
  const limit = Math.min(50, Math.max(1, params.number('limit') || 50));
  const rows = select(
    store.events.offline.free(
      application.id,
      params.text('auth_connector'),
      processId,
      params.text('error') === '1',
    ),
    params.record('filter'),
    params.record('order'),
    'TIMESTAMP_X',
  ).slice(0, limit);
  const clear = params.get('clear') === undefined || params.text('clear') === '1';
  let process: string | null = processId === '' ? null : processId;
  if (clear) {
    store.events.offline.remove(rows);
    process = null;
  } else if (processId === '') {
    process = store.events.offline.reserve(rows);
  }
  return { result: { process_id: process, events: rows.map((row) => rowValue(store, row)) } };
}

function offlineClear(store: PortalStore, call: Call): Answer {
  store.events.offline.remove(processRows(store, call));
  return { result: true };
}

function offlineError(store: PortalStore, call: Call): Answer {
  store.events.offline.markFailed(processRows(store, call));
  return { result: true };
}

function processRows(store: PortalStore, call: Call): readonly OfflineRow[] {
  const { params } = call;
  const processId = params.text('process_id');
  if (processId === '') {
    throw new RestError(400, 'ERROR_ARGUMENT', 'process_id is not specified', { argument: 'process_id' });
  }
  const ids = new Set(asList(params.get('id')).map(asText));
  const messages = new Set(asList(params.get('message_id')).map(asText));
  return store.events.offline
    .free(applicationOf(call).id, params.text('auth_connector'), processId, false)
    .filter(
      (row) =>
        (ids.size === 0 && messages.size === 0) || ids.has(String(row.id)) || messages.has(row.messageId),
    );
}

function offlineList(store: PortalStore, call: Call): Answer {
  const { params } = call;
  const all = store.events.offline.list(applicationOf(call).id, params.text('auth_connector'));
  const rows = select(all, params.record('filter'), params.record('order'), 'ID');
  const start = Math.max(0, params.start());
  return {
    result: rows.slice(start, start + 50).map((row) => ({
      ...rowValue(store, row),
      PROCESS_ID: row.processId === '' ? null : row.processId,
      ERROR: row.error ? 1 : 0,
    })),
    total: rows.length,
    next: start + 50 < rows.length ? start + 50 : undefined,
  };
}

function select(
  rows: readonly OfflineRow[],
  filter: Readonly<Record<string, unknown>>,
  order: Readonly<Record<string, unknown>>,
  defaultOrder: 'ID' | 'TIMESTAMP_X',
): readonly OfflineRow[] {
  const read: Readonly<Record<string, (row: OfflineRow) => string>> = {
    ID: (row) => String(row.id),
    EVENT_NAME: (row) => row.event,
    MESSAGE_ID: (row) => row.messageId,
    PROCESS_ID: (row) => row.processId,
    ERROR: (row) => (row.error ? '1' : '0'),
  };
  const found = rows.filter((row) =>
    Object.entries(filter).every(([key, value]) => {
      const field = read[key.toUpperCase().replace(/^[=@]/, '')];
      return field === undefined || asList(value).map(asText).includes(field(row));
    }),
  );
  const [name, direction] = Object.entries(order)[0] ?? [defaultOrder, 'ASC'];
  const sign = asText(direction).toUpperCase() === 'DESC' ? -1 : 1;
  return found.toSorted(
    (left, right) =>
      sign * (name === 'TIMESTAMP_X' ? left.at - right.at || left.id - right.id : left.id - right.id),
  );
}

function rowValue(store: PortalStore, row: OfflineRow): Readonly<Record<string, unknown>> {
  return {
    ID: String(row.id),
    TIMESTAMP_X: store.zone.iso(row.at),
    EVENT_NAME: row.event,
    EVENT_DATA: row.data,
    EVENT_ADDITIONAL: false,
    MESSAGE_ID: row.messageId,
  };
}
