/** Days are `YYYY-MM-DD` of the wall clock. Typed as people write them: `21.12.2026` in Russian, `2026-12-21` in English. */
const DAY_MS = 86_400_000;

function utc(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

export function isDay(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const day = utc(date);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === date;
}

export function addDays(date: string, days: number): string {
  return new Date(utc(date).getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Monday. */
export function weekdayOf(date: string): number {
  return (utc(date).getUTCDay() + 6) % 7;
}

export function daysBetween(from: string, to: string): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / DAY_MS) + 1;
}

/** The date that the instant has in the zone. */
export function dayIn(zone: string, instant: number): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(instant);
}

const isRussian = (language: string): boolean => language.startsWith('ru');

/** The date as it is typed; empty for none. */
export function typedDay(date: string, language: string): string {
  return isRussian(language) ? date.split('-').reverse().join('.') : date;
}

/** Puts the marks between the digits of a date that is being typed. */
export function maskedDay(text: string, language: string): string {
  // A date in the usual form of any language is taken whole, when pasted.
  const pasted = dayOf(text, 'ru') ?? dayOf(text, 'en');
  if (pasted !== null) return typedDay(pasted, language);
  const digits = text.replace(/\D/g, '').slice(0, 8);
  const lengths = isRussian(language) ? [2, 2, 4] : [4, 2, 2];
  const parts: string[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at < digits.length) parts.push(digits.slice(at, at + length));
    at += length;
  }
  return parts.join(isRussian(language) ? '.' : '-');
}

/** The typed date; null while it is none. */
export function dayOf(text: string, language: string): string | null {
  const found = isRussian(language)
    ? /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/.exec(text.trim())
    : /^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})$/.exec(text.trim());
  const { y = '', m = '', d = '' } = found?.groups ?? {};
  const date = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  return isDay(date) ? date : null;
}

/** "понедельник, 21 декабря 2026 г." */
export function dayWords(date: string, language: string, weekday: 'long' | 'short' = 'long'): string {
  const how = { timeZone: 'UTC', weekday, day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(language, how).format(utc(date));
}

/** "21–31 декабря 2026 г." */
export function periodWords(from: string, to: string, language: string): string {
  const how = { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(language, how).formatRange(utc(from), utc(to));
}

/** Names of weekdays, Monday first. */
export function weekdays(language: string, length: 'long' | 'short'): readonly string[] {
  const format = new Intl.DateTimeFormat(language, { timeZone: 'UTC', weekday: length });
  return Array.from({ length: 7 }, (_, day) => format.format(utc(addDays('2024-01-01', day))));
}

export function monthName(month: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeZone: 'UTC', month: 'long' }).format(
    Date.UTC(2024, month - 1, 1),
  );
}
