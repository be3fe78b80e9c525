import type { PanelFilter, PanelMark, PanelSort } from '../../../../src/features/pushing/panel.view.js';

/** In the order of urgency: first what burns. */
export const marksInOrder: readonly PanelMark[] = [
  'overdue',
  'stuck',
  'noPlan',
  'noNextStep',
  'pushedUnanswered',
  'unsorted',
  'today',
  'waiting',
];

/** Created from and to, worth from and to. */
export const rangeFields = ['from', 'to', 'amountFrom', 'amountTo'] as const;

export const sorts: readonly PanelSort[] = ['pain', 'due', 'idle', 'amount', 'created'];

/** The filter as the API's address carries it; a list repeats its name. */
export function addressOf(
  filter: PanelFilter,
  more: Readonly<Record<string, string | number | null>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of [...Object.entries(filter), ...Object.entries(more)]) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      query.append(name, String(one));
  }
  return query.toString();
}

/** The filter without empty fields, so that two that ask the same are equal. */
export function tidy(filter: PanelFilter): PanelFilter {
  const kept = Object.entries(filter).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept);
}

export function isEmpty(filter: PanelFilter): boolean {
  return Object.keys(tidy(filter)).length === 0;
}
