import type { CrmChange } from '../../common/page/crm-context.js';

/** What the page hears of. */
export type AccountChange =
  CrmChange | { readonly kind: 'note'; readonly id: number; readonly dealId: number };
