import type { AccountSettings, EmbeddingRecord } from '../../contract/accounts.js';

const DEFAULTS: AccountSettings = {
  language: 'ru',
  timeZone: 'Europe/Moscow',
  country: 'RU',
  workFrom: 9 * 60,
  workTo: 18 * 60,
  purgeAfterDays: 30,
  embedding: null,
};

/** Settings as stored, completed by the defaults; what is odd in the row gives way to its default. */
export function readSettings(stored: unknown): AccountSettings {
  const row = isObject(stored) ? stored : {};
  return {
    language: row['language'] === 'en' ? 'en' : DEFAULTS.language,
    timeZone: knownZone(row['timeZone']) ?? DEFAULTS.timeZone,
    country:
      typeof row['country'] === 'string' || row['country'] === null ? row['country'] : DEFAULTS.country,
    workFrom: minuteOf(row['workFrom']) ?? DEFAULTS.workFrom,
    workTo: minuteOf(row['workTo']) ?? DEFAULTS.workTo,
    purgeAfterDays: daysOf(row['purgeAfterDays']) ?? DEFAULTS.purgeAfterDays,
    embedding: readEmbedding(row['embedding']),
  };
}

/** First settings of a new account: the language and zone of the administrator who installs it. */
export function firstSettings(language: string, timeZone: string | null): AccountSettings {
  const english = !/^(ru|kz|be|by|ua|uk)/i.test(language);
  return readSettings({
    language: english ? 'en' : 'ru',
    ...(timeZone === null ? {} : { timeZone }),
    // Holidays of a country that nobody named would be a guess; an English portal starts with none.
    country: english ? null : 'RU',
  });
}

/** The zone when this runtime knows it, else null. */
export function knownZone(zone: unknown): string | null {
  if (typeof zone !== 'string' || zone === '') return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function readEmbedding(stored: unknown): EmbeddingRecord | null {
  if (!isObject(stored)) return null;
  const unavailable = Array.isArray(stored['unavailable']) ? stored['unavailable'] : [];
  return {
    at: Number(stored['at'] ?? 0),
    added: Number(stored['added'] ?? 0),
    kept: Number(stored['kept'] ?? 0),
    unavailable: unavailable.filter((each): each is string => typeof each === 'string'),
    problem: typeof stored['problem'] === 'string' ? stored['problem'] : null,
  };
}

function minuteOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1440 ? value : null;
}

function daysOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 3650 ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
