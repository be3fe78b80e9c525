import { upsertDeals } from '../deals.repository.js';
import { stream } from './stream.js';

export const deals = stream({
  name: 'deals',
  entity: 'deal',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows, readAt }) => ({
    deals: await upsertDeals(tx, accountId, rows, readAt),
  }),
});
