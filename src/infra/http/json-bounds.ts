import { RouteConfig } from '@nestjs/platform-fastify';

/** Our own calls have a handful of members; a route that takes more says so by `TakesLargeJson`. */
export const JSON_BOUNDS = { depth: 32, members: 2_000 } as const;

/** The largest that our own widget sends is a template of a hundred steps, each of some forty members. */
const LARGE_MEMBERS = 10_000;

interface JsonRouteConfig {
  readonly jsonMembers?: number;
}

/** For routes behind a session only: reading so many members costs what a stranger may not ask of us. */
export function TakesLargeJson(): MethodDecorator {
  return RouteConfig({ jsonMembers: LARGE_MEMBERS } satisfies JsonRouteConfig);
}

/** How many members the route of a request takes. */
export function membersFor(config: unknown): number {
  return (config as JsonRouteConfig | undefined)?.jsonMembers ?? JSON_BOUNDS.members;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Whether a JSON text is small enough in shape to be parsed and validated: both walk it recursively and member by
 * member, so a megabyte of brackets overflows the stack, and one of keys costs a hundred times its reading. One pass
 * over the bytes, which need not be JSON at all.
 */
export function isWithinBounds(body: Uint8Array, mostMembers: number = JSON_BOUNDS.members): boolean {
  let depth = 0;
  let members = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === COMMA) members += 1;
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    if (depth > JSON_BOUNDS.depth || members > mostMembers) return false;
  }
  return true;
}

/** Index of the closing quote, or of the last byte where there is none. */
function endOfText(body: Uint8Array, opening: number): number {
  for (let at = opening + 1; at < body.length; at++) {
    if (body[at] === BACKSLASH) at += 1;
    else if (body[at] === QUOTE) return at;
  }
  return body.length;
}

/** `\u0000` and halves of characters: no database keeps them in a text, so they would fail only when they are saved. */
const ODD_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/** Whether all texts of a parsed body can be stored. `body` is what it was parsed from: it is walked only on suspicion. */
export function isStorable(body: Buffer, value: unknown): boolean {
  return !ODD_ESCAPE.test(body.toString('latin1')) || areTextsWhole(value);
}

function areTextsWhole(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, each]) => areTextsWhole(name) && areTextsWhole(each));
}
