import { describe, expect, it } from '@jest/globals';
import { readBoot } from './boot.js';

const boot = { session: 's', host: 'h', portalOrigin: 'https://p', screen: 'plan', user: { id: '1' } };

describe('widgets/src/boot', () => {
  it('reads what the server has written into the page', () => {
    expect(readBoot(JSON.stringify(boot))).toEqual(boot);
  });

  it('reads a page whose session comes from the page around it', () => {
    const door = { host: 'h', portalOrigin: 'https://p', language: 'en', theme: 'auto' };
    expect(readBoot(JSON.stringify(door))).toEqual(door);
  });

  it.each([
    null,
    JSON.stringify({ ...boot, session: null }),
    JSON.stringify({ host: 'h' }),
    '',
    'not json',
    '[]',
    'null',
    '{}',
    JSON.stringify({ ...boot, screen: 7 }),
    JSON.stringify({ ...boot, user: null }),
  ])('takes %s for a page without a session', (text) => {
    expect(readBoot(text)).toBeNull();
  });
});
