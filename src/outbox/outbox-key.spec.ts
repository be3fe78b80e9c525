import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isOutboxKey, outboxKey } from './outbox-key.js';

const ACCOUNT = '11111111-1111-5111-8111-111111111111';

describe('src/outbox/outbox-key.ts', () => {
  it('never changes for a step: keys that are in hosts must still be found years later', () => {
    expect(outboxKey(ACCOUNT, 'p', 'call', 1)).toBe('dozhim-9ab601bfbd8e9ba7c3771915cb892fb4');
  });

  it('differs whenever account, plan, step or visit differ, whatever characters they have', () => {
    const part = fc.string({ minLength: 1, maxLength: 12 });
    const identity = fc.tuple(part, part, part, fc.integer({ min: 1, max: 99 }));
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const same = one.every((value, index) => value === other[index]);
        expect(outboxKey(...one) === outboxKey(...other)).toBe(same);
      }),
    );
  });

  it('is recognised among the keys of others', () => {
    expect(isOutboxKey(outboxKey(ACCOUNT, 'p', 's', 1))).toBe(true);
    expect(isOutboxKey('dozhim-xyz')).toBe(false);
    expect(isOutboxKey('')).toBe(false);
    expect(isOutboxKey(null)).toBe(false);
  });
});
