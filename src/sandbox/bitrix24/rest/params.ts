import { RestError } from '../wire/rest-error.js';
import { asText } from '../wire/scalar-text.js';

export { asText } from '../wire/scalar-text.js';

/** Parameters of a call. Names are met without regard to case, as the host does; order is kept for positional ones. */
export class Params {
  private readonly byName = new Map<string, unknown>();
  readonly values: readonly unknown[];

  constructor(readonly raw: Readonly<Record<string, unknown>>) {
    for (const [name, value] of Object.entries(raw)) {
      this.byName.set(name.toLowerCase(), value);
    }
    this.values = Object.entries(raw)
      .filter(([name]) => name !== 'auth')
      .map(([, value]) => value);
  }

  get(name: string): unknown {
    return this.byName.get(name.toLowerCase());
  }

  has(name: string): boolean {
    const value = this.get(name);
    return value !== undefined && value !== null && value !== '';
  }

  /** Empty text when absent. */
  text(name: string): string {
    return asText(this.get(name));
  }

  /** NaN when absent or no number. */
  number(name: string): number {
    return asNumber(this.get(name));
  }

  record(name: string): Readonly<Record<string, unknown>> {
    return asRecord(this.get(name));
  }

  list(name: string): readonly unknown[] {
    return asList(this.get(name));
  }

  requireNumber(name: string): number {
    const value = this.number(name);
    if (!Number.isFinite(value)) {
      throw new RestError(400, '100', `Could not find value for parameter {${name}}`);
    }
    return value;
  }

  /** `select` as names; nothing when absent. */
  select(): readonly string[] | null {
    const list = this.list('select').map(asText);
    return list.length === 0 ? null : list;
  }

  /** Offset of a list: 0 when absent, -1 switches counting off. */
  start(): number {
    const value = this.number('start');
    return Number.isFinite(value) ? Math.trunc(value) : 0;
  }
}

export function asNumber(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.map((item, index) => [String(index), item as unknown]));
  }
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value as readonly unknown[];
  }
  if (typeof value === 'object' && value !== null) {
    return Object.values(value);
  }
  return value === undefined || value === null || value === '' ? [] : [value];
}

/** `Y`, `1` and true mean yes. */
export function asFlag(value: unknown): boolean {
  return value === true || value === 1 || ['Y', '1', 'TRUE'].includes(asText(value).toUpperCase());
}

/** A list as the host answers it: an empty container is always `[]`. */
export function phpContainer(record: Readonly<Record<string, unknown>>): unknown {
  const keys = Object.keys(record);
  return keys.every((key, index) => key === String(index)) ? Object.values(record) : record;
}
