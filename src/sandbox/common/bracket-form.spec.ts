import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBracketForm, FormError, parseBracketForm } from './bracket-form.js';

const key = fc.stringMatching(/^[A-Za-z_>@!%=][A-Za-z0-9_ ]{0,8}$/);
const { tree } = fc.letrec((tie) => ({
  leaf: fc.string({ unit: 'grapheme' }),
  tree: fc.dictionary(
    key,
    fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('leaf'), { minLength: 1, maxLength: 4 }),
      tie('full'),
    ),
    { minKeys: 1, maxKeys: 4 },
  ),
  full: tie('tree'),
}));

describe('src/sandbox/common/bracket-form', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const record = value as Readonly<Record<string, unknown>>;
        expect(plain(parseBracketForm(encodeBracketForm(record)))).toEqual(plain(record));
      }),
    );
  });

  it('never throws anything but its own error, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseBracketForm(text)).not.toThrow();
      }),
    );
  });

  it('reads as PHP does: repeated brackets append, gaps keep an object', () => {
    expect(plain(parseBracketForm('a[]=1&a[]=2&b[x][]=3&c[1]=4&d&e=%D0%96+1'))).toEqual({
      a: ['1', '2'],
      b: { x: ['3'] },
      c: { '1': '4' },
      d: '',
      e: 'Ж 1',
    });
  });

  it('is bounded in fields and depth', () => {
    const many = Array.from({ length: 11 }, (_, index) => `k${index}=1`).join('&');
    expect(() => parseBracketForm(many, { keys: 10, depth: 5 })).toThrow(FormError);
    expect(() => parseBracketForm(`a${'[x]'.repeat(50)}=1`)).toThrow(FormError);
  });

  it('keeps the prototype out of reach', () => {
    const parsed = parseBracketForm('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
