import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dueWords, lengthWords, relativeSeconds } from './words.js';

const moscow = { language: 'ru', timeZone: 'Europe/Moscow' };
const now = Date.parse('2026-11-20T20:30:00Z');

describe('widgets/src/time/words', () => {
  it('says the day in the person’s zone', () => {
    // 23:30 on Friday in Moscow: three and a half hours later it is tomorrow.
    expect(dueWords('2026-11-20T20:45:00Z', now, moscow)).toBe('сегодня, 23:45');
    expect(dueWords('2026-11-21T00:00:00Z', now, moscow)).toBe('завтра, 03:00');
    expect(dueWords('2026-11-19T22:00:00Z', now, moscow)).toBe('сегодня, 01:00');
    expect(dueWords('2026-11-19T12:00:00Z', now, moscow)).toBe('вчера, 15:00');
    expect(dueWords('2026-11-20T20:45:00Z', now, { language: 'en', timeZone: 'Asia/Vladivostok' })).toBe(
      'today, 06:45 AM',
    );
  });

  it('says the date beyond the neighbouring days, with the year only when it is another', () => {
    expect(dueWords('2026-11-24T09:00:00Z', now, moscow)).toBe('вт, 24 нояб., 12:00');
    expect(dueWords('2027-01-12T09:00:00Z', now, moscow)).toContain('2027');
  });

  it('keeps to the day over the change of clocks', () => {
    const berlin = { language: 'en', timeZone: 'Europe/Berlin' };
    const evening = Date.parse('2026-10-24T21:00:00Z');
    expect(dueWords('2026-10-25T22:30:00Z', evening, berlin)).toBe('tomorrow, 11:30 PM');
  });

  it('never throws, whatever the instant and the zone', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
        fc.string(),
        (date, timeZone) => {
          expect(dueWords(date.toISOString(), now, { language: 'en', timeZone })).not.toContain('Invalid');
        },
      ),
    );
  });

  it('says lengths and ages in the coarsest unit that fits', () => {
    expect(lengthWords(40, 'en')).toBe('40 sec');
    expect(lengthWords(95, 'ru')).toBe('2 мин');
    expect(lengthWords(8_100, 'en')).toBe('2 hr 15 min');
    expect(relativeSeconds(-12, 'ru')).toBe('12 секунд назад');
    expect(relativeSeconds(-130, 'en')).toBe('2 minutes ago');
  });
});
