import jsonc from 'jsonc-parser';

/** Where something stands in a text, both from 1; a column counts UTF-16 units, as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** What keeps a text from being one sound JSON value. */
export interface TextFault {
  readonly code: TextFaultCode;
  /** JSON pointer of the innermost value around the place. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly place: TextPlace;
}

export type TextFaultCode =
  'fileTooLarge' | 'syntax' | 'tooDeep' | 'tooManyValues' | 'forbiddenName' | 'repeatedName';

export type ReadText =
  | { readonly kind: 'read'; readonly value: unknown; readonly placeOf: PlaceOf }
  | { readonly kind: 'faulty'; readonly faults: readonly TextFault[] };

/** The place of a value by its JSON pointer, or of its name; of the nearest one around it when it is not there. */
export type PlaceOf = (pointer: string, what: 'value' | 'name') => TextPlace;

export const FILE_LIMITS = { bytes: 512 * 1024, depth: 32, values: 50_000, faults: 100 } as const;

/** Names that reach into prototypes when a careless reader copies them. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const START: TextPlace = { line: 1, column: 1 };

/** Thrown out of the walk: deeper or longer than any template, the rest is not worth reading. */
class WalkEnd extends Error {}

/**
 * Reads an untrusted text as strict JSON (no comments, no trailing commas) with the place of every value. Size, depth
 * and number of values are bounded; names written twice and names of prototypes are faults. Never throws.
 */
export function readText(text: string): ReadText {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > FILE_LIMITS.bytes) {
    const params = { limit: FILE_LIMITS.bytes / 1024, size: Math.ceil(bytes / 1024) };
    return { kind: 'faulty', faults: [{ code: 'fileTooLarge', path: '', params, place: START }] };
  }
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const walk = new TextWalk();
  walk.through(plain);
  if (walk.faults.length > 0) return { kind: 'faulty', faults: walk.faults.slice(0, FILE_LIMITS.faults) };
  const value: unknown = JSON.parse(plain);
  return { kind: 'read', value, placeOf: (pointer, what) => walk.placeOf(pointer, what) };
}

/** One name of a JSON pointer (RFC 6901). */
export function pointerPart(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

class TextWalk {
  readonly faults: TextFault[] = [];
  private readonly values = new Map<string, TextPlace>();
  private readonly names = new Map<string, TextPlace>();
  private readonly slipped = new Set<number>();
  private text = '';
  private depth = 0;

  through(text: string): void {
    this.text = text;
    try {
      jsonc.visit(text, this.visitor(), { disallowComments: true, allowTrailingComma: false });
    } catch (error) {
      if (!(error instanceof WalkEnd)) throw error;
    }
  }

  placeOf(pointer: string, what: 'value' | 'name'): TextPlace {
    const own = what === 'name' ? this.names.get(pointer) : undefined;
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = own ?? this.values.get(at);
      if (place) return place;
    }
    return this.values.get('') ?? START;
  }

  private visitor(): jsonc.JSONVisitor {
    return {
      onObjectBegin: (_offset, _length, line, character, path) =>
        this.enter(path(), placeAt(line, character)),
      onObjectEnd: () => this.leave(),
      onArrayBegin: (_offset, _length, line, character, path) => this.enter(path(), placeAt(line, character)),
      onArrayEnd: () => this.leave(),
      onLiteralValue: (_value, _offset, _length, line, character, path) =>
        this.note(path(), placeAt(line, character)),
      onObjectProperty: (name, _offset, _length, line, character, path) =>
        this.name(pointerOf(path()), name, placeAt(line, character)),
      onError: (error, offset, _length, line) => this.slip(jsonc.printParseErrorCode(error), offset, line),
    };
  }

  private enter(path: jsonc.JSONPath, place: TextPlace): void {
    this.note(path, place);
    this.depth += 1;
    if (this.depth > FILE_LIMITS.depth) this.end('tooDeep', FILE_LIMITS.depth, path, place);
  }

  private leave(): void {
    this.depth -= 1;
  }

  private note(path: jsonc.JSONPath, place: TextPlace): void {
    this.values.set(pointerOf(path), place);
    if (this.values.size > FILE_LIMITS.values) this.end('tooManyValues', FILE_LIMITS.values, path, place);
  }

  private name(parent: string, name: string, place: TextPlace): void {
    const path = parent + pointerPart(name);
    const params = { name };
    if (FORBIDDEN_NAMES.has(name)) this.faults.push({ code: 'forbiddenName', path, params, place });
    if (this.names.has(path)) this.faults.push({ code: 'repeatedName', path, params, place });
    this.names.set(path, place);
  }

  /** One slip makes the parser stumble several times: the first stumble on a line is the one to mend. */
  private slip(kind: string, offset: number, line: number): void {
    if (this.slipped.has(line)) return;
    this.slipped.add(line);
    this.faults.push({ code: 'syntax', path: '', params: { kind }, place: placeIn(this.text, offset) });
    if (this.faults.length >= FILE_LIMITS.faults) throw new WalkEnd();
  }

  private end(code: TextFaultCode, limit: number, path: jsonc.JSONPath, place: TextPlace): never {
    this.faults.push({ code, path: pointerOf(path), params: { limit }, place });
    throw new WalkEnd();
  }
}

function pointerOf(path: jsonc.JSONPath): string {
  return path.map(pointerPart).join('');
}

function placeAt(line: number, character: number): TextPlace {
  return { line: line + 1, column: character + 1 };
}

/** The parser's own line of an error is one too many behind a comment that nobody ended. */
function placeIn(text: string, offset: number): TextPlace {
  const rows = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: rows.length, column: (rows.at(-1)?.length ?? 0) + 1 };
}
