import { loadTransitions, upsertTransitions } from '../visits.repository.js';
import { stream } from './stream.js';

export const stageHistory = stream({
  name: 'stageHistory',
  entity: 'stageHistory',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows, fresh }) => {
    if (!fresh) return { moved: await upsertTransitions(tx, accountId, rows) };
    await loadTransitions(tx, accountId, rows);
    return {};
  },
});
