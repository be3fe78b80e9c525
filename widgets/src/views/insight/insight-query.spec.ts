import { describe, expect, it } from '@jest/globals';
import { addressOf, periodName, periodNames, periodOf, restrictions, tidy } from './insight-query.js';

const MOSCOW = 'Europe/Moscow';
const at = (instant: string): number => Date.parse(instant);

describe('widgets/src/views/insight/insight-query', () => {
  it('repeats the name of a list and leaves out what is empty', () => {
    const filter = { pipelineId: '0', productIds: ['p1', 'p 2'], sellerIds: [] };
    expect(addressOf(filter, { target: '', after: null })).toBe('pipelineId=0&productIds=p1&productIds=p+2');
  });

  it('makes filters that ask the same equal', () => {
    expect(tidy({ from: '', to: '2026-11-22', sourceIds: [] })).toEqual({ to: '2026-11-22' });
  });

  it('counts a period once and never the pipeline', () => {
    expect(restrictions({ pipelineId: '0' })).toBe(0);
    expect(
      restrictions({ pipelineId: '0', from: '2026-01-01', to: '2026-02-01', sellerIds: ['1', '2'] }),
    ).toBe(3);
  });

  it('takes the person’s own day, not that of the clock', () => {
    expect(periodOf('days30', at('2026-11-22T22:30:00Z'), MOSCOW)).toEqual({
      from: '2026-10-24',
      to: '2026-11-23',
    });
  });

  it('falls back to the browser’s zone where the host names none that it knows', () => {
    expect(periodOf('days30', at('2026-11-22T12:00:00Z'), 'Mars/Olympus').to).toBe('2026-11-22');
  });

  it('finds the last quarter across the turn of the year', () => {
    expect(periodOf('lastQuarter', at('2026-02-10T09:00:00Z'), MOSCOW)).toEqual({
      from: '2025-10-01',
      to: '2025-12-31',
    });
    expect(periodOf('quarter', at('2026-02-10T09:00:00Z'), MOSCOW)).toEqual({
      from: '2026-01-01',
      to: '2026-02-10',
    });
  });

  it('knows every named period again, and no other', () => {
    const now = at('2026-11-22T09:00:00Z');
    expect(periodNames.map((name) => periodName(periodOf(name, now, MOSCOW), now, MOSCOW))).toEqual(
      periodNames,
    );
    expect(periodName({ from: '2026-03-05' }, now, MOSCOW)).toBeNull();
  });
});
