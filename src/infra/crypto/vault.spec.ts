import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameSecret } from './compare.js';
import { Vault } from './vault.js';

const PLACE = { accountId: 'a1', field: 'access_token' };
const OLD = 'old secret of at least thirty-two letters';
const NEW = 'new secret of at least thirty-two letters';

describe('src/infra/crypto/vault', () => {
  it('opens what it sealed, whatever the text', () => {
    const vault = new Vault([NEW]);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => vault.open(vault.seal(text, PLACE), PLACE) === text,
      ),
    );
  });

  it('never seals twice alike and never shows the text', () => {
    const vault = new Vault([NEW]);
    const [one, other] = [vault.seal('token-value', PLACE), vault.seal('token-value', PLACE)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'utf8').toString()).not.toContain('token-value');
  });

  it.each([
    ['another account', { ...PLACE, accountId: 'a2' }],
    ['another field', { ...PLACE, field: 'refresh_token' }],
  ])('does not open a value that was moved to %s', (_, place) => {
    const vault = new Vault([NEW]);
    expect(() => vault.open(vault.seal('x', PLACE), place)).toThrow();
  });

  it('does not open a changed value', () => {
    const vault = new Vault([NEW]);
    const sealed = vault.seal('value', PLACE);
    const [version, key, nonce, tag, text = ''] = sealed.split('.');
    const changed = Buffer.from(text, 'base64url');
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(() =>
      vault.open([version, key, nonce, tag, changed.toString('base64url')].join('.'), PLACE),
    ).toThrow();
  });

  it('opens under an older key while both are live, and says that the value is stale', () => {
    const sealed = new Vault([OLD]).seal('x', PLACE);
    const rotated = new Vault([NEW, OLD]);
    expect(rotated.open(sealed, PLACE)).toBe('x');
    expect(rotated.isStale(sealed)).toBe(true);
    expect(rotated.isStale(rotated.seal('x', PLACE))).toBe(false);
    expect(() => new Vault([NEW]).open(sealed, PLACE)).toThrow('unknown key');
  });

  it('compares secrets of any length', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abc', 'abcd')).toBe(false);
    expect(sameSecret('', 'a')).toBe(false);
  });
});
