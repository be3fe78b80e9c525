import { afterAll, describe, expect, it } from '@jest/globals';
import { Desk, stageOf } from './running.js';

const desk = new Desk();
afterAll(() => desk.close());

describe('test/diagnose/moments', () => {
  it.each([
    ['2026-02-01T00:00:00+03:00', '2026-01-31T21:00:00.000Z'],
    ['2026-02-01 00:00:00.500 +0300', '2026-01-31T21:00:00.500Z'],
    ['2026-02-01 07:30', '2026-02-01T07:30:00.000Z'],
    ['2026/02/01', '2026-02-01T00:00:00.000Z'],
    ['20260201', '2026-02-01T00:00:00.000Z'],
    ['01.02.2026 07:30:15', '2026-02-01T07:30:15.000Z'],
    ['01.02.26', '2026-02-01T00:00:00.000Z'],
    ['2/1/2026 7:30 PM', '2026-02-01T19:30:00.000Z'],
    ['2/1/2026, 12:05 AM', '2026-02-01T00:05:00.000Z'],
    ['1 февраля 2026 г., 07:30 МСК', '2026-02-01T04:30:00.000Z'],
    ['01 фев. 2026 в 7:30', '2026-02-01T07:30:00.000Z'],
    ['1-Feb-26 7:30 PM', '2026-02-01T19:30:00.000Z'],
    ['February 1st, 2026 at 12:05 AM', '2026-02-01T00:05:00.000Z'],
    ['Sun Feb 01 2026 07:30:00 GMT+0300 (Moscow Standard Time)', '2026-02-01T04:30:00.000Z'],
    ['1769904000', '2026-02-01T00:00:00.000Z'],
    ['1769904000123', '2026-02-01T00:00:00.123Z'],
  ])('reads the moment %s', async (written, read) => {
    const file = desk.write('moment.csv', `deal,stage,at\n1,New,"${written}"\n`);
    expect((await desk.run(file)).json.as_of).toBe(read);
  });

  it('takes the day first as soon as one date can only be read so', async () => {
    const file = desk.write('days.csv', 'deal;stage;at\n1;New;03/02/2026\n1;Won;13/02/2026\n');
    expect(stageOf((await desk.run(file)).json, 'New').median_days).toBe(10);
  });

  it('says which way it read dates that can be read two ways', async () => {
    const file = desk.write('two-ways.csv', 'deal;stage;at\n1;New;03/02/2026\n1;Won;04/02/2026\n');
    const english = await desk.run(file);
    expect(english.text).toContain('month first');
    expect(stageOf(english.json, 'New').median_days).toBe(31);
    const russian = await desk.run(file, '--language', 'ru');
    expect(russian.text).toContain('первым прочитан день');
    expect(stageOf(russian.json, 'New').median_days).toBe(1);
  });

  it('takes the order of day and month that all of a long file allows', async () => {
    const early = Array.from({ length: 9000 }, (_, at) => `early ${at},New,01/02/2026 10:00`);
    const late = Array.from({ length: 90 }, (_, at) => `early ${at},Offer,01/${10 + (at % 20)}/2026 10:00`);
    const file = desk.write('told-late.csv', ['deal,stage,at', ...early, ...late].join('\n'));
    const { json, text } = await desk.run(file, '--language', 'ru');
    expect(json).toMatchObject({ as_of: '2026-01-29T10:00:00.000Z', cases: 9000, skipped: 0 });
    expect(text).not.toContain('первым прочитан');
  });

  it('reads equal moments from below in a file that has the newest first', async () => {
    const rows = ['1,Won,2026-01-05', '1,Offer,2026-01-05', '1,New,2026-01-01', '2,New,2026-01-02'];
    const { json } = await desk.run(desk.write('down.csv', ['deal,stage,at', ...rows].join('\n')));
    expect(stageOf(json, 'Won')).toMatchObject({ terminal: 'won', visits: 1 });
    expect(stageOf(json, 'Offer')).toMatchObject({ open: 0, median_days: 0 });
    expect(stageOf(json, 'New')).toMatchObject({ visits: 2, open: 1, median_days: 4 });
  });

  it('reads dates without a zone in the zone that is given, over a change of clocks', async () => {
    const file = desk.write('zone.csv', 'deal,stage,at\n1,New,2026-03-08 01:30\n1,Won,2026-03-09 01:30\n');
    const { json } = await desk.run(file, '--time-zone', 'America/New_York');
    expect(json.as_of).toBe('2026-03-09T05:30:00.000Z');
    expect(stageOf(json, 'New').median_days).toBeCloseTo(23 / 24, 12);
  });
});
