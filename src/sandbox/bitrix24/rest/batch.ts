import { parseBracketForm } from '../../common/bracket-form.js';
import { RowsPage } from '../wire/rows-page.js';
import { asRecord, asText } from './params.js';

export interface BatchCommand {
  readonly key: string;
  readonly method: string;
  /** With references still in place. */
  readonly query: Readonly<Record<string, unknown>>;
}

/** Commands in the order they run; a text is `method?query`. */
export function readCommands(cmd: unknown): readonly BatchCommand[] {
  return Object.entries(asRecord(cmd)).map(([key, value]) => {
    const text = asText(value);
    const mark = text.indexOf('?');
    return {
      key,
      method: normalMethod(mark === -1 ? text : text.slice(0, mark)),
      query: mark === -1 ? {} : parseBracketForm(text.slice(mark + 1)),
    };
  });
}

export function normalMethod(name: string): string {
  return name
    .replace(/^\/+/, '')
    .replace(/\.(json|xml)$/, '')
    .trim();
}

const REFERENCE = /\$result((?:\[[^\]]*\])+)/g;

/** Puts earlier results where `$result[key][field]` names them; what does not resolve becomes empty text. */
export function resolveReferences(value: unknown, results: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    return value.includes('$result[')
      ? value.replace(REFERENCE, (_all, path: string) => referenceText(path, results))
      : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => resolveReferences(item, results));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner, results)]),
    );
  }
  return value;
}

function referenceText(path: string, results: ReadonlyMap<string, unknown>): string {
  const steps = [...path.matchAll(/\[([^\]]*)\]/g)].map((match) =>
    (match[1] ?? '').replace(/^['"]|['"]$/g, ''),
  );
  let node: unknown = results.get(steps[0] ?? '');
  for (const step of steps.slice(1)) {
    if (node instanceof RowsPage) {
      node = node.row(Number(step));
    } else if (typeof node === 'object' && node !== null) {
      node = (node as Readonly<Record<string, unknown>>)[step];
    } else {
      return '';
    }
  }
  return typeof node === 'boolean' ? (node ? '1' : '') : asText(node);
}
