import type { Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import { flagOf, idOf, rowsOf, textOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import type { DealReading } from './mapper.js';
import { productCatalogs } from './products.js';
import { embeddedIn } from './schema.js';

export interface AccountFacts {
  readonly accountId: string;
  readonly currentUserId: string | null;
  readonly currency: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  /** Filters on deals are a paid extra; without it they are silently ignored. */
  readonly dealFilters: boolean;
  readonly groups: readonly JsonObject[];
}

const WITH = 'users_groups,task_types,datetime_settings,is_api_filter_enabled';

export const ACCOUNT_REQUEST = { path: '/api/v4/account', query: { with: WITH } } as const;

/** Null for an answer that is no account. */
export function toAccountFacts(body: unknown): AccountFacts | null {
  if (!isObject(body)) return null;
  const accountId = idOf(body['id']);
  if (accountId === null) return null;
  const [settings] = [embeddedObject(body, 'datetime_settings')];
  return {
    accountId,
    currentUserId: idOf(body['current_user_id']),
    currency: textOf(body['currency']),
    country: textOf(body['country']),
    timeZone: textOf(settings['timezone']),
    dealFilters: flagOf(body['is_api_filter_enabled']),
    groups: rowsOf(embeddedIn(body, 'users_groups')),
  };
}

/** Somebody may buy or cancel the extra. */
const KNOWN_FOR_MS = 6 * 3_600_000;

/** The account as it was a few hours ago at most. */
export class AccountMemory {
  #known: { readonly facts: Promise<AccountFacts>; readonly at: Instant } | null = null;
  #filtersLie = false;

  #catalogs: Promise<readonly string[]> | null = null;

  constructor(private readonly client: ApiClient) {}

  /** What has to be known to read deals. */
  async reading(lane: Lane): Promise<DealReading> {
    const { currency, timeZone } = await this.facts();
    const products = (await this.catalogs(lane)).length > 0;
    return { currency, timeZone, products, watched: new Set(this.client.session.watchedFields) };
  }

  /** Ids of the lists that hold products. */
  async catalogs(lane: Lane): Promise<readonly string[]> {
    await this.facts();
    this.#catalogs ??= productCatalogs(this.client, lane);
    this.#catalogs.catch(() => (this.#catalogs = null));
    return this.#catalogs;
  }

  async facts(): Promise<AccountFacts> {
    const now = this.client.session.clock.now();
    if (!this.#known || now - this.#known.at > KNOWN_FOR_MS) {
      const facts = this.#read();
      this.#catalogs = null;
      this.#known = { facts, at: now };
      facts.catch(() => (this.#known = null));
    }
    const facts = await this.#known.facts;
    return this.#filtersLie ? { ...facts, dealFilters: false } : facts;
  }

  /** An answer held rows that the filter forbids, whatever the flag says. */
  filtersLie(): void {
    if (!this.#filtersLie)
      this.client.session.log.warn('filters on deals are ignored: lists are walked instead');
    this.#filtersLie = true;
  }

  async #read(): Promise<AccountFacts> {
    const { path, query } = ACCOUNT_REQUEST;
    const facts = toAccountFacts(await this.client.get(path, query));
    if (facts) return facts;
    const failure = { kind: 'unavailable', detail: 'an account without an id' } as const;
    throw new CallFault(failure, 'doubtful', true, '', path);
  }
}

function embeddedObject(body: JsonObject, key: string): JsonObject {
  const embedded = isObject(body['_embedded']) ? body['_embedded'][key] : undefined;
  return isObject(embedded) ? embedded : {};
}
