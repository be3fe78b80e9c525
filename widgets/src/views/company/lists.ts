/** The list with one of its items a place further up (-1) or down (1); beyond the ends nothing moves. */
export function moved<Item>(items: readonly Item[], index: number, by: -1 | 1): readonly Item[] {
  const to = index + by;
  const item = items[index];
  if (item === undefined || to < 0 || to >= items.length) return items;
  const rest = items.filter((_, at) => at !== index);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** Whether a name stands in the list already, without regard to case. */
export function isTaken(name: string, names: readonly string[]): boolean {
  const folded = name.trim().toLowerCase();
  return names.some((one) => one.trim().toLowerCase() === folded);
}
