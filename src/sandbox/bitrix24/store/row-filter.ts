import { invalidArgument } from '../wire/rest-error.js';
import { asText } from '../wire/scalar-text.js';
import type { FieldSpec, FieldTable, FieldValue } from './field-table.js';

/** A filter made ready for a walk: bounds on the id are taken out so that keyset pages start by bisection. */
export interface RowFilter<T> {
  readonly afterId: number;
  readonly beforeId: number;
  /** Rows changed earlier cannot match, epoch seconds. */
  readonly stampFrom: number;
  /** When set, only these ids can match. */
  readonly ids: readonly number[] | null;
  readonly test: ((row: T) => boolean) | null;
}

type Test<T> = (row: T) => boolean;
type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '@' | '!@' | '%' | '!%' | '=%' | '!=%';

const PREFIX = /^(!=%|!%=|!@|!=|!%|=%|%=|>=|<=|=|!|>|<|@|%)?(.*)$/s;
const OPERATORS: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '!': '!=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '@': '@',
  '!@': '!@',
  '%': '%',
  '!%': '!%',
  '=%': '=%',
  '%=': '=%',
  '!=%': '!=%',
  '!%=': '!=%',
};
const MAX_DEPTH = 8;

/**
 * Compiles the host's filter notation. A bound on the id whose value is empty text is no bound at all: that is what an
 * unresolved `$result` reference leaves behind, and the host then answers from the start.
 *
 * @param stampField input name of the field whose value blocks are stamped with
 */
export function compileFilter<T>(
  table: FieldTable<T>,
  filter: Readonly<Record<string, unknown>>,
  stampField: string | null,
): RowFilter<T> {
  const bounds = { afterId: 0, beforeId: Number.POSITIVE_INFINITY, stampFrom: 0 };
  let ids: readonly number[] | null = null;
  const tests: Test<T>[] = [];
  for (const [key, value] of Object.entries(filter)) {
    if (/^\d+$/.test(key)) {
      tests.push(compileGroup(table, value, 1));
      continue;
    }
    if (key.toLowerCase() === 'logic') {
      continue;
    }
    const { operator, field } = readKey(table, key);
    if (field.upper === 'ID' && takeIdBound(bounds, operator, value)) {
      continue;
    }
    const candidates = candidateIds(field, operator, value);
    if (candidates !== null) {
      ids = ids === null ? candidates : intersect(ids, candidates);
    }
    const test = compileTest(table, field, operator, value);
    tests.push(test);
    if (stampField !== null && field.upper === stampField && (operator === '>=' || operator === '>')) {
      bounds.stampFrom = Math.max(bounds.stampFrom, table.zone.parse(asText(value)) ?? 0);
    }
  }
  return { ...bounds, ids, test: tests.length === 0 ? null : (row) => tests.every((test) => test(row)) };
}

/** Tests one field against one value, as tasks' pseudo fields need it. */
export function compileTest<T>(
  table: FieldTable<T>,
  field: FieldSpec<T>,
  operator: Operator,
  value: unknown,
): Test<T> {
  const wanted = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return compileTest(table, field, operator, Object.values(value));
  }
  const negative = operator.startsWith('!');
  const base = (negative ? operator.slice(1) : operator) as Operator;
  const matches = wanted.map((one) => compileOne(table, field, base, one));
  const test: Test<T> = (row) => {
    const read = field.read(row);
    return typeof read === 'object' && read !== null
      ? matches.some((match) => (read.length === 0 ? match(null) : read.some((item) => match(item))))
      : matches.some((match) => match(read));
  };
  return negative ? (row) => !test(row) : test;
}

function compileGroup<T>(table: FieldTable<T>, group: unknown, depth: number): Test<T> {
  if (typeof group !== 'object' || group === null || depth > MAX_DEPTH) {
    throw invalidArgument('Invalid filter group');
  }
  const tests: Test<T>[] = [];
  let any = false;
  for (const [key, value] of Object.entries(group)) {
    if (key.toLowerCase() === 'logic') {
      any = String(value).toUpperCase() === 'OR';
    } else if (/^\d+$/.test(key)) {
      tests.push(compileGroup(table, value, depth + 1));
    } else {
      const { operator, field } = readKey(table, key);
      tests.push(compileTest(table, field, operator, value));
    }
  }
  return any ? (row) => tests.some((test) => test(row)) : (row) => tests.every((test) => test(row));
}

