/** Zones that this browser knows, and the one that is set, should it be another. */
export function zoneNames(current: string): readonly string[] {
  const known = Intl.supportedValuesOf('timeZone');
  const all = new Set([...known, 'UTC', ...(current === '' ? [] : [current])]);
  return [...all].sort();
}
