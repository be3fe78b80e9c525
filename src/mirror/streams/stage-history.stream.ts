import { insertTransitions, upsertTransitions } from '../visits.repository.js';
import { stream } from './stream.js';

export const stageHistory = stream({
  name: 'stageHistory',
  entity: 'stageHistory',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows, first }) => {
    if (first && (await insertTransitions(tx, accountId, rows))) return {};
    return { moved: await upsertTransitions(tx, accountId, rows) };
  },
});
