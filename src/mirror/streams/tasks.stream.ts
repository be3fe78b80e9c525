import { upsertTasks } from '../tasks.repository.js';
import { stream } from './stream.js';

export const tasks = stream({
  name: 'tasks',
  entity: 'task',
  follow: 'modified',
  everyMinutes: null,
  write: async ({ tx, accountId, rows, readAt }) => ({
    tasks: await upsertTasks(tx, accountId, rows, readAt),
  }),
});
