import { createHash } from 'node:crypto';

const PREFIX = 'dozhim-';
const HEX_DIGITS = 32;

/**
 * The name of a step's task in the host, the same for ever: it is written into the task and asked for before an
 * uncertain creation is repeated. 128 bits of SHA-256, so two steps never share one.
 */
export function outboxKey(accountId: string, planId: string, stepKey: string, visitSeq: number): string {
  const identity = JSON.stringify([accountId, planId, stepKey, visitSeq]);
  return PREFIX + createHash('sha256').update(identity).digest('hex').slice(0, HEX_DIGITS);
}

/** Whether a key read from a host can be one of ours at all. */
export function isOutboxKey(text: string | null): text is string {
  return text !== null && /^dozhim-[0-9a-f]{32}$/.test(text);
}
