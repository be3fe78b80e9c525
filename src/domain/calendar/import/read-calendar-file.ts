import type { CalendarFile, CalendarFileContext, CalendarFormat } from './calendar-file.types.js';
import { readHolidaysIcs } from './holidays-ics.js';
import { looksLikeProductionCsv, readProductionCsv } from './production-csv.js';
import { readProductionJson } from './production-json.js';
import { readProductionXml } from './production-xml.js';
import { TextPlaces } from './text-places.js';

/** All years that data.gov.ru has are 40 kB; a file of another kind must not cost seconds. */
export const MAX_CALENDAR_CHARACTERS = 500_000;

const READERS: Readonly<
  Record<CalendarFormat, (text: string, context: CalendarFileContext) => CalendarFile>
> = {
  json: readProductionJson,
  xml: readProductionXml,
  csv: readProductionCsv,
  ics: readHolidaysIcs,
};

/** Reads a calendar file of any known format; what it is, is told by how it begins, never by its name. */
export function readCalendarFile(
  text: string,
  context: CalendarFileContext,
): CalendarFile & { readonly format: CalendarFormat | null } {
  const places = new TextPlaces(text);
  if (text.length > MAX_CALENDAR_CHARACTERS) {
    return { format: null, years: [], faults: [places.fault(MAX_CALENDAR_CHARACTERS, 'tooLarge')] };
  }
  const format = formatOf(text);
  if (format === null) return { format, years: [], faults: [places.fault(0, 'notCalendar')] };
  return { format, ...READERS[format](text, context) };
}

function formatOf(text: string): CalendarFormat | null {
  const start = text
    .slice(0, 200)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('{')) return 'json';
  if (start.startsWith('<')) return 'xml';
  if (/^BEGIN:VCALENDAR/i.test(start)) return 'ics';
  return looksLikeProductionCsv(start) ? 'csv' : null;
}
