import type { AlertFilter, AlertSort } from '../../../../src/features/pushing/pushing.view.js';

/** The filter and the order as the address carries them; what is not chosen is left out. */
export function addressOf(
  { ruleKeys = [], sellerIds = [], pipelineIds = [], state }: AlertFilter,
  { sort, after }: { readonly sort: AlertSort; readonly after: string | null },
): string {
  const query = new URLSearchParams({ sort });
  for (const id of ruleKeys) query.append('ruleKeys', id);
  for (const id of sellerIds) query.append('sellerIds', id);
  for (const id of pipelineIds) query.append('pipelineIds', id);
  if (state !== undefined) query.set('state', state);
  if (after !== null) query.set('after', after);
  return query.toString();
}

/** Whether anything is filtered out; counters are no filter of their own. */
export function isNarrowed({ ruleKeys, sellerIds, pipelineIds, state }: AlertFilter): boolean {
  return state !== undefined || [ruleKeys, sellerIds, pipelineIds].some((list) => (list?.length ?? 0) > 0);
}
