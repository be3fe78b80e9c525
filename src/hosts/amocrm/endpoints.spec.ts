import { describe, expect, it } from '@jest/globals';
import { endpointsOf } from './endpoints.js';

describe('src/hosts/amocrm/endpoints', () => {
  it.each([
    ['https://demo.amocrm.ru', 'https://demo.amocrm.ru'],
    ['https://Demo-1.amocrm.ru/leads/detail/1', 'https://demo-1.amocrm.ru'],
  ])('calls %s', (text, origin) => {
    expect(endpointsOf('ru', []).account(text)).toBe(origin);
  });

  it.each([
    'http://demo.amocrm.ru',
    'https://demo.amocrm.ru:8443',
    'https://user:pass@demo.amocrm.ru',
    'https://demo.amocrm.ru?x=1',
    'https://demo.kommo.com',
    'https://www.amocrm.ru',
    'https://amocrm.ru',
    'https://a.b.amocrm.ru',
    'https://demo.amocrm.ru.example.com',
    'https://demo_amocrm.ru',
    'https://127.0.0.1',
    'https://[::1]',
    'demo.amocrm.ru',
    'https://demo.amocrm.ru\\@example.com',
    '',
  ])('does not call %s', (text) => {
    expect(endpointsOf('ru', []).account(text)).toBeNull();
  });

  it('keeps the platforms apart, old names of the second one included', () => {
    const kommo = endpointsOf('kommo', []);
    expect(kommo.account('https://demo.kommo.com')).toBe('https://demo.kommo.com');
    expect(kommo.accountOfDomain('demo.amocrm.com')).toBe('https://demo.amocrm.com');
    expect(kommo.account('https://demo.amocrm.ru')).toBeNull();
    expect(kommo.consentPage).toBe('https://www.kommo.com/oauth');
  });

  it('calls a local address only while it is trusted, and that very one', () => {
    const local = endpointsOf('ru', ['http://localhost:3102']);
    expect(local.accountOfDomain('localhost:3102')).toBe('http://localhost:3102');
    expect(local.account('http://localhost:3103')).toBeNull();
    expect(local.trusted('http://localhost:3102')).toBe(true);
    expect(local.trusted('https://demo.amocrm.ru')).toBe(false);
  });
});
