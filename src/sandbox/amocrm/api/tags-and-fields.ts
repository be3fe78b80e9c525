import { forbidden } from '../server/api-error.js';
import type { CustomField } from '../store/custom-fields.js';
import { tagNamed } from '../store/tag-actions.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { readItems, refuseFaulty } from './items.js';
import { among, filterOf, numbersOf, textsOf } from './query.js';

const ENTITIES = ['leads', 'contacts', 'companies'] as const;

type Entity = (typeof ENTITIES)[number];

/** Tags and own fields of each kind of record. Only leads have tags here, and no field stands in a group of the account's own. */
export function tagAndFieldRoutes(): readonly Route[] {
  return ENTITIES.flatMap((entity): readonly Route[] => [
    { verb: 'GET', path: `${entity}/tags`, name: 'tags.list', run: (call) => listTags(call, entity) },
    {
      verb: 'GET',
      path: `${entity}/custom_fields`,
      name: 'custom_fields.list',
      run: (call) => listFields(call, entity),
    },
    {
      verb: 'GET',
      path: `${entity}/custom_fields/groups`,
      name: 'custom_field_groups.list',
      run: () => EMPTY,
    },
    {
      verb: 'GET',
      path: `${entity}/custom_fields/:id`,
      name: 'custom_fields.get',
      run: (call) => getField(call, entity),
    },
    ...(entity === 'leads'
      ? [{ verb: 'POST', path: 'leads/tags', name: 'tags.add', run: addTags } as const]
      : []),
  ]);
}

function listTags(call: Call, entity: Entity): ApiAnswer {
  const ids = numbersOf(filterOf(call, 'id'));
  const names = textsOf(filterOf(call, 'name'));
  const search = call.query['query'];
  const all = entity === 'leads' ? [...call.store.tags.values()] : [];
  const rows = all.filter(
    (tag) =>
      among(ids, tag.id) &&
      among(names, tag.name) &&
      (typeof search !== 'string' || tag.name.toLowerCase().includes(search.toLowerCase())),
  );
  return list(call, { key: 'tags', rows, write: (tag) => JSON.stringify(tag) });
}

/** A name that is there already answers with its own number. */
function addTags(call: Call): ApiAnswer {
  if (call.caller.person.leads === 'D') throw forbidden();
  const items = readItems(call);
  const names = items.map((item) => item.text('name', true) ?? '');
  refuseFaulty(items);
  const tags = names.map((name, index) => ({
    ...tagNamed(call.store, name),
    request_id: items[index]?.requestId ?? '0',
  }));
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { tags } });
}

function listFields(call: Call, entity: Entity): ApiAnswer {
  return list(call, {
    key: 'custom_fields',
    rows: fieldsOf(call, entity),
    totals: true,
    write: (field) => JSON.stringify(fieldView(call, entity, field)),
  });
}

function getField(call: Call, entity: Entity): ApiAnswer {
  const field = fieldsOf(call, entity).find((one) => one.id === idOf(call));
  return field === undefined ? EMPTY : ok(fieldView(call, entity, field));
}

function fieldsOf({ store }: Call, entity: Entity): readonly CustomField[] {
  return entity === 'leads' ? store.fields.leads : store.fields.contacts;
}

function fieldView(call: Call, entity: Entity, field: CustomField) {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: call.store.accountId,
    code: field.code,
    sort: 500 + fieldsOf(call, entity).indexOf(field),
    is_api_only: false,
    enums: field.enums.length === 0 ? null : field.enums.map((one, index) => ({ ...one, sort: index })),
    group_id: null,
    required_statuses: [],
    entity_type: entity,
    _links: linkTo(call, `${entity}/custom_fields/${field.id}`),
  };
}
