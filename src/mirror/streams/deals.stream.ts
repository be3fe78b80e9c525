import { loadDeals, upsertDeals } from '../deals.repository.js';
import { stream } from './stream.js';

export const deals = stream({
  name: 'deals',
  entity: 'deal',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows, readAt, fresh }) => {
    if (!fresh) return { deals: await upsertDeals(tx, accountId, rows, readAt) };
    await loadDeals(tx, accountId, rows, readAt);
    return {};
  },
});
