import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginningOf } from './text.js';

describe('src/domain/crm/text', () => {
  it('keeps whole characters only, and as many as there is room for', () => {
    expect(beginningOf('ab😀', 4)).toBe('ab😀');
    expect(beginningOf('ab😀', 3)).toBe('ab');
    expect(beginningOf('ab😀c', 4)).toBe('ab😀');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 12 }), (text, longest) => {
        const kept = beginningOf(text, longest);
        expect(kept.isWellFormed()).toBe(true);
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, longest - 1));
        expect(kept.length).toBeLessThanOrEqual(longest);
      }),
    );
  });
});
