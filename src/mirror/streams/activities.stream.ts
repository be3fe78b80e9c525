import { noteActivities } from '../activities.repository.js';
import { stream } from './stream.js';

export const activities = stream({
  name: 'activities',
  entity: 'activity',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows }) => ({ deals: await noteActivities(tx, accountId, rows) }),
});
