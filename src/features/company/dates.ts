const MS_PER_DAY = 86_400_000;

/** Whether `YYYY-MM-DD` is a day of the calendar, of a year that people plan in. */
export function isDate(text: string): boolean {
  const day = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== text) return false;
  return text >= '2000-01-01' && text < '2101-01-01';
}

/** Days from the first to the last one, both included. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MS_PER_DAY + 1;
}
