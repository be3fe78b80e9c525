import type { TemplateErrorCode, TemplateFault } from './template-fault.js';
import { TEMPLATE_LIMITS } from './template-limits.js';

const KEY = /^[a-z][a-zA-Z0-9-]*$/;
type Fields = Readonly<Record<string, unknown>>;
type Params = TemplateFault['params'];

/**
 * Reads one object of an untrusted document field by field. Every fault is noted with its path and a harmless value
 * takes its place, so that one reading finds all faults.
 */
export class ObjectReader {
  private readonly fields: Fields;
  private readonly asked = new Set<string>();

  constructor(
    value: unknown,
    private readonly path: string,
    private readonly faults: TemplateFault[],
  ) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.note('', 'notAnObject');
    this.fields = isObject ? { ...value } : {};
  }

  has(name: string): boolean {
    return this.take(name) !== undefined;
  }

  text(name: string, limit: number, mayBeEmpty = false): string {
    const value = this.take(name);
    if (typeof value !== 'string') return this.note(name, 'notText') ?? '';
    if (!mayBeEmpty && value.trim() === '') this.note(name, 'empty');
    if (value.length > limit) this.note(name, 'tooLong', { limit });
    return value;
  }

  key(name: string): string {
    const value = this.text(name, TEMPLATE_LIMITS.keyLength);
    if (value !== '' && !KEY.test(value)) this.note(name, 'badKey');
    return value;
  }

  number(name: string, from: number, to: number, whole: boolean): number {
    const value = this.take(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.note(name, 'notANumber') ?? 0;
    if (value < from || value > to || (whole && !Number.isInteger(value))) {
      this.note(name, 'outOfRange', { from, to, whole: whole ? 1 : 0 });
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.take(name);
    if (typeof value !== 'boolean') this.note(name, 'notABoolean');
    return value === true;
  }

  oneOf<const Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.take(name);
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) this.note(name, 'unknownValue', { expected: values.join(', ') });
    return found ?? values[0];
  }

  object<Result>(name: string, read: (reader: ObjectReader) => Result): Result {
    return this.nested(this.take(name), this.at(name), read);
  }

  list<Result>(name: string, limit: number, read: (reader: ObjectReader) => Result): readonly Result[] {
    return this.items(name, limit).map((item, at) => this.nested(item, `${this.at(name)}/${at}`, read));
  }

  texts(name: string, limit: number, length: number): readonly string[] {
    return this.items(name, limit).map((item, at) => {
      const place = `${name}/${at}`;
      if (typeof item !== 'string') return this.note(place, 'notText') ?? '';
      if (item.trim() === '') this.note(place, 'empty');
      else if (item.length > length) this.note(place, 'tooLong', { limit: length });
      return item;
    });
  }

  values(name: string, limit: number, length: number): readonly (string | number)[] {
    return this.items(name, limit).map((item, at) => {
      const place = `${name}/${at}`;
      if (typeof item === 'number' && Number.isFinite(item)) return item;
      if (typeof item !== 'string') return this.note(place, 'notTextOrNumber') ?? '';
      if (item.trim() === '') this.note(place, 'empty');
      else if (item.length > length) this.note(place, 'tooLong', { limit: length });
      return item;
    });
  }

  note(name: string, code: TemplateErrorCode, params: Params = {}): undefined {
    this.faults.push({ level: 'error', path: name === '' ? this.path : this.at(name), code, params });
  }

  /** Faults for the fields that nobody asked for: a misspelt one would otherwise be lost in silence. */
  finish(): void {
    for (const name of Object.keys(this.fields))
      if (!this.asked.has(name)) this.note(escapePointer(name), 'unknownField', { name });
  }

  private items(name: string, limit: number): readonly unknown[] {
    const value = this.take(name);
    if (!Array.isArray(value)) return this.note(name, 'notAList') ?? [];
    if (value.length > limit) this.note(name, 'tooMany', { limit });
    return value.slice(0, limit);
  }

  private nested<Result>(value: unknown, path: string, read: (reader: ObjectReader) => Result): Result {
    const reader = new ObjectReader(value, path, this.faults);
    const result = read(reader);
    reader.finish();
    return result;
  }

  private take(name: string): unknown {
    this.asked.add(name);
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  private at(name: string): string {
    return `${this.path}/${name}`;
  }
}

/** A name as one token of a JSON pointer; what comes from outside may be long, and is only named. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
