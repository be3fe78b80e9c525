import { reachOf } from '../../domain/crm/rights.js';
import type { Instant } from '../../domain/crm/time.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { CompanyStructure } from '../../mirror/index.js';
import { midnight } from '../../infra/http/days.js';
import type { InsightFilter } from './insight.view.js';

/** Whose deals a page shows: of these people, and those of nobody where the reach alone limits. Null: everybody's. */
interface Owners {
  readonly ids: readonly string[];
  readonly orNobody: boolean;
}

/** What a question stands on: one pipeline, within the person's reach, under the person's filter. */
export interface InsightScope {
  readonly accountId: string;
  readonly pipelineId: string;
  readonly owners: Owners | null;
  readonly productIds: readonly string[];
  readonly sourceIds: readonly string[];
  /** First moment of the first day and of the day after the last one, in the person's zone. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly now: Instant;
}

export type Viewer = Pick<SessionClaims, 'accountId' | 'userId' | 'admin' | 'timeZone'>;

/** The filter within what the person may see; departments become their people. */
export function scopeOf(
  person: Viewer,
  structure: CompanyStructure,
  filter: InsightFilter,
  pipelineId: string,
  now: Instant,
): InsightScope {
  return {
    accountId: person.accountId,
    pipelineId,
    owners: ownersOf(person, structure, filter),
    productIds: filter.productIds ?? [],
    sourceIds: filter.sourceIds ?? [],
    from: filter.from === undefined ? null : midnight(filter.from, person.timeZone),
    to: filter.to === undefined ? null : midnight(filter.to, person.timeZone, 1),
    now,
  };
}

function ownersOf(person: Viewer, structure: CompanyStructure, filter: InsightFilter): Owners | null {
  const reach = reachOf(person, structure);
  const members = filter.departmentIds?.length
    ? structure.users
        .filter((user) => user.departmentIds.some((id) => filter.departmentIds?.includes(id)))
        .map((user) => user.id)
    : null;
  const sellers = filter.sellerIds?.length ? filter.sellerIds : null;
  const asked = members === null ? sellers : members.filter((id) => sellers === null || sellers.includes(id));
  if (asked === null)
    return reach.kind === 'all' ? null : { ids: [...reach.userIds].toSorted(), orNobody: true };
  const allowed = reach.kind === 'all' ? asked : asked.filter((id) => reach.userIds.has(id));
  return { ids: [...allowed].toSorted(), orNobody: false };
}

/** Whether the roll-ups, which know neither owners nor products, can answer. */
export function isWhole(scope: InsightScope): boolean {
  const { owners, productIds, sourceIds, from, to } = scope;
  return owners === null && productIds.length + sourceIds.length === 0 && from === null && to === null;
}

/** The same pipeline for all people, products, sources and times: what norms and chances are learned from. */
export function wholeOf(scope: InsightScope): InsightScope {
  return { ...scope, owners: null, productIds: [], sourceIds: [], from: null, to: null };
}

export function everythingIn(accountId: string, pipelineId: string, now: Instant): InsightScope {
  return { accountId, pipelineId, owners: null, productIds: [], sourceIds: [], from: null, to: null, now };
}

/** Equal for equal questions within a minute of each other, whatever order their fields come in: `jsonb` keeps its own. */
export function scopeKey(scope: InsightScope): string {
  const { accountId, pipelineId, owners, productIds, sourceIds, from, to } = scope;
  const people = owners && [owners.ids, owners.orNobody];
  return JSON.stringify([accountId, pipelineId, people, productIds, sourceIds, from, to]);
}
