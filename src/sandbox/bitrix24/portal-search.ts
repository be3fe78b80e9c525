import type { PortalDealQuery } from '../common/page/crm-context.js';
import type { Deal } from './store/deal.js';

/** Whether a deal answers the page's filters; the search looks at title and number. */
export function suits(deal: Deal, query: PortalDealQuery): boolean {
  const search = query.search?.trim().toLowerCase() ?? '';
  return (
    (query.pipelineId === undefined || deal.stage.pipelineId === query.pipelineId) &&
    (query.stageId === undefined || deal.stage.id === query.stageId) &&
    (query.ownerId === undefined || deal.ownerId === query.ownerId) &&
    (query.open === undefined || (deal.stage.kind === 'open') === query.open) &&
    (search === '' || deal.title.toLowerCase().includes(search) || String(deal.id) === search)
  );
}

/** A robot's name comes as text or as a map of languages. */
export function robotName(given: unknown, language: string): string | null {
  if (typeof given === 'string') return given;
  if (typeof given !== 'object' || given === null) return null;
  const names = Object.entries(given).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return (names.find(([code]) => code === language) ?? names[0])?.[1] ?? null;
}
