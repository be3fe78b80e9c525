import { describe, expect, it } from '@jest/globals';
import { endpointsTrusting, samePortal, tokenUrl } from './endpoints.js';
import { isPrivateAddress, publicLookup } from '../common/private-address.js';

const strict = endpointsTrusting([]);
const withSandbox = endpointsTrusting(['http://localhost:3101']);

describe('src/hosts/bitrix24/endpoints', () => {
  it.each([
    'http://127.0.0.1/rest/',
    'https://127.0.0.1/rest/',
    'https://2130706433/rest/',
    'https://0x7f.1/rest/',
    'https://[::1]/rest/',
    'https://[::ffff:169.254.169.254]/rest/',
    'https://169.254.169.254/rest/',
    'https://8.8.8.8/rest/',
    'https://localhost/rest/',
    'https://portal.localhost/rest/',
    'https://printer.local/rest/',
    'https://intranet/rest/',
    'https://evil.com#.bitrix24.ru/rest/',
    'https://evil.com\\.bitrix24.ru/rest/',
    'https://x.bitrix24.ru@evil.com/rest/',
    'https://x.bitrix24.ru/rest/?a=/rest/',
    'https://x.bitrix24.ru/rest/1/secret/',
    'https://x.bitrix24.ru/other/',
    'http://x.bitrix24.ru/rest/',
    'ftp://x.bitrix24.ru/rest/',
    'javascript:alert(1)//rest/',
    ' https://x.bitrix24.ru/rest/',
    '',
  ])('does not call the portal address "%s"', (address) => {
    expect(strict.portal(address)).toBeNull();
  });

  it.each([
    ['https://X.Bitrix24.ru/rest/', 'https://x.bitrix24.ru/rest/'],
    ['https://x.bitrix24.com/rest', 'https://x.bitrix24.com/rest/'],
    ['https://crm.firma.example:8443/rest/', 'https://crm.firma.example:8443/rest/'],
  ])('calls %s as %s', (address, normal) => {
    expect(strict.portal(address)).toBe(normal);
  });

  it('calls a local portal only while it is trusted', () => {
    expect(strict.portal('http://localhost:3101/rest/')).toBeNull();
    expect(withSandbox.portal('http://localhost:3101/rest/')).toBe('http://localhost:3101/rest/');
    expect(withSandbox.portal('http://localhost:3102/rest/')).toBeNull();
  });

  it('knows exactly two OAuth servers', () => {
    expect(strict.oauth('https://oauth.bitrix.info/rest/')).toBe('https://oauth.bitrix.info/rest/');
    expect(strict.oauth('https://oauth.bitrix24.tech/rest')).toBe('https://oauth.bitrix24.tech/rest/');
    for (const address of [
      'http://oauth.bitrix.info/rest/',
      'https://oauth.bitrix.info:444/rest/',
      'https://oauth.bitrix.info.evil.com/rest/',
      'https://oauth.bitrix.info@evil.com/rest/',
      'https://oauth.bitrix.info/other/',
      'https://evil.com/#oauth.bitrix.info/rest/',
    ]) {
      expect(strict.oauth(address)).toBeNull();
    }
  });

  it('asks for tokens at the root of the OAuth server', () => {
    expect(tokenUrl('https://oauth.bitrix.info/rest/')).toBe('https://oauth.bitrix.info/oauth/token/');
  });

  it('compares portals by host and port', () => {
    expect(samePortal('https://x.bitrix24.ru/rest/', 'https://X.bitrix24.ru/')).toBe(true);
    expect(samePortal('https://x.bitrix24.ru/rest/', 'https://y.bitrix24.ru/rest/')).toBe(false);
  });

  it('takes a bare host name and no more for a domain', () => {
    expect(strict.portalOfDomain('x.bitrix24.ru', true)).toBe('https://x.bitrix24.ru/rest/');
    expect(strict.portalOfDomain('evil.com/x.bitrix24.ru', true)).toBeNull();
    expect(strict.portalOfDomain('a@evil.com', true)).toBeNull();
  });

  it.each([
    '10.0.0.1',
    '172.20.1.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])('knows %s as private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2a00:1450::1'])('knows %s as public', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it('refuses a name that resolves to a private address at the moment of connecting', async () => {
    const code = await new Promise((resolve) => {
      publicLookup('localhost', { all: true }, (error) => {
        resolve(error && 'code' in error ? error.code : null);
      });
    });
    expect(code).toBe('EPRIVATE');
  });
});
