/** What a scalar of a request reads as; empty for lists, objects and nothing. */
export function asText(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'number' ? String(value) : value === true ? '1' : '';
}
