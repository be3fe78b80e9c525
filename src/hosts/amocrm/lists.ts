import type { QueryTree } from '../common/query.js';
import { asItCame, type List } from './pages.js';

/** The documented maximum of most lists; asking for more falls back to 50 rows without a word. */
export const ROWS_PER_PAGE = 250;

const DEAL_EXTRAS = 'contacts,source_id,loss_reason';

/** What a read of deals asks to come along; products only where the account has any. */
export function dealExtras(products: boolean): { readonly with: string } {
  return { with: products ? `${DEAL_EXTRAS},catalog_elements` : DEAL_EXTRAS };
}

export function dealList(query: QueryTree, products = false): List {
  return list('/api/v4/leads', 'leads', { ...dealExtras(products), ...query });
}

/** Half a hundred is what these two lists are documented to give at most. */
const SHORT_PAGE = 50;

export function customFieldList(): List {
  return { ...list('/api/v4/leads/custom_fields', 'custom_fields', {}), limit: SHORT_PAGE };
}

export function catalogList(): List {
  return { ...list('/api/v4/catalogs', 'catalogs', {}), limit: SHORT_PAGE };
}

export function catalogElementList(catalogId: string): List {
  return list(`/api/v4/catalogs/${catalogId}/elements`, 'elements', {});
}

/** Only tasks that hang on a deal: the list can tell them by the kind of what they hang on. */
export function taskList(filter: QueryTree, order: QueryTree = { id: 'asc' }): List {
  return list('/api/v4/tasks', 'tasks', { filter, order });
}

export function userList(): List {
  return list('/api/v4/users', 'users', { with: 'role,group' });
}

function list(path: string, key: string, query: QueryTree): List {
  return { path, key, query, limit: ROWS_PER_PAGE, keep: asItCame };
}
