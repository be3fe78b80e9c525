import { upsertTransitions } from '../visits.repository.js';
import { stream } from './stream.js';

export const stageHistory = stream({
  name: 'stageHistory',
  entity: 'stageHistory',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows }) => ({ moved: await upsertTransitions(tx, accountId, rows) }),
});
