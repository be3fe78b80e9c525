import type { StreamPage, StreamRequest } from '../../contract/streams.js';
import type { Lane } from '../../contract/streams.js';
import type { Product } from '../../domain/crm/records.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import { flagOf, idOf, numberOf, rowsOf, textOf } from '../common/values.js';
import type { AccountMemory } from './account-facts.js';
import type { ApiClient } from './client.js';
import { catalogElementList, catalogList } from './lists.js';
import { readAll } from './pages.js';

const PRODUCTS = 'products';
const PRICE = 'PRICE';
const END = '"all"';

/** Ids of the lists that hold products; none where the plan has no lists. */
export async function productCatalogs(client: ApiClient, lane: Lane): Promise<readonly string[]> {
  try {
    const rows = (await readAll(client, catalogList(), lane)) ?? [];
    const own = rows.filter((row) => row['type'] === PRODUCTS && !flagOf(row['is_deleted']));
    return own.map((row) => idOf(row['id'])).filter((id) => id !== null);
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    const { kind } = error.failure;
    if (kind === 'forbidden' || kind === 'gone' || kind === 'malformed') return [];
    throw error;
  }
}

/** The elements of the account's lists of products. */
export async function* readProducts(
  client: ApiClient,
  memory: AccountMemory,
  { lane }: StreamRequest,
): AsyncGenerator<StreamPage<'products'>, void, void> {
  const { currency } = await memory.facts();
  const rows: Product[] = [];
  for (const catalog of await memory.catalogs(lane)) {
    const elements = (await readAll(client, catalogElementList(catalog), lane)) ?? [];
    for (const row of elements) {
      const product = toProduct(row, currency);
      if (product) rows.push(product);
    }
  }
  yield { rows, cursor: END, done: true };
}

function toProduct(row: JsonObject, currency: string | null): Product | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  const fields = rowsOf(row['custom_fields_values']);
  const price = rowsOf(fields.find((field) => field['field_code'] === PRICE)?.['values'])[0]?.['value'];
  return {
    id,
    name: textOf(row['name']) ?? id,
    price: numberOf(price),
    currency,
    active: !flagOf(row['is_deleted']),
  };
}
