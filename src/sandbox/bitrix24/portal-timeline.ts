import type { PortalActivity, PortalTimelineEntry } from './portal-context.js';
import { activityView, timelineView } from './portal-views.js';
import { changeActivity } from './store/activity-actions.js';
import { byUser, type PortalStore } from './store/portal-store.js';

const DEAL_TYPE = 2;

/** What hangs on a deal, as its card shows it. */
export function activitiesOf(store: PortalStore, dealId: number): readonly PortalActivity[] {
  const ids = store.activitiesByOwner.get(String(dealId)) ?? new Set<number>();
  return [...ids].flatMap((id) => {
    const row = store.activities.get(id);
    return row?.values['ownerTypeId'] === DEAL_TYPE ? [activityView(row)] : [];
  });
}

/** Newest first. */
export function timelineOf(store: PortalStore, dealId: number): readonly PortalTimelineEntry[] {
  const own = store.timeline.filter((one) => one.entityTypeId === DEAL_TYPE && one.entityId === dealId);
  return own.reverse().map(timelineView);
}

export function completeActivity(store: PortalStore, activityId: number, userId: number): PortalActivity {
  const row = store.activities.get(activityId);
  if (row === undefined) throw new Error(`no activity ${activityId}`);
  changeActivity(store, row, { completed: 'Y' }, byUser(userId));
  return activityView(row);
}
