/** Rows already written as JSON, so that a page of a million-row list costs a copy and not a serialisation. */
export class RowsPage {
  private parsed: readonly unknown[] | undefined;

  constructor(
    readonly length: number,
    /** The rows joined by commas, without brackets. */
    readonly bytes: readonly Buffer[],
    /** One row as JSON, so that a reference into a page does not parse all of it. */
    private readonly rowText?: (index: number) => string,
  ) {}

  row(index: number): unknown {
    if (index < 0 || index >= this.length) {
      return undefined;
    }
    return this.rowText === undefined ? this.values()[index] : (JSON.parse(this.rowText(index)) as unknown);
  }

  /** The rows as plain values, for `$result` references and tests. */
  values(): readonly unknown[] {
    this.parsed ??= JSON.parse(`[${Buffer.concat(this.bytes).toString('utf8')}]`) as readonly unknown[];
    return this.parsed;
  }
}

/** Writes a tree that may hold pages near its top (`result`, `result.items`, batch entries) as JSON. */
export function writeJson(value: unknown, out: Buffer[]): void {
  if (value instanceof RowsPage) {
    out.push(OPEN_LIST, ...value.bytes, CLOSE_LIST);
    return;
  }
  if (!holdsPage(value, 5)) {
    out.push(Buffer.from(JSON.stringify(value) ?? 'null'));
    return;
  }
  const list = Array.isArray(value);
  out.push(list ? OPEN_LIST : OPEN_RECORD);
  let first = true;
  for (const [key, inner] of Object.entries(value as object)) {
    if (inner === undefined) {
      continue;
    }
    out.push(Buffer.from(`${first ? '' : ','}${list ? '' : `${JSON.stringify(key)}:`}`));
    first = false;
    writeJson(inner, out);
  }
  out.push(list ? CLOSE_LIST : CLOSE_RECORD);
}

/** The same tree with pages opened, as a client would see it after parsing. */
export function plainValue(value: unknown): unknown {
  if (value instanceof RowsPage) {
    return value.values();
  }
  if (!holdsPage(value, 5)) {
    return value;
  }
  const entries = Object.entries(value as object).map(([key, inner]) => [key, plainValue(inner)] as const);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function holdsPage(value: unknown, depth: number): boolean {
  if (value instanceof RowsPage) {
    return true;
  }
  if (depth === 0 || typeof value !== 'object' || value === null) {
    return false;
  }
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && holdsPage(inner, depth - 1)) {
      return true;
    }
  }
  return false;
}

const OPEN_LIST = Buffer.from('[');
const CLOSE_LIST = Buffer.from(']');
const OPEN_RECORD = Buffer.from('{');
const CLOSE_RECORD = Buffer.from('}');
