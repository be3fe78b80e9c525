/** Words for instants, in a person's language and zone. `now` is the server's clock: a wrong one in the browser harms nothing. */
export interface WordsContext {
  readonly language: string;
  /** IANA zone; an unknown one falls back to the browser's. */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;

/** "сегодня, 14:00", "завтра, 10:00", "пн, 24 нояб., 10:00"; the year only when it is another one. */
export function dueWords(dueAt: string, now: number, context: WordsContext): string {
  const due = Date.parse(dueAt);
  const zone = knownZone(context.timeZone);
  const days = dayNumber(due, zone) - dayNumber(now, zone);
  const time = format(due, context.language, zone, { hour: '2-digit', minute: '2-digit' });
  if (Math.abs(days) > 1) return `${dateWords(due, now, context)}, ${time}`;
  const day = new Intl.RelativeTimeFormat(context.language, { numeric: 'auto' }).format(days, 'day');
  return `${day}, ${time}`;
}

/** "2 ч 15 мин", "40 с"; used for the time left of a copy and the planned effort of a step. */
export function lengthWords(seconds: number, language: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour'): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0
    ? unit(minutes / 60, 'hour')
    : `${unit((minutes - rest) / 60, 'hour')} ${unit(rest, 'minute')}`;
}

function dateWords(instant: number, now: number, context: WordsContext): string {
  const zone = knownZone(context.timeZone);
  const year = (at: number): string => format(at, 'en', zone, { year: 'numeric' });
  const parts: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };
  return format(
    instant,
    context.language,
    zone,
    year(instant) === year(now) ? parts : { ...parts, year: 'numeric' },
  );
}

function format(
  at: number,
  language: string,
  timeZone: string | undefined,
  how: Intl.DateTimeFormatOptions,
): string {
  return new Intl.DateTimeFormat(language, { ...how, ...(timeZone ? { timeZone } : {}) }).format(at);
}

/** Days since 1970 of the calendar date that the instant has in the zone. */
function dayNumber(at: number, timeZone: string | undefined): number {
  const [year = 0, month = 1, day = 1] = format(at, 'en-CA', timeZone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
    .split('-')
    .map(Number);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

function knownZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}

/** "12 секунд назад", "3 минуты назад". */
export function relativeSeconds(seconds: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  if (Math.abs(seconds) < 60) return words.format(seconds, 'second');
  if (Math.abs(seconds) < 3_600) return words.format(Math.trunc(seconds / 60), 'minute');
  return words.format(Math.trunc(seconds / 3_600), 'hour');
}
