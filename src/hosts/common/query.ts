/** Parameters as PHP understands them: nested objects and lists become `a[b][0]=…`. */
export type QueryValue = string | number | boolean | QueryList | QueryTree;
export type QueryList = readonly QueryValue[];
export interface QueryTree {
  readonly [name: string]: QueryValue;
}

/** Encoded once, as a batch command inside JSON wants it. Booleans become `1` and `0`; null cannot be expressed. */
export function phpQuery(params: QueryTree): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(params)) append(parts, encodeURIComponent(name), value);
  return parts.join('&');
}

function append(parts: string[], name: string, value: QueryValue): void {
  if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value))
      append(parts, `${name}[${encodeURIComponent(key)}]`, inner);
    return;
  }
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
  parts.push(`${name}=${encodeURIComponent(text)}`);
}
