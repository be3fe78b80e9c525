/** Epoch milliseconds, UTC. Zones are applied only where people read or where working time is counted. */
export type Instant = number;

/** The clock is handed in, never read: a test decides what time it is. */
export interface Clock {
  now(): Instant;
}
