import { deserialize } from 'node:v8';

/** What was kept, or nothing when the bytes are no such thing. */
export function readState(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const found: unknown = deserialize(bytes);
    return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Plain to look at, and yet the new store's own: its company, who listens to it, what has a part of its own. */
const OWN = new Set(['company', 'listeners', 'settings']);

/** Fields that are data. Services, functions and what came from the company's file stay the new store's own. */
export function plainFieldsOf(part: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(part).filter(([name, value]) => !OWN.has(name) && isPlain(value)));
}

const PLAIN = [Array, Map, Set, Int32Array, Uint32Array, Uint16Array, Uint8Array, Float64Array];

function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  return PLAIN.some((kind) => value instanceof kind) || Object.getPrototypeOf(value) === Object.prototype;
}
