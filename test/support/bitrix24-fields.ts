import type { BatteryWorld } from '../contract/battery-world.js';
import type { Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import { readDealChanges } from '../../src/sandbox/bitrix24/rest/deal-write.js';
import { createActivity } from '../../src/sandbox/bitrix24/store/activity-actions.js';
import { updateDeal } from '../../src/sandbox/bitrix24/store/deal-actions.js';
import { byUser } from '../../src/sandbox/bitrix24/store/portal-store.js';

type Hands = Pick<BatteryWorld, 'addField' | 'fill' | 'sell' | 'tag' | 'lose' | 'work' | 'passTime'>;

const TYPES = {
  text: 'string',
  choice: 'enumeration',
  choices: 'enumeration',
  date: 'date',
  flag: 'boolean',
} as const;

/** What people of the portal do with fields, products and activities. */
export function fieldHandsOf({ store, context }: Bitrix24Portal, userId: number): Hands {
  const dealOf = (dealId: string) => {
    const deal = store.deals.get(Number(dealId.replace(/^D_/, '')));
    if (!deal) throw new Error(`no deal ${dealId}`);
    return deal;
  };
  const stored = (key: string, value: string | boolean | readonly string[]): unknown => {
    const field = store.userFields.find(key);
    const itemOf = (name: string) => field?.items.find((one) => one.value === name)?.id;
    if (field?.type === 'date') return `${String(value)}T03:00:00+03:00`;
    if (field?.type !== 'enumeration') return value;
    return typeof value === 'object' ? value.map(itemOf) : itemOf(String(value));
  };
  return {
    addField: ({ kind, name, choices = [] }) => {
      const upper = `UF_CRM_${1_700_000_100 + store.userFields.all.length}`;
      store.userFields.add({ upper, type: TYPES[kind], title: name, multiple: kind === 'choices', choices });
      return Promise.resolve(upper);
    },
    fill: (dealId, values) => {
      const entries = Object.entries(values).map(([key, value]) => [key, stored(key, value)]);
      const deal = dealOf(dealId);
      const fields = Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
      updateDeal(store, deal, readDealChanges(store, fields, 'upper', deal), byUser(userId));
      return Promise.resolve();
    },
    sell: (dealId) => {
      updateDeal(store, dealOf(dealId), { productId: 1 }, byUser(userId));
      return Promise.resolve('1');
    },
    tag: () => Promise.resolve([]),
    lose: (dealId) => {
      const deal = dealOf(dealId);
      const stages = context.pipelines().find(({ id }) => id === deal.stage.pipelineId)?.stages ?? [];
      const lost = stages.find(({ kind }) => kind === 'lost');
      context.moveDeal(deal.id, lost?.id ?? '', userId);
      return Promise.resolve(null);
    },
    work: (dealId) => {
      const values = { ownerId: dealOf(dealId).id, ownerTypeId: 2, typeId: 2, providerId: 'CRM_CALL' };
      createActivity(store, values, byUser(userId));
      return Promise.resolve();
    },
    passTime: () => Promise.resolve(store.clock.advance(10_000)),
  };
}
