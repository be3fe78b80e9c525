import { localDay } from '../../domain/calendar/away.js';
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
  const day = today ? {} : ({ day: 'numeric', month: 'long' } as const);
  return format({ ...day, ...time, timeZone }, language, at);
}

export function dayText(at: Instant, { language, timeZone }: Reader): string {
  return format({ day: 'numeric', month: 'long', timeZone }, language, at);
}

function format(options: Intl.DateTimeFormatOptions, language: Language, at: Instant): string {
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', options).format(at);
}
