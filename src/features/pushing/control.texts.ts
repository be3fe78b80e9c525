import { localDay } from '../../domain/calendar/away.js';
import { isWholeDay } from '../../domain/calendar/missed.js';
import type { Instant } from '../../domain/crm/time.js';
import { ApiError } from '../../infra/http/api-error.js';

export type Language = 'ru' | 'en';

export interface Reader {
  readonly language: Language;
  readonly timeZone: string;
}

export function disconnected(): ApiError {
  return new ApiError(409, 'not-connected', {
    ru: 'Приложение отключено от CRM. Попросите администратора открыть его ещё раз.',
    en: 'The app is disconnected from the CRM. Ask an administrator to open it again.',
  });
}

/** A time of today, or a day with its time. */
export function momentText(at: Instant, now: Instant, { language, timeZone }: Reader): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  const today = localDay(at, timeZone) === localDay(now, timeZone);
  const day = today ? {} : dayParts(at, now, timeZone);
  return format({ ...day, ...time, timeZone }, language, at);
}

/** `now`: of another year the year is said, too. */
export function dayText(at: Instant, { language, timeZone }: Reader, now: Instant = at): string {
  return format({ ...dayParts(at, now, timeZone), timeZone }, language, at);
}

/** As it follows a verb: «сегодня в 14:30», «21 ноября в 14:30»; a whole-day deadline has no hour. */
export function whenText(at: Instant, now: Instant, reader: Reader): string {
  const { language, timeZone } = reader;
  const today = localDay(at, timeZone) === localDay(now, timeZone);
  const whole = isWholeDay(at, timeZone);
  const day = today ? (language === 'ru' ? 'сегодня' : 'today') : dayText(at, reader, now);
  const named = today || language === 'ru' ? day : `on ${day}`;
  if (whole) return named;
  const time = format({ hour: '2-digit', minute: '2-digit', timeZone }, language, at);
  return language === 'ru' ? `${named} в ${time}` : `${named} at ${time}`;
}

/** A deadline as it follows "by": the day alone where no hour is meant. */
export function untilText(at: Instant, now: Instant, reader: Reader): string {
  return isWholeDay(at, reader.timeZone) ? dayText(at, reader, now) : momentText(at, now, reader);
}

function dayParts(at: Instant, now: Instant, timeZone: string): Intl.DateTimeFormatOptions {
  const year = (one: Instant): string => localDay(one, timeZone).slice(0, 'YYYY'.length);
  return { day: 'numeric', month: 'long', ...(year(at) === year(now) ? {} : { year: 'numeric' }) };
}

function format(options: Intl.DateTimeFormatOptions, language: Language, at: Instant): string {
  const text = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', options).format(at);
  // «2027 г.» would end a sentence twice.
  return text.replace(/\sг\./u, '');
}
