import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdSet } from './id-set.js';

const id = fc.oneof(
  fc.integer({ min: 0, max: 200_000 }).map((number) => `D_${number}`),
  fc.integer({ min: 0, max: 200 }).map((number) => `L_${number}`),
  fc.integer({ min: 0, max: 50 }).map((number) => `0${number}`),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
  fc.string({ maxLength: 4 }),
);

describe('src/mirror/id-set', () => {
  it('holds exactly what was added, whatever the ids look like', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id), (added, asked) => {
        const set = new IdSet();
        const oracle = new Set(added);
        for (const one of added) set.add(one);
        expect(set.size).toBe(oracle.size);
        for (const one of [...added, ...asked]) expect(set.has(one)).toBe(oracle.has(one));
      }),
    );
  });
});
