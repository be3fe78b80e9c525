import type { QueryTree } from '../common/query.js';
import type { List } from './pages.js';

/** The documented maximum of most lists; asking for more falls back to 50 rows without a word. */
export const ROWS_PER_PAGE = 250;

const DEAL_EXTRAS = { with: 'contacts,source_id' };

export function dealList(query: QueryTree): List {
  return list('/api/v4/leads', 'leads', { ...DEAL_EXTRAS, ...query });
}

/** Only tasks that hang on a deal: the list can tell them by the kind of what they hang on. */
export function taskList(filter: QueryTree, order: QueryTree = { id: 'asc' }): List {
  return list('/api/v4/tasks', 'tasks', { filter, order });
}

export function userList(): List {
  return list('/api/v4/users', 'users', { with: 'role,group' });
}

function list(path: string, key: string, query: QueryTree): List {
  return { path, key, query, limit: ROWS_PER_PAGE };
}
