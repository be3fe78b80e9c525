import { TEMPLATE_LIMITS, type TemplateFault, type TemplateFaultCode } from './template-limits.js';

const KEY = /^[a-z][a-zA-Z0-9-]*$/;
type Fields = Readonly<Record<string, unknown>>;

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
    if (!isObject) this.note('', 'notAnObject', 'object');
    this.fields = isObject ? { ...value } : {};
  }

  has(name: string): boolean {
    return this.take(name) !== undefined;
  }

  text(name: string, limit: number, mayBeEmpty = false): string {
    const value = this.take(name);
    if (typeof value !== 'string') return this.note(name, 'notText', 'text') ?? '';
    if (!mayBeEmpty && value.trim() === '') this.note(name, 'empty', 'text');
    if (value.length > limit) this.note(name, 'tooLong', `${limit}`);
    return value;
  }

  key(name: string): string {
    const value = this.text(name, TEMPLATE_LIMITS.keyLength);
    if (value !== '' && !KEY.test(value)) this.note(name, 'badKey', 'a-z, A-Z, 0-9, -');
    return value;
  }

  number(name: string, from: number, to: number, whole: boolean): number {
    const value = this.take(name);
    if (typeof value !== 'number' || !Number.isFinite(value))
      return this.note(name, 'notANumber', 'number') ?? 0;
    if (value < from || value > to || (whole && !Number.isInteger(value))) {
      this.note(name, 'outOfRange', `${from}…${to}${whole ? ', whole' : ''}`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.take(name);
    if (typeof value !== 'boolean') this.note(name, 'notABoolean', 'true or false');
    return value === true;
  }

  oneOf<const Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.take(name);
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) this.note(name, 'unknownValue', values.join(', '));
    return found ?? values[0];
  }

  object<Result>(name: string, read: (reader: ObjectReader) => Result): Result {
    return this.nested(this.take(name), this.at(name), read);
  }

  list<Result>(name: string, limit: number, read: (reader: ObjectReader) => Result): readonly Result[] {
    return this.items(name, limit).map((item, at) => this.nested(item, `${this.at(name)}[${at}]`, read));
  }

  texts(name: string, limit: number, length: number): readonly string[] {
    return this.items(name, limit).map((item, at) => {
      if (typeof item === 'string' && item.trim() !== '' && item.length <= length) return item;
      return this.note(`${name}[${at}]`, typeof item === 'string' ? 'tooLong' : 'notText', `${length}`) ?? '';
    });
  }

  note(name: string, code: TemplateFaultCode, detail: string): undefined {
    this.faults.push({ path: name === '' ? this.path || '$' : this.at(name), code, detail });
  }

  /** Faults for the fields that nobody asked for: a misspelt one would otherwise be lost in silence. */
  finish(): void {
    for (const name of Object.keys(this.fields))
      if (!this.asked.has(name)) this.note(name, 'unknownField', name);
  }

  private items(name: string, limit: number): readonly unknown[] {
    const value = this.take(name);
    if (!Array.isArray(value)) return this.note(name, 'notAList', 'list') ?? [];
    if (value.length > limit) this.note(name, 'tooMany', `${limit}`);
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
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
