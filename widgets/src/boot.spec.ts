import { describe, expect, it } from '@jest/globals';
import { readBoot } from './boot.js';

const boot = { session: 's', host: 'h', portalOrigin: 'https://p', screen: 'plan', user: { id: '1' } };

describe('widgets/src/boot', () => {
  it('reads what the server has written into the page', () => {
    expect(readBoot(JSON.stringify(boot))).toEqual(boot);
  });

  it.each([
    null,
    '',
    'not json',
    '[]',
    'null',
    '{}',
    JSON.stringify({ ...boot, screen: 'other' }),
    JSON.stringify({ ...boot, user: null }),
  ])('takes %s for a page without a session', (text) => {
    expect(readBoot(text)).toBeNull();
  });
});