function readKey<T>(table: FieldTable<T>, key: string): { operator: Operator; field: FieldSpec<T> } {
  const match = PREFIX.exec(key);
  const name = match?.[2] ?? '';
  const operator = OPERATORS[match?.[1] ?? ''] ?? '=';
  const field = table.find(name);
  if (field === undefined || field.filterable === false) {
    throw invalidArgument(`Invalid filter: field '${name}' is not allowed in filter`);
  }
  return { operator, field };
}

function takeIdBound(
  bounds: { afterId: number; beforeId: number },
  operator: Operator,
  value: unknown,
): boolean {
  if (operator !== '>' && operator !== '>=' && operator !== '<' && operator !== '<=') {
    return false;
  }
  const number = Number(value);
  if (value === '' || value === null || Number.isNaN(number)) {
    return true;
  }
  if (operator.startsWith('>')) {
    bounds.afterId = Math.max(bounds.afterId, operator === '>' ? number : number - 1);
  } else {
    bounds.beforeId = Math.min(bounds.beforeId, operator === '<' ? number : number + 1);
  }
  return true;
}

function candidateIds<T>(field: FieldSpec<T>, operator: Operator, value: unknown): readonly number[] | null {
  if (operator !== '=' && operator !== '@') {
    return null;
  }
  const values = Array.isArray(value)
    ? (value as readonly unknown[])
    : typeof value === 'object' && value !== null
      ? (Object.values(value) as readonly unknown[])
      : [value];
  if (values.length === 0) {
    return null;
  }
  if (field.upper === 'ID') {
    const ids = values.map(Number).filter((id) => Number.isInteger(id));
    return [...new Set(ids)].sort((a, b) => a - b);
  }
  const lookup = field.lookup;
  return lookup === undefined
    ? null
    : [...new Set(values.flatMap((one) => [...lookup(String(one))]))].sort((a, b) => a - b);
}

function intersect(left: readonly number[], right: readonly number[]): readonly number[] {
  const known = new Set(right);
  return left.filter((id) => known.has(id));
}

function compileOne<T>(
  table: FieldTable<T>,
  field: FieldSpec<T>,
  operator: Operator,
  value: unknown,
): (read: FieldValue) => boolean {
  const wanted = coerce(table, field, value);
  if (operator === '=' || operator === '@') {
    if (wanted === '' || wanted === null || wanted === false) {
      return (read) => read === null || read === '' || read === 0 || read === 'N';
    }
    const folded = fold(wanted);
    return (read) => fold(read) === folded;
  }
  if (operator === '%') {
    const part = String(wanted ?? '').toLowerCase();
    return (read) =>
      String(read ?? '')
        .toLowerCase()
        .includes(part);
  }
  if (operator === '=%') {
    const pattern = likePattern(String(wanted ?? ''));
    return (read) => pattern.test(String(read ?? ''));
  }
  return compare(operator, wanted);
}

function compare(operator: Operator, wanted: FieldValue): (read: FieldValue) => boolean {
  const order = (read: FieldValue): number => {
    if (typeof read === 'number' && typeof wanted === 'number') {
      return read - wanted;
    }
    return String(read ?? '') < String(wanted ?? '') ? -1 : String(read ?? '') > String(wanted ?? '') ? 1 : 0;
  };
  switch (operator) {
    case '>':
      return (read) => read !== null && order(read) > 0;
    case '>=':
      return (read) => read !== null && order(read) >= 0;
    case '<':
      return (read) => read !== null && order(read) < 0;
    default:
      return (read) => read !== null && order(read) <= 0;
  }
}

function coerce<T>(table: FieldTable<T>, field: FieldSpec<T>, value: unknown): FieldValue {
  if (value === null || value === undefined || value === '') {
    return null;
  }
  if (field.type === 'datetime' || field.type === 'date') {
    const seconds = table.zone.parse(asText(value));
    if (seconds === undefined) {
      throw invalidArgument(`Invalid filter: '${field.name}' expects a date`);
    }
    return seconds;
  }
  if (typeof value === 'boolean') {
    return value ? 'Y' : 'N';
  }
  const numeric = field.type === 'integer' || field.type === 'double' || field.type === 'user';
  return numeric && Number.isFinite(Number(value)) ? Number(value) : asText(value);
}

function fold(value: FieldValue): string {
  return String(value ?? '').toLowerCase();
}

function likePattern(text: string): RegExp {
  const escaped = text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${escaped}$`, 'is');
}
