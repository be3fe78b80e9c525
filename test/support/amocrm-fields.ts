import type { BatteryWorld } from '../contract/battery-world.js';
import type { AmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { elementId } from '../../src/sandbox/amocrm/store/catalog.js';
import { byUser } from '../../src/sandbox/amocrm/store/cause.js';
import { updateLead, type LeadChanges } from '../../src/sandbox/amocrm/store/lead-actions.js';
import { createNote } from '../../src/sandbox/amocrm/store/record-actions.js';
import { tagNamed } from '../../src/sandbox/amocrm/store/tag-actions.js';

type Hands = Pick<BatteryWorld, 'addField' | 'fill' | 'sell' | 'tag' | 'lose' | 'work' | 'passTime'>;

const TYPES = {
  text: 'text',
  choice: 'select',
  choices: 'multiselect',
  date: 'date',
  flag: 'checkbox',
} as const;

/** What people of the account do with fields, products, tags and calls. */
export function fieldHandsOf({ store, context }: AmocrmPortal, userId: number): Hands {
  const leadOf = (dealId: string) => {
    const lead = store.leads.get(Number(dealId));
    if (!lead) throw new Error(`no lead ${dealId}`);
    return lead;
  };
  const change = (dealId: string, changes: LeadChanges): void => {
    updateLead(store, leadOf(dealId), changes, byUser(userId));
  };
  const given = (key: string, value: string | boolean | readonly string[]) => {
    const field = store.fields.leads.find(({ id }) => String(id) === key);
    // The day begins there three hours before it begins in Greenwich.
    const midnight = Date.parse(`${String(value)}T00:00:00+03:00`) / 1000;
    const one = (text: string | boolean) => ({ value: field?.type === 'date' ? midnight : text });
    return { field_id: Number(key), values: typeof value === 'object' ? value.map(one) : [one(value)] };
  };
  return {
    addField: ({ kind, name, choices = [] }) =>
      Promise.resolve(String(store.fields.add(TYPES[kind], name, choices).id)),
    fill: (dealId, values) => {
      const entries = Object.entries(values).map(([key, value]) => given(key, value));
      change(dealId, { fields: store.fields.merge(leadOf(dealId).fields, entries) });
      return Promise.resolve();
    },
    sell: (dealId) => {
      change(dealId, { elementIds: [elementId(1)] });
      return Promise.resolve(String(elementId(1)));
    },
    tag: (dealId) => {
      const tags = ['Выставка', 'VIP'].map((name) => tagNamed(store, name));
      change(dealId, { tagIds: tags.map(({ id }) => id) });
      return Promise.resolve(tags.map(({ name }) => name));
    },
    lose: (dealId) => {
      const [reason] = store.lossReasons;
      const lead = leadOf(dealId);
      const stages = context.pipelines().find(({ id }) => id === lead.status.pipelineId)?.stages ?? [];
      context.moveDeal(lead.id, stages.find(({ kind }) => kind === 'lost')?.id ?? '', userId);
      change(dealId, { lossReasonId: reason?.id ?? 0 });
      return Promise.resolve(reason?.name ?? null);
    },
    work: (dealId) => {
      const target = { entity: 'leads', entityId: leadOf(dealId).id } as const;
      createNote(store, { ...target, type: 'call_out', params: { duration: 60 } }, byUser(userId));
      return Promise.resolve();
    },
    passTime: () => Promise.resolve(store.clock.advance(10_000)),
  };
}
