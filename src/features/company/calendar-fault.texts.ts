import type { CalendarFault, CalendarFaultCode } from '../../domain/calendar/import/calendar-file.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';

/** `{found}` is what stands in the file. */
const WORDS: Readonly<Record<CalendarFaultCode, Bilingual>> = {
  notCalendar: {
    ru: 'Это не похоже на производственный календарь. Нужен файл JSON, XML или CSV с xmlcalendar.ru или data.gov.ru либо iCalendar (.ics).',
    en: 'This does not look like a production calendar. We read JSON, XML or CSV of xmlcalendar.ru and data.gov.ru, and iCalendar (.ics).',
  },
  syntax: {
    ru: 'Файл повреждён: здесь его нельзя прочитать.',
    en: 'The file is damaged: it cannot be read here.',
  },
  noYear: { ru: 'В файле не указан год.', en: 'The file does not say which year it is.' },
  badYear: { ru: '«{found}» — не год.', en: '“{found}” is not a year.' },
  doubleYear: { ru: 'Год {found} стоит в файле дважды.', en: 'The year {found} is in the file twice.' },
  badMonth: { ru: '«{found}» — не месяц от 1 до 12.', en: '“{found}” is not a month from 1 to 12.' },
  missingMonth: { ru: 'Не хватает месяца: {found}.', en: 'A month is missing: {found}.' },
  doubleMonth: { ru: 'Месяц {found} стоит дважды.', en: 'The month {found} is there twice.' },
  badDay: { ru: 'Такого дня в этом месяце нет: «{found}».', en: 'This month has no such day: “{found}”.' },
  doubleDay: { ru: 'День «{found}» стоит дважды.', en: 'The day “{found}” is there twice.' },
  badKind: {
    ru: 'Неизвестный вид дня «{found}»: бывает 1 (выходной), 2 (сокращённый) и 3 (рабочий).',
    en: 'Unknown kind of day “{found}”: there are 1 (off), 2 (shortened) and 3 (working).',
  },
  badDate: { ru: 'Дата не читается: «{found}».', en: 'The date cannot be read: “{found}”.' },
  notWholeDay: {
    ru: 'Событие занимает не целый день («{found}»): в календаре праздников нужны только даты.',
    en: 'The event is not a whole day (“{found}”): a calendar of holidays has dates only.',
  },
  badRule: {
    ru: 'Такое повторение мы не читаем: «{found}». Подходит только ежегодное.',
    en: 'We do not read such a repetition: “{found}”. Only yearly ones will do.',
  },
  unclosed: { ru: 'У «{found}» нет конца.', en: '“{found}” has no end.' },
  tooLarge: { ru: 'Файл слишком большой для календаря.', en: 'The file is too large for a calendar.' },
  noDays: { ru: 'В файле нет ни одного дня.', en: 'The file has no days in it.' },
};

export function calendarFaultText({ code, found }: CalendarFault, language: 'ru' | 'en'): string {
  return WORDS[code][language].replace('{found}', () => found);
}
