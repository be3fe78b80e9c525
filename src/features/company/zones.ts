import { isTimeZone } from '../../domain/calendar/local-time.js';

const zones = new Map<string, boolean>();

/** The zone when this runtime knows it, else null: hosts hand over what people typed. */
export function knownZone(name: string | null): string | null {
  if (name === null) return null;
  const known = zones.get(name) ?? isTimeZone(name);
  zones.set(name, known);
  return known ? name : null;
}
