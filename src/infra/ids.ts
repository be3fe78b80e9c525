import { createHash, randomBytes } from 'node:crypto';

/** Namespace of our UUIDv5 account ids: a random UUID, fixed for ever. */
const ACCOUNT_NAMESPACE = Buffer.from('b4cbf5e62c5b4d6f9e0a7a5d1f3c8e21', 'hex');

/**
 * The account's id is a UUIDv5 (RFC 9562, 5.5) of host and the host's own account key, so that an inbound call finds
 * its account by primary key and a reinstallation finds its data.
 */
export function accountIdOf(host: string, hostKey: string): string {
  const hash = createHash('sha1').update(ACCOUNT_NAMESPACE).update(`${host}:${hostKey}`).digest();
  return formatUuid(hash.subarray(0, 16), 5);
}

/** A UUIDv5 of these parts: who makes the same thing twice, or at once in two processes, makes it under one id. */
export function derivedId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha1').update(ACCOUNT_NAMESPACE).update(JSON.stringify(parts)).digest();
  return formatUuid(hash.subarray(0, 16), 5);
}

let lastMs = 0;
let sequence = 0;

/**
 * Time-ordered id (RFC 9562, 5.7 with method 1 of 6.2): ids of one process grow strictly, also within a millisecond,
 * for the order of jobs in one insert is that of their ids.
 */
export function uuidv7(): string {
  const now = Date.now();
  sequence = now > lastMs ? 0 : sequence + 1;
  lastMs = Math.max(now, lastMs);
  if (sequence > 0xfff) {
    lastMs += 1;
    sequence = 0;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(sequence, 6);
  return formatUuid(bytes, 7);
}

function formatUuid(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
