import { describe, expect, it } from '@jest/globals';
import { instantOf } from './moments.js';

describe('widgets/src/views/day/moments', () => {
  it('means the evening of the day', () => {
    const morning = new Date(2026, 10, 23, 9, 30);
    expect(instantOf('today', morning)).toBe(new Date(2026, 10, 23, 18).toISOString());
    expect(instantOf('tomorrow', morning)).toBe(new Date(2026, 10, 24, 18).toISOString());
    expect(instantOf('inAWeek', new Date(2026, 11, 28, 9))).toBe(new Date(2027, 0, 4, 18).toISOString());
  });

  it('leaves an hour when the evening is near or over', () => {
    expect(instantOf('today', new Date(2026, 10, 23, 19))).toBe(new Date(2026, 10, 23, 20).toISOString());
    expect(instantOf('today', new Date(2026, 10, 23, 17, 30))).toBe(
      new Date(2026, 10, 23, 18, 30).toISOString(),
    );
  });
});
