import type { BeforeSend } from '../../contract/client.js';
import type { HostFailure } from '../../contract/failure.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import { rowsOf, textOf } from '../common/values.js';
import { ValidationFault } from './answers.js';
import type { ApiClient } from './client.js';
import { embeddedRows } from './schema.js';

/** A list that takes many elements in one request. */
export interface RowsTarget {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /** Of the rows in the answer. */
  readonly key: string;
}

export type RowOutcome =
  | { readonly kind: 'ok'; readonly row: JsonObject }
  | { readonly kind: 'refused'; readonly failure: HostFailure }
  | { readonly kind: 'unknown' };

/**
 * Sends elements until the host has taken or refused each: one bad element fails the whole request with nothing written,
 * so the ones that it names are put aside and the rest goes again. A POST is never repeated when it may have happened.
 */
export async function sendRows<Item>(
  client: ApiClient,
  target: RowsTarget,
  bodies: ReadonlyMap<Item, JsonObject>,
  beforeSend: BeforeSend,
): Promise<ReadonlyMap<Item, RowOutcome>> {
  const outcomes = new Map<Item, RowOutcome>();
  for (let left = [...bodies]; left.length > 0;) {
    const sent = await sendOnce(client, target, left, beforeSend);
    for (const [item, outcome] of sent.settled) outcomes.set(item, outcome);
    left = left.filter(([item]) => !sent.settled.has(item));
    if (sent.settled.size > 0) continue;
    // The host does not say which one is bad: each goes alone.
    for (const [item, body] of left) {
      const alone = await sendOnce(client, target, [[item, body]], beforeSend);
      outcomes.set(item, alone.settled.get(item) ?? alone.otherwise);
    }
    break;
  }
  return outcomes;
}

interface Sent<Item> {
  readonly settled: ReadonlyMap<Item, RowOutcome>;
  /** For an element that goes alone and still is not named. */
  readonly otherwise: RowOutcome;
}

type Element<Item> = readonly [Item, JsonObject];

async function sendOnce<Item>(
  client: ApiClient,
  target: RowsTarget,
  left: readonly Element<Item>[],
  beforeSend: BeforeSend,
): Promise<Sent<Item>> {
  const { method, path } = target;
  const body = left.map(([, fields], index) => ({ ...fields, request_id: String(index) }));
  try {
    const manner = { lane: 'high', repeatable: method === 'PATCH', beforeSend } as const;
    const answer = await client.call({ method, path, body }, manner);
    return { settled: outcomesOf(answer, target, left), otherwise: { kind: 'unknown' } };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    const refusal = { kind: 'refused', failure: error.failure } as const;
    if (error instanceof ValidationFault) return { settled: offenders(error, left), otherwise: refusal };
    // A refusal of rights is for the whole request, whichever element it is about.
    if (error.failure.kind === 'forbidden' && left.length > 1)
      return { settled: new Map(), otherwise: refusal };
    const outcome: RowOutcome = error.executed && method === 'POST' ? { kind: 'unknown' } : refusal;
    return { settled: new Map(left.map(([item]) => [item, outcome])), otherwise: outcome };
  }
}

function outcomesOf<Item>(
  answer: unknown,
  { key }: RowsTarget,
  left: readonly Element<Item>[],
): ReadonlyMap<Item, RowOutcome> {
  const rows = embeddedRows(answer, key) ?? rowsOf(answer);
  const byRequest = new Map(rows.map((row) => [textOf(row['request_id']), row]));
  const byId = new Map(rows.map((row) => [row['id'], row]));
  return new Map(
    left.map(([item, body], index) => {
      const row =
        byRequest.get(String(index)) ?? (body['id'] === undefined ? undefined : byId.get(body['id']));
      // A row that is missing from a good answer: nobody knows what became of it.
      return [item, row ? { kind: 'ok', row } : { kind: 'unknown' }];
    }),
  );
}

function offenders<Item>(
  fault: ValidationFault,
  left: readonly Element<Item>[],
): ReadonlyMap<Item, RowOutcome> {
  return new Map(
    left.flatMap(([item], index) => {
      const where = fault.offenders.get(String(index));
      return where === undefined ? [] : [[item, { kind: 'refused', failure: { kind: 'malformed', where } }]];
    }),
  );
}
