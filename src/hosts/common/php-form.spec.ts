import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORM_BOUNDS, FormRefusal, type FormTree, parsePhpForm } from './php-form.js';
import { phpQuery, type QueryTree } from './query.js';

type Plain = { readonly [name: string]: Plain | string };

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/[[\]]/.test(text) && !['__proto__', 'prototype', 'constructor'].includes(text));
const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc.dictionary(
    name,
    fc.oneof({ maxDepth: 5, depthSize: 'small' }, fc.string({ unit: 'grapheme' }), tie('tree')),
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  ),
}));

function parsed(text: string): FormTree {
  return parsePhpForm(Buffer.from(text));
}

function refusalOf(body: Buffer): string {
  try {
    parsePhpForm(body);
    return 'accepted';
  } catch (error) {
    return error instanceof FormRefusal ? error.reason : `another error: ${String(error)}`;
  }
}

describe('src/hosts/common/php-form', () => {
  it('reads back every nested map that PHP would write', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.parse(JSON.stringify(parsed(phpQuery(value as QueryTree))))).toEqual(value);
      }),
    );
  });

  it('answers arbitrary bytes with a map or a refusal and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(refusalOf(Buffer.from(bytes))).not.toMatch(/^another error/);
      }),
      { numRuns: 500 },
    );
  });

  it('answers arbitrary texts of brackets, signs and percents the same way', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '[', ']', '=', '&', '%', '+', '2', '5', 'ж') });
    fc.assert(
      fc.property(text, (form) => expect(refusalOf(Buffer.from(form))).not.toMatch(/^another error/)),
      { numRuns: 1000 },
    );
  });

  it('appends where the brackets are empty', () => {
    expect(parsed('a[]=x&a[]=y')).toEqual({ a: { 0: 'x', 1: 'y' } });
  });

  it('reads plus signs as spaces and escaped Cyrillic as itself', () => {
    expect(parsed('title=%D0%A1%D0%B4%D0%B5%D0%BB%D0%BA%D0%B0+1%2B1')).toEqual({ title: 'Сделка 1+1' });
  });

  it.each([
    ['ten thousand fields', Array.from({ length: 10_000 }, (_, i) => `k${i}=1`).join('&'), 'too many fields'],
    ['a thousand levels', `a${'[b]'.repeat(1000)}=1`, 'a name is too long'],
    ['nine levels', `a${'[b]'.repeat(9)}=1`, 'nested too deep'],
    ['a prototype', 'a[__proto__][admin]=1', 'a forbidden name'],
    ['an escaped prototype', '%5F%5Fproto__[admin]=1', 'a forbidden name'],
    ['a broken escape', 'a=%zz', 'text is not UTF-8'],
    ['bytes that are not UTF-8', 'a=%ff%fe', 'text is not UTF-8'],
    ['more than a megabyte', `a=${'x'.repeat(1024 * 1024)}`, 'body is too large'],
    ['an open bracket', 'a[b=1', 'a bracket is not closed'],
  ])('refuses %s in a few milliseconds', (_what, form, reason) => {
    const body = Buffer.from(form);
    refusalOf(body);
    const began = process.cpuUsage();
    expect(refusalOf(body)).toBe(reason);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(10);
  });

  it('keeps what can be read of broken texts where that is asked for', () => {
    const form = Buffer.from('a[0][id]=5&a[0][name]=%D0%9F%D0&b=%zz&c=%D0%B4%D0%B0+%2B');
    const { a, b, c } = parsePhpForm(form, { ...FORM_BOUNDS, brokenTexts: true });
    expect(a).toEqual({ 0: { id: '5', name: 'П\ufffd' } });
    expect([b, c]).toEqual(['%zz', 'да +']);
  });

  it('leaves the prototype of every object alone', () => {
    refusalOf(Buffer.from('__proto__[polluted]=1&constructor[prototype][polluted]=1'));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
