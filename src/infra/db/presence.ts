import { randomInt } from 'node:crypto';
import { uuidv7 } from '../ids.js';

/** Key space of these locks, so that they meet nobody else's. */
const LOCK_SPACE = 7_271;
/** This process, as long as it lives. */
const KEY = randomInt(1, 2 ** 31 - 1);

/**
 * Shared, so that a session which came back does not wait for the one that the server has not buried yet. The server
 * frees it with the session: at once when the process dies, whatever way.
 */
export const HOLD_PRESENCE = `SELECT pg_advisory_lock_shared(${LOCK_SPACE}, ${KEY})`;

/** Name of a new lease's owner. `held`: this process's presence can be seen in that database. */
export function ownerToken(held: boolean): string {
  return held ? `p${KEY}.${uuidv7()}` : uuidv7();
}

/**
 * SQL: the owner in this column is a process that is gone, so its lease is void before its time. Only a shortcut:
 * owners that cannot be judged keep their leases until they run out, and whoever loses one early (its session broke off
 * while it lives) meets the same fences as one who is late.
 */
export function isOrphaned(column: string): string {
  return `(${column} LIKE 'p%' AND split_part(${column}, '.', 1) NOT IN (
    SELECT 'p' || objid FROM pg_locks
    WHERE locktype = 'advisory' AND classid = ${LOCK_SPACE} AND objsubid = 2 AND granted))`;
}
