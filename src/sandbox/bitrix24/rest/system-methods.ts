import type { Application } from '../store/applications.js';
import type { Person } from '../store/people.js';
import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';
import { PAGE_ROWS } from '../store/row-list.js';
import { applicationOf, type Answer, type Call, type Method } from './method.js';
import { asList, asRecord, asText, phpContainer } from './params.js';

const FEATURES: ReadonlySet<string> = new Set(['rest_offline_extended', 'rest_auth_connector']);

/** Who am I, who works here, what is this portal, options. `names` gives every classic method. */
export function systemMethods(store: PortalStore, names: () => readonly string[]): readonly Method[] {
  const features = new Set(FEATURES);
  return [
    { name: 'profile', scope: '', run: (call) => ({ result: profile(call.caller.person) }) },
    {
      name: 'user.current',
      scope: 'user|user_basic|user_brief',
      run: (call) => ({ result: userValue(store, call.caller.person) }),
    },
    { name: 'user.get', scope: 'user|user_basic|user_brief', run: (call) => users(store, call) },
    { name: 'department.get', scope: 'department', run: (call) => departments(store, call) },
    { name: 'app.info', scope: '', run: (call) => ({ result: appInfo(store, call.caller.application) }) },
    {
      name: 'scope',
      scope: '',
      run: (call) => ({ result: call.caller.application?.scopes ?? WEBHOOK_SCOPES }),
    },
    {
      name: 'feature.get',
      scope: '',
      run: (call) => ({ result: { value: features.has(call.params.text('CODE')) ? 'Y' : 'N' } }),
    },
    { name: 'method.get', scope: '', run: (call) => methodGet(call, names()) },
    { name: 'methods', scope: '', run: () => ({ result: names() }) },
    { name: 'server.time', scope: '', run: () => ({ result: store.zone.iso(store.clock.seconds()) }) },
    ...optionMethods(),
  ];
}

const WEBHOOK_SCOPES = ['crm', 'task', 'tasks', 'user', 'department', 'im', 'placement', 'bizproc'];

function profile(person: Person): Readonly<Record<string, unknown>> {
  return {
    ID: String(person.id),
    ADMIN: person.admin,
    NAME: person.firstName,
    LAST_NAME: person.lastName,
    PERSONAL_GENDER: '',
    TIME_ZONE: person.timeZone,
  };
}

function userValue(store: PortalStore, person: Person): Readonly<Record<string, unknown>> {
  return {
    ID: String(person.id),
    XML_ID: String(person.id),
    ACTIVE: person.active,
    NAME: person.firstName,
    LAST_NAME: person.lastName,
    SECOND_NAME: '',
    EMAIL: person.email,
    LAST_LOGIN: {},
    DATE_REGISTER: store.zone.iso(store.clock.seconds() - 86_400 * 365),
    TIME_ZONE: person.timeZone,
    IS_ONLINE: 'N',
    WORK_POSITION: person.position,
    UF_DEPARTMENT: person.departmentIds,
    USER_TYPE: 'employee',
  };
}

/** Filters by `ID`, `ACTIVE` and `UF_DEPARTMENT`; keyset filters are not honoured, as on a real portal. */
function users(store: PortalStore, call: Call): Answer {
  const filter = Object.fromEntries(
    Object.entries(call.params.record('FILTER')).map(([key, value]) => [
      key.toUpperCase().replace(/^[=@]/, ''),
      value,
    ]),
  );
  const id = filter['ID'] ?? call.params.get('ID');
  const wanted = id === undefined ? null : new Set(asList(id).map(asText));
  const active = filter['ACTIVE'] ?? call.params.get('ACTIVE');
  const wantActive =
    active === undefined ? null : active === true || ['1', 'Y', 'true'].includes(asText(active));
  const found = store.people.all.filter(
    (person) =>
      (wanted === null || wanted.has(String(person.id))) &&
      (wantActive === null || person.active === wantActive),
  );
  const order = asText(call.params.get('order')).toUpperCase();
  const sorted = order === 'DESC' ? found.toReversed() : found;
  return offsetPage(sorted, call, (person) => userValue(store, person));
}

function departments(store: PortalStore, call: Call): Answer {
  const id = call.params.text('ID');
  const found = store.people.departments.filter((department) => id === '' || String(department.id) === id);
  return offsetPage(found, call, (department) => ({
    ID: String(department.id),
    NAME: department.name,
    SORT: 500,
    ...(department.parentId === null ? {} : { PARENT: String(department.parentId) }),
    UF_HEAD: department.headId === null ? '0' : String(department.headId),
  }));
}

function offsetPage<T>(rows: readonly T[], call: Call, value: (row: T) => unknown): Answer {
  const start = Math.max(0, call.params.start());
  const page = rows.slice(start, start + PAGE_ROWS).map(value);
  return {
    result: page,
    total: rows.length,
    next: start + PAGE_ROWS < rows.length ? start + PAGE_ROWS : undefined,
  };
}

function appInfo(store: PortalStore, application: Application | null): Readonly<Record<string, unknown>> {
  const license = { LICENSE: `${store.company.language}_project` };
  if (application === null) {
    return { SCOPE: WEBHOOK_SCOPES, ...license };
  }
  return {
    ID: application.number,
    CODE: application.id,
    VERSION: application.version,
    STATUS: 'L',
    INSTALLED: application.state === 'installed',
    PAYMENT_EXPIRED: 'N',
    DAYS: null,
    LANGUAGE_ID: store.company.language,
    ...license,
    LICENSE_TYPE: 'project',
    LICENSE_FAMILY: 'project',
  };
}

function methodGet(call: Call, names: readonly string[]): Answer {
  const known = names.includes(call.params.text('name').toLowerCase());
  return { result: { isExisting: known, isAvailable: known } };
}

function optionMethods(): readonly Method[] {
  const appOptions = (call: Call): Map<string, unknown> => applicationOf(call).options;
  const userOptions = (call: Call): Map<string, unknown> =>
    optionsOf(applicationOf(call), call.caller.person.id);
  return [
    { name: 'app.option.get', scope: '', appOnly: true, run: (call) => readOption(call, appOptions(call)) },
    {
      name: 'app.option.set',
      scope: '',
      appOnly: true,
      adminOnly: true,
      run: (call) => writeOption(call, appOptions(call)),
    },
    { name: 'user.option.get', scope: '', appOnly: true, run: (call) => readOption(call, userOptions(call)) },
    {
      name: 'user.option.set',
      scope: '',
      appOnly: true,
      run: (call) => writeOption(call, userOptions(call)),
    },
  ];
}

/** One user's options of an application, made when first needed. */
export function optionsOf(application: Application, userId: number): Map<string, unknown> {
  const known = application.userOptions.get(userId) ?? new Map<string, unknown>();
  application.userOptions.set(userId, known);
  return known;
}

function readOption(call: Call, options: Map<string, unknown>): Answer {
  const name = call.params.text('option');
  return { result: name === '' ? phpContainer(Object.fromEntries(options)) : (options.get(name) ?? '') };
}

function writeOption(call: Call, options: Map<string, unknown>): Answer {
  const entries = Object.entries(asRecord(call.params.get('options')));
  if (entries.length === 0) {
    throw new RestError(400, 'ERROR_ARGUMENT', 'Options are not specified', { argument: 'options' });
  }
  for (const [name, value] of entries) {
    options.set(name, value);
  }
  return { result: true };
}
