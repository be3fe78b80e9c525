/** A value as PHP's form notation can carry it. */
export type FormValue = string | FormRecord | readonly FormValue[];
export interface FormRecord {
  [key: string]: FormValue;
}

/** Beyond these a form is refused; the host's own server has limits of the same order. */
export interface FormLimits {
  readonly keys: number;
  readonly depth: number;
}

export const DEFAULT_FORM_LIMITS: FormLimits = { keys: 10_000, depth: 12 };

export class FormError extends Error {}

/** Parses `a[b][]=1&c=2` as PHP does: brackets nest, `[]` appends, keys 0..n-1 become a list. */
export function parseBracketForm(text: string, limits: FormLimits = DEFAULT_FORM_LIMITS): FormRecord {
  const root = emptyRecord();
  let keys = 0;
  for (const pair of text.split('&')) {
    if (pair === '') {
      continue;
    }
    keys += 1;
    if (keys > limits.keys) {
      throw new FormError(`more than ${limits.keys} fields`);
    }
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    put(root, splitName(name, limits.depth), equals === -1 ? '' : decode(pair.slice(equals + 1)));
  }
  return listify(root) as FormRecord;
}

/** Writes a tree in the same notation; every scalar becomes text, nothing becomes empty text. */
export function encodeBracketForm(record: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    encodeInto(pairs, key, value);
  }
  return pairs.join('&');
}

function encodeInto(pairs: string[], name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      encodeInto(pairs, `${name}[${key}]`, inner);
    }
    return;
  }
  pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(scalarText(value))}`);
}

function scalarText(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function splitName(name: string, depth: number): string[] {
  const open = name.indexOf('[');
  if (open <= 0) {
    return [name];
  }
  const path = [name.slice(0, open)];
  let at = open;
  while (name[at] === '[') {
    const close = name.indexOf(']', at);
    if (close === -1) {
      break;
    }
    path.push(name.slice(at + 1, close));
    at = close + 1;
    if (path.length > depth) {
      throw new FormError(`nested deeper than ${depth}`);
    }
  }
  return path;
}

function put(root: FormRecord, path: readonly string[], value: string): void {
  let node = root;
  for (const [index, part] of path.entries()) {
    const key = part === '' && index > 0 ? nextKey(node) : part;
    if (index === path.length - 1) {
      node[key] = value;
      return;
    }
    const next = node[key];
    if (typeof next === 'object' && !Array.isArray(next)) {
      node = next as FormRecord;
    } else {
      const created = emptyRecord();
      node[key] = created;
      node = created;
    }
  }
}

function nextKey(node: FormRecord): string {
  return String(Object.keys(node).length);
}

function emptyRecord(): FormRecord {
  return Object.create(null) as FormRecord;
}

function listify(value: FormValue, root = true): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) {
    return value;
  }
  const record = value as FormRecord;
  const keys = Object.keys(record);
  for (const key of keys) {
    record[key] = listify(record[key] ?? '', false);
  }
  const isList = !root && keys.length > 0 && keys.every((key, index) => key === String(index));
  return isList ? keys.map((key) => record[key] ?? '') : record;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) {
    return spaced;
  }
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
