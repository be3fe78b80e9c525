import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstSettings, knownZone, readSettings } from './account-settings.js';

describe('src/features/accounts/account-settings', () => {
  it('completes what is missing or odd by the defaults, whatever the row holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        const settings = readSettings(stored);
        return settings.workFrom >= 0 && settings.purgeAfterDays >= 0 && settings.timeZone !== '';
      }),
    );
    expect(readSettings({ timeZone: 'Mars/Olympus', workFrom: -5, purgeAfterDays: 'soon' })).toEqual(
      readSettings({}),
    );
  });

  it('keeps thirty days, nine to six, in Russia, unless told otherwise', () => {
    expect(readSettings({})).toMatchObject({
      purgeAfterDays: 30,
      workFrom: 540,
      workTo: 1080,
      country: 'RU',
    });
    expect(readSettings({ purgeAfterDays: 0, country: null })).toMatchObject({
      purgeAfterDays: 0,
      country: null,
    });
  });

  it('takes language and zone from the administrator who installs', () => {
    expect(firstSettings('ru', 'Asia/Vladivostok')).toMatchObject({
      language: 'ru',
      timeZone: 'Asia/Vladivostok',
    });
    expect(firstSettings('de', null)).toMatchObject({ language: 'en', country: null });
    expect(knownZone('nowhere')).toBeNull();
  });
});
