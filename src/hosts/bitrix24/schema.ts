import type { Instant } from '../../domain/crm/time.js';

/** `2026-01-31T12:00:00+03:00`, and leniently the host's other spellings; null when it is no time at all. */
export function instantOf(value: unknown): Instant | null {
  if (typeof value !== 'string' || value.length < 10) return null;
  if (value.length === 25 && value.charCodeAt(10) === T) return exactInstant(value);
  return lenientInstant(value);
}

const T = 84;
const PLUS = 43;
const ZERO = 48;

function exactInstant(text: string): Instant | null {
  const at = Date.UTC(
    two(text, 0) * 100 + two(text, 2),
    two(text, 5) - 1,
    two(text, 8),
    two(text, 11),
    two(text, 14),
    two(text, 17),
  );
  const offsetMs = (two(text, 20) * 60 + two(text, 23)) * 60_000;
  const instant = text.charCodeAt(19) === PLUS ? at - offsetMs : at + offsetMs;
  return Number.isNaN(instant) || !/^[\d:+T-]+$/.test(text) ? null : instant;
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function lenientInstant(text: string): Instant | null {
  const russian = /^(\d{2})\.(\d{2})\.(\d{4})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text);
  if (russian) return parsed(`${russian[3]}-${russian[2]}-${russian[1]}T${russian[4] ?? '00:00:00'}Z`);
  const zoneless = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?$/.exec(text);
  // Without an offset the zone is unknown; UTC is wrong by hours, and no field that we rely on comes like this.
  if (zoneless) return parsed(`${zoneless[1]}T${zoneless[2] ?? '00:00:00'}Z`);
  return /^\d{4}-/.test(text) ? parsed(text) : null;
}

function parsed(text: string): Instant | null {
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** The day that people see, `2026-01-31`: days come as midnights of the portal's zone, so that nothing is converted. */
export function dayOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const russian = /^(\d{2})\.(\d{2})\.(\d{4})/.exec(value);
  if (russian) return `${russian[3]}-${russian[2]}-${russian[1]}`;
  return /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(value)?.[1] ?? null;
}

/** Always with an offset, whole seconds: what the host's filters and fields accept. */
export function hostTime(instant: Instant): string {
  return `${new Date(Math.floor(instant / 1000) * 1000).toISOString().slice(0, 19)}+00:00`;
}
