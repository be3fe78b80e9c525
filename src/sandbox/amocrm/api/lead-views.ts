import type { AccountStore } from '../store/account-store.js';
import { CATALOG_ID } from '../store/catalog.js';
import type { CustomFieldValue } from '../store/custom-fields.js';
import type { Lead } from '../store/lead.js';

const fieldTexts = new WeakMap<readonly CustomFieldValue[], string>();

/** A lead as JSON. Written by hand: a mirror reads a hundred thousand of them a second. */
export function leadText(
  store: AccountStore,
  lead: Lead,
  origin: string,
  wanted: ReadonlySet<string>,
): string {
  const { id, status } = lead;
  return (
    `{"id":${id},"name":${JSON.stringify(lead.name)},"price":${lead.price},` +
    `"responsible_user_id":${lead.ownerId},"group_id":${store.people.get(lead.ownerId)?.groupId ?? 0},` +
    `"status_id":${status.id},"pipeline_id":${status.pipelineId},"loss_reason_id":${orNull(lead.lossReasonId)},` +
    `"source_id":${orNull(lead.sourceId)},"created_by":${lead.createdBy},"updated_by":${lead.updatedBy},` +
    `"created_at":${lead.created},"updated_at":${lead.updated},"closed_at":${orNull(lead.closed)},` +
    `"closest_task_at":${orNull(lead.closestTask)},"is_deleted":false,` +
    `"custom_fields_values":${fieldsText(lead.fields)},"score":null,"account_id":${store.accountId},` +
    `"labor_cost":null,${wanted.has('is_price_modified_by_robot') ? '"is_price_modified_by_robot":false,' : ''}` +
    `"_links":{"self":{"href":"${origin}/api/v4/leads/${id}"}},"_embedded":{${embedded(store, lead, wanted)}}}`
  );
}

/** A lead in the bin says no more than that. */
export function deletedText(lead: Lead): string {
  return JSON.stringify({
    id: lead.id,
    updated_at: lead.updated,
    updated_by: lead.updatedBy,
    is_deleted: true,
  });
}

function embedded(store: AccountStore, lead: Lead, wanted: ReadonlySet<string>): string {
  const tags =
    lead.tagIds.length === 0 ? '[]' : JSON.stringify(lead.tagIds.flatMap((id) => store.tags.get(id) ?? []));
  const companies = lead.companyId === 0 ? '[]' : `[{"id":${lead.companyId}}]`;
  let text = `"tags":${tags},"companies":${companies}`;
  if (wanted.has('contacts')) {
    const contacts = lead.contactIds.map((id, index) => `{"id":${id},"is_main":${index === 0}}`);
    text += `,"contacts":[${contacts.join(',')}]`;
  }
  if (wanted.has('loss_reason')) {
    const reason = store.lossReasons.find((one) => one.id === lead.lossReasonId);
    text += `,"loss_reason":${reason === undefined ? '[]' : JSON.stringify([reason])}`;
  }
  if (wanted.has('catalog_elements')) {
    const elements = lead.elementIds.map(
      (id) => `{"id":${id},"metadata":{"quantity":1,"catalog_id":${CATALOG_ID}}}`,
    );
    text += `,"catalog_elements":[${elements.join(',')}]`;
  }
  if (wanted.has('source')) {
    const source = store.sources.find((one) => one.id === lead.sourceId);
    text += `,"source":${source === undefined ? '[]' : JSON.stringify(source)}`;
  }
  return text;
}

function fieldsText(fields: readonly CustomFieldValue[] | null): string {
  if (fields === null) return 'null';
  const known = fieldTexts.get(fields);
  if (known !== undefined) return known;
  const text = JSON.stringify(fields);
  fieldTexts.set(fields, text);
  return text;
}

function orNull(value: number): number | null {
  return value === 0 ? null : value;
}
