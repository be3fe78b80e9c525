import type { BookKind } from '../../../../src/features/salesbook/salesbook.view.js';
import { addDays, dayIn } from '../company/days.js';

export type KindGroup = 'deals' | 'ends' | 'plan' | 'control' | 'hand';
export type Period = 'today' | 'week' | 'month';

export interface BookFilter {
  readonly group: KindGroup | '';
  readonly sellerId: string;
  readonly productId: string;
  readonly period: Period | '';
  readonly q: string;
}

export const noFilter: BookFilter = { group: '', sellerId: '', productId: '', period: '', q: '' };

/** Twenty-three kinds are too many to choose from; people ask for these. */
export const kindGroups: Readonly<Record<KindGroup, readonly BookKind[]>> = {
  deals: ['created', 'accepted', 'stageMoved', 'handedOver', 'won', 'lost'],
  ends: ['won', 'lost'],
  plan: ['planStarted', 'planChanged', 'stepDone', 'stepFailed', 'guardOverridden'],
  control: ['pushed', 'answered', 'notDone', 'escalated', 'alerted', 'snoozed'],
  hand: ['note', 'agreement', 'plannedEvent', 'plannedDone', 'plannedCancelled', 'correction'],
};
export const groupNames = Object.keys(kindGroups) as readonly KindGroup[];
const periodDays: Readonly<Record<Period, number>> = { today: 0, week: 6, month: 29 };
export const periods = Object.keys(periodDays) as readonly Period[];

export function isEmpty(filter: BookFilter): boolean {
  return Object.values(filter).every((value) => value === '');
}

/** The filter as the address carries it; days are the person's own. */
export function addressOf(
  filter: BookFilter,
  person: { readonly now: number; readonly timeZone: string },
): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.group !== '') for (const kind of kindGroups[filter.group]) query.append('kinds', kind);
  if (filter.sellerId !== '') query.set('sellerIds', filter.sellerId);
  if (filter.productId !== '') query.set('productIds', filter.productId);
  if (filter.q !== '') query.set('q', filter.q);
  if (filter.period !== '')
    query.set('from', addDays(dayIn(person.timeZone, person.now), -periodDays[filter.period]));
  return query;
}
