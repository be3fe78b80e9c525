/** "понедельник, 23 ноября" */
export function longDay(day: string, language: string): string {
  return said(day, language, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** "пн, 23 нояб." */
export function shortDay(day: string, language: string): string {
  return said(day, language, { weekday: 'short', day: 'numeric', month: 'short' });
}

/** "16–22 ноября"; days are `YYYY-MM-DD`, in nobody's zone. */
export function daySpan(from: string, to: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.formatRange(midnight(from), midnight(to));
}

function said(day: string, language: string, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language, { ...how, timeZone: 'UTC' }).format(midnight(day));
}

function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
