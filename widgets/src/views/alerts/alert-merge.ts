import type { AlertView } from '../../../../src/features/pushing/pushing.view.js';

/**
 * What was scrolled through, with a fresh first page laid over it: what is over leaves, what is new comes in on top, and
 * nothing below the fresh page moves. Newest first.
 */
export function mergedNewest(
  known: readonly AlertView[],
  fresh: readonly AlertView[],
  isLastPage: boolean,
): readonly AlertView[] {
  const last = fresh.at(-1);
  if (!last || isLastPage) return fresh;
  const ids = new Set(fresh.map((alert) => alert.id));
  const below = known.filter((alert) => !ids.has(alert.id) && isBelow(alert, last));
  return [...fresh, ...below];
}

/** What was scrolled through, in its order, as the fresh page has it. */
export function refreshed(known: readonly AlertView[], fresh: readonly AlertView[]): readonly AlertView[] {
  const byId = new Map(fresh.map((alert) => [alert.id, alert]));
  return known.map((alert) => byId.get(alert.id) ?? alert);
}

function isBelow(alert: AlertView, last: AlertView): boolean {
  const [one, other] = [Date.parse(alert.at), Date.parse(last.at)];
  return one < other || (one === other && alert.id < last.id);
}
