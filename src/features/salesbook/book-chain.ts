import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/crm/time.js';
import type { BookEntry, NewEntry } from './book.types.js';

/** End of an account's chain. `hash` is empty before the first entry. */
export interface ChainEnd {
  readonly entries: number;
  readonly hash: string;
}

/**
 * Entries in the order of the events, each with the SHA-256 of its canonical JSON, in which the hash of the one before
 * stands: no entry can be changed, left out or put in later without every hash after it being another one.
 */
export function chained(
  accountId: string,
  end: ChainEnd,
  added: readonly NewEntry[],
  recordedAt: Instant,
): readonly BookEntry[] {
  let prevHash = end.hash;
  let place = end.entries;
  return added.toSorted(byTime).map((one) => {
    place += 1;
    const entry = { ...one, body: cleaned(one.body), entryId: String(place), recordedAt, prevHash };
    prevHash = hashOf(accountId, entry);
    return { ...entry, hash: prevHash };
  });
}

export function hashOf(accountId: string, entry: Omit<BookEntry, 'hash'>): string {
  const { entryId, recordedAt, at, kind, dealId, by, byHand, body, sourceKey, prevHash } = entry;
  const written = {
    accountId,
    entryId,
    recordedAt,
    at,
    kind,
    dealId,
    by,
    byHand,
    body,
    sourceKey,
    prevHash,
  };
  return createHash('sha256').update(canonicalJson(written)).digest('hex');
}

/** JSON with the keys of every object in the order of their code points and without blanks (RFC 8785 for our values). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** As the database will hand it back: it keeps no NUL and no half of a surrogate pair, and JSON no `undefined`. */
function cleaned<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'string' ? part.replaceAll('\0', '').toWellFormed() : part,
    ),
  ) as Value;
}

function byTime(a: NewEntry, b: NewEntry): number {
  return a.at - b.at || (a.sourceKey < b.sourceKey ? -1 : 1);
}
