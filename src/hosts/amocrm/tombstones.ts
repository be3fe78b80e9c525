import type { EntityChange } from '../../contract/client.js';
import type { Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import type { JsonObject } from '../common/json.js';
import { idOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import { asItCame, type List, readAll, readPage } from './pages.js';
import { secondsOf } from './schema.js';
import { serverTime } from './server-time.js';

/** The documented maximum for events. */
export const EVENTS_PER_PAGE = 100;

export function eventList(types: readonly string[], from: Instant, to?: Instant): List {
  return {
    path: '/api/v4/events',
    key: 'events',
    query: {
      filter: {
        type: types,
        created_at: { from: secondsOf(from), ...(to !== undefined && { to: secondsOf(to) }) },
      },
    },
    limit: EVENTS_PER_PAGE,
    keep: asItCame,
  };
}

/** What shifts the rows of a list to the front. */
const VANISHING = {
  deal: ['lead_deleted'],
  task: ['task_deleted'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Vanishing = keyof typeof VANISHING;

/** How many of a kind were deleted since then: pages that were read meanwhile may have lost rows between them. */
export async function vanishedSince(
  client: ApiClient,
  kind: Vanishing,
  since: Instant,
  lane: Lane,
): Promise<number> {
  const list = eventList(VANISHING[kind], since);
  // Asked often and almost always answered with nothing: once is enough, a later check sees what this one missed.
  const page = await readPage(client, list, 1, lane);
  if (!page?.next) return page?.rows.length ?? 0;
  return (await readAll(client, list, lane, MOST_PAGES))?.length ?? Number.MAX_SAFE_INTEGER;
}

const MOST_PAGES = 20;
/** A sweep comes every few minutes; what is older was seen by an earlier one, or the slow walk over ids finds it. */
const LOOK_BACK_MS = 60 * 60_000;
const REMEMBERED = 10_000;

const MEANING: Readonly<Record<string, Pick<EntityChange, 'entity' | 'change'>>> = {
  lead_deleted: { entity: 'deal', change: 'deleted' },
  lead_restored: { entity: 'deal', change: 'saved' },
  entity_merged: { entity: 'deal', change: 'saved' },
  task_deleted: { entity: 'task', change: 'deleted' },
};

/**
 * Deletions leave no trace in the lists, but the log of events keeps them: it is this host's queue. It is looked through
 * an hour back each time; what one process has passed on already it leaves out.
 */
export class Tombstones {
  readonly #passedOn = new Set<string>();

  constructor(private readonly client: ApiClient) {}

  async *drain(): AsyncGenerator<{ readonly changes: readonly EntityChange[]; confirm(): Promise<void> }> {
    const since = (await serverTime(this.client)) - LOOK_BACK_MS;
    const list = eventList(Object.keys(MEANING), since);
    const rows = (await readAll(this.client, list, 'low', MOST_PAGES)) ?? [];
    const fresh = rows.filter((row) => !this.#passedOn.has(String(row['id'])));
    const changes = fresh.map(changeOf).filter((change) => change !== null);
    if (changes.length === 0) return;
    yield {
      changes,
      confirm: () => {
        if (this.#passedOn.size > REMEMBERED) this.#passedOn.clear();
        for (const row of fresh) this.#passedOn.add(String(row['id']));
        return Promise.resolve();
      },
    };
  }
}

function changeOf(row: JsonObject): EntityChange | null {
  const type = row['type'];
  const meaning = typeof type === 'string' && Object.hasOwn(MEANING, type) ? MEANING[type] : undefined;
  const id = idOf(row['entity_id']);
  const isDeal = row['entity_type'] === 'lead';
  return meaning && id !== null && (meaning.entity !== 'deal' || isDeal) ? { ...meaning, id } : null;
}
