import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PortalZone } from './portal-zone.js';

const zone = new PortalZone('Europe/Moscow', 1_795_000_000);

describe('src/sandbox/bitrix24/store/portal-zone', () => {
  it('reads back every second it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(zone.parse(zone.iso(seconds))).toBe(seconds);
        expect(Date.parse(zone.iso(seconds))).toBe(seconds * 1000);
      }),
    );
  });

  it.each([
    ['2026-11-21T10:20:30+03:00', '2026-11-21T07:20:30Z'],
    ['2026-11-21T10:20:30Z', '2026-11-21T10:20:30Z'],
    ['2026-11-21 10:20:30', '2026-11-21T07:20:30Z'],
    ['2026-11-21', '2026-11-20T21:00:00Z'],
    ['21.11.2026 10:20:30', '2026-11-21T07:20:30Z'],
    ['2026-11-21T10:20:30.500-0500', '2026-11-21T15:20:30Z'],
  ])('reads %s', (text, utc) => {
    expect(zone.parse(text)).toBe(Date.parse(utc) / 1000);
  });

  it.each(['', 'tomorrow', '2026-13-01', '2026-02-31', '2026-11-21T25:00:00Z'])('refuses %j', (text) => {
    expect(zone.parse(text)).toBeUndefined();
  });
});
