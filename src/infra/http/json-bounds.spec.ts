import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JSON_BOUNDS, isWithinBounds } from './json-bounds.js';

describe('src/infra/http/json-bounds', () => {
  it('lets every value through that is shallow and small, whatever its texts say', () => {
    const value = fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' });
    fc.assert(
      fc.property(value, (one) => {
        const text = JSON.stringify(one);
        fc.pre((text.match(/,/g)?.length ?? 0) <= JSON_BOUNDS.members);
        return isWithinBounds(Buffer.from(text));
      }),
    );
  });

  it.each<[string, string]>([
    ['too deep', `${'['.repeat(JSON_BOUNDS.depth + 1)}${']'.repeat(JSON_BOUNDS.depth + 1)}`],
    ['too deep by turns', `${'{"a":['.repeat(JSON_BOUNDS.depth)}`],
    ['too many members', `[${'1,'.repeat(JSON_BOUNDS.members + 1)}1]`],
    ['deep behind a text with an escaped quote', `["\\"",${'['.repeat(JSON_BOUNDS.depth)}]`],
  ])('refuses what is %s', (_, text) => {
    expect(isWithinBounds(Buffer.from(text))).toBe(false);
  });

  it('counts no bracket inside a text', () => {
    expect(isWithinBounds(Buffer.from(JSON.stringify({ text: `${'[{,'.repeat(10_000)}\\"` })))).toBe(true);
  });

  it('ends on bytes that are no JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof isWithinBounds(bytes) === 'boolean'),
    );
  });
});
