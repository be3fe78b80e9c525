import { forbidden } from '../server/api-error.js';
import { fullName, type Person } from '../store/people.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { withOf } from './query.js';

/** The account and its users. */
export function accountRoutes(): readonly Route[] {
  return [
    { verb: 'GET', path: 'account', name: 'account.get', run: account },
    { verb: 'GET', path: 'users', name: 'users.list', run: listUsers },
    { verb: 'GET', path: 'users/:id', name: 'users.get', run: getUser },
    { verb: 'GET', path: 'roles', name: 'roles.list', run: (call) => (admins(call), EMPTY) },
    { verb: 'GET', path: 'roles/:id', name: 'roles.get', run: (call) => (admins(call), EMPTY) },
  ];
}

function account(call: Call): ApiAnswer {
  const { store, caller } = call;
  const wanted = withOf(call);
  const { company, settings } = store;
  return ok({
    id: store.accountId,
    name: company.name,
    subdomain: settings.subdomain,
    created_at: Math.floor(company.now / 1000) - 400 * 86_400,
    created_by: store.people.firstAdmin().id,
    updated_at: Math.floor(company.now / 1000),
    updated_by: store.people.firstAdmin().id,
    current_user_id: caller.person.id,
    country: company.language === 'ru' ? 'RU' : 'US',
    currency: 'RUB',
    currency_symbol: '₽',
    customers_mode: 'unavailable',
    is_unsorted_on: true,
    is_loss_reason_enabled: true,
    is_helpbot_enabled: false,
    is_technical_account: false,
    contact_name_display_order: 1,
    ...(wanted.has('is_api_filter_enabled') ? { is_api_filter_enabled: settings.filterAddOn } : {}),
    ...(wanted.has('version') ? { version: 13 } : {}),
    ...(wanted.has('amojo_id') ? { amojo_id: 'd0c3d1a4-5a5f-4c43-8c52-9a7f2f9e4c11' } : {}),
    ...(wanted.has('drive_url') ? { drive_url: `${call.origin}/drive` } : {}),
    _links: { self: { href: selfOf(call) } },
    _embedded: {
      ...(wanted.has('amojo_rights') ? { amojo_rights: { can_direct: true, can_create_groups: true } } : {}),
      ...(wanted.has('entity_names') ? { entity_names: names(company.language) } : {}),
      ...(wanted.has('invoices_settings')
        ? { invoices_settings: { lang: company.language, currency: 'RUB' } }
        : {}),
      ...(wanted.has('users_groups') ? { users_groups: groups(call) } : {}),
      ...(wanted.has('task_types') ? { task_types: types(call) } : {}),
      ...(wanted.has('datetime_settings') ? { datetime_settings: dates(call) } : {}),
    },
  });
}

/** The singular and the plural of what a lead is called; accounts may choose other words. */
function names(language: 'ru' | 'en') {
  const [one, many] = language === 'ru' ? ['Сделка', 'Сделки'] : ['Lead', 'Leads'];
  const forms = { gender: 'f', singular_form: { default: one }, plural_form: { default: many } };
  return { leads: { [language]: forms } };
}

function groups(call: Call) {
  return call.store.people.groups.map((group) => ({ ...group, uuid: null }));
}

function types(call: Call) {
  return call.store.taskTypes.map((type) => ({ ...type, color: null, icon_id: null }));
}

function dates(call: Call) {
  const { timeZone } = call.store.company;
  const zoned = Temporal.Instant.fromEpochMilliseconds(call.store.clock.now()).toZonedDateTimeISO(timeZone);
  return {
    date_pattern: 'd.m.Y H:i',
    short_date_pattern: 'd.m.Y',
    short_time_pattern: 'H:i',
    // The host spells it so.
    date_formant: 'dd.mm.yyyy',
    time_format: 'hh24:mi:ss',
    timezone: timeZone,
    timezone_offset: zoned.offset,
  };
}

/** Users are for admins, and never for external integrations. */
function admins(call: Call): void {
  if (!call.caller.person.admin || call.caller.integration.kind === 'external') throw forbidden();
}

function listUsers(call: Call): ApiAnswer {
  admins(call);
  return list(call, {
    key: 'users',
    rows: call.store.people.all,
    totals: true,
    write: (person) => JSON.stringify(userView(call, person)),
  });
}

function getUser(call: Call): ApiAnswer {
  admins(call);
  const person = call.store.people.get(idOf(call));
  return person === undefined ? EMPTY : ok(userView(call, person));
}

function userView(call: Call, person: Person) {
  const reach = {
    view: person.leads,
    edit: person.leads,
    add: 'A',
    delete: person.leads,
    export: person.leads,
  };
  const wanted = withOf(call);
  const group = call.store.people.groups.find((one) => one.id === person.groupId);
  return {
    id: person.id,
    name: fullName(person),
    email: person.email,
    lang: call.store.company.language,
    rights: {
      leads: reach,
      contacts: reach,
      companies: reach,
      tasks: { edit: person.leads, delete: person.leads },
      mail_access: person.admin,
      catalog_access: true,
      status_rights: [],
      is_admin: person.admin,
      is_free: person.free,
      is_active: person.active,
      group_id: person.groupId,
      role_id: null,
    },
    ...(wanted.has('uuid') ? { uuid: uuidOf(person) } : {}),
    ...(wanted.has('amojo_id') ? { amojo_id: uuidOf(person) } : {}),
    ...(wanted.has('user_rank') ? { user_rank: 'candidate' } : {}),
    ...(wanted.has('phone_number') ? { phone_number: null } : {}),
    _links: linkTo(call, `users/${person.id}`),
    _embedded: {
      ...(wanted.has('role') ? { roles: [] } : {}),
      ...(wanted.has('group') ? { groups: group === undefined ? [] : [group] } : {}),
    },
  };
}

function uuidOf({ id }: Person): string {
  return `d0c3d1a4-5a5f-4c43-8c52-${id.toString(16).padStart(12, '0')}`;
}
