import { unescape } from 'node:querystring';

/** A form as PHP would read it: names with brackets become nested maps without a prototype; every leaf is text. */
export interface FormTree {
  readonly [name: string]: FormTree | string;
}

export class FormRefusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'FormRefusal';
  }
}

export interface FormBounds {
  readonly bytes: number;
  readonly fields: number;
  readonly depth: number;
  readonly nameLength: number;
  /** Texts that are not UTF-8 are kept as far as they can be read, instead of refusing the form for them. */
  readonly brokenTexts?: boolean;
}

/** Far above what a host sends about one event: some 10 kB with 60 fields, 4 deep. */
export const FORM_BOUNDS: FormBounds = { bytes: 1024 * 1024, fields: 1000, depth: 8, nameLength: 256 };

const FORBIDDEN_NAMES = new Set(['__proto__', 'prototype', 'constructor']);

type MutableTree = { [name: string]: MutableTree | string };

/** Throws `FormRefusal` and nothing else, whatever the bytes. Work stops at the first bound that is passed. */
export function parsePhpForm(body: Buffer, bounds: FormBounds = FORM_BOUNDS): FormTree {
  if (body.length > bounds.bytes) throw new FormRefusal('body is too large');
  const text = body.toString('latin1');
  const form: Form = { root: emptyTree(), nextIndex: new Map(), bounds };
  let fields = 0;
  for (let from = 0; from < text.length;) {
    const end = indexOr(text, '&', from, text.length);
    if (end > from) {
      fields += 1;
      if (fields > bounds.fields) throw new FormRefusal('too many fields');
      addPair(form, text, from, end);
    }
    from = end + 1;
  }
  return form.root;
}

interface Form {
  readonly root: MutableTree;
  /** What an empty name means next in each tree that has had numbers for names. */
  readonly nextIndex: Map<MutableTree, number>;
  readonly bounds: FormBounds;
}

function addPair(form: Form, text: string, from: number, end: number): void {
  const equals = Math.min(indexOr(text, '=', from, end), end);
  const { nameLength, bytes, brokenTexts } = form.bounds;
  const name = decode(text.slice(from, equals), nameLength, brokenTexts);
  const value = decode(text.slice(Math.min(equals + 1, end), end), bytes, brokenTexts);
  const path = pathOf(name, form.bounds.depth);
  const last = path.pop();
  if (last === undefined) return;
  let tree = form.root;
  for (const step of path) tree = childOf(tree, nameIn(form, tree, step));
  tree[nameIn(form, tree, last)] = value;
}

/** `a[b][]` is the path a, b, next; PHP ignores what follows the last bracket. */
function pathOf(name: string, depth: number): string[] {
  const open = name.indexOf('[');
  if (open < 1) return [checked(name)];
  const path = [checked(name.slice(0, open))];
  for (let from = open; name.charAt(from) === '[';) {
    const close = name.indexOf(']', from);
    if (close < 0) throw new FormRefusal('a bracket is not closed');
    path.push(checked(name.slice(from + 1, close)));
    if (path.length > depth) throw new FormRefusal('nested too deep');
    from = close + 1;
  }
  return path;
}

function checked(name: string): string {
  if (FORBIDDEN_NAMES.has(name)) throw new FormRefusal('a forbidden name');
  return name;
}

/** An empty name appends behind the highest number, as `a[]=1&a[]=2` does. */
function nameIn({ nextIndex }: Form, tree: MutableTree, step: string): string {
  const next = nextIndex.get(tree) ?? 0;
  const name = step === '' ? String(next) : step;
  if (/^\d{1,9}$/.test(name)) nextIndex.set(tree, Math.max(next, Number(name) + 1));
  return name;
}

function childOf(tree: MutableTree, name: string): MutableTree {
  const present = tree[name];
  if (typeof present === 'object') return present;
  const made = emptyTree();
  tree[name] = made;
  return made;
}

function emptyTree(): MutableTree {
  return Object.create(null) as MutableTree;
}

/** The raw bytes arrive as latin1; what is not escaped is ASCII in an honest form, and UTF-8 is tolerated. */
function decode(raw: string, longest: number, brokenTexts = false): string {
  if (raw.length > longest * 3) throw new FormRefusal('a name is too long');
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  if (!/[%\u0080-\u00ff]/.test(spaced)) return spaced;
  const escaped = spaced.replace(/[\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  // The same as `decodeURIComponent` for what is UTF-8, with the signs of replacement for what is not.
  if (brokenTexts) return unescape(escaped);
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new FormRefusal('text is not UTF-8');
  }
}

function indexOr(text: string, char: string, from: number, otherwise: number): number {
  const index = text.indexOf(char, from);
  return index < 0 ? otherwise : index;
}
