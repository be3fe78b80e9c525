import { describe, expect, it } from '@jest/globals';
import { nextLook } from './frame-wait.js';

const FRAMER = 'https://demo.example.com';

describe('src/features/embed/frame-wait', () => {
  it('looks again with all that the frame was opened with', () => {
    const header = nextLook({ account: '31', LANG: 'en', theme: 'dark' }, FRAMER);
    expect(header).toBe(
      '2; url=?account=31&LANG=en&theme=dark&framer=https%3A%2F%2Fdemo.example.com&tries=1',
    );
  });

  it('gives up after a while, and at once when the count is no count', () => {
    let query: Record<string, string> = { account: '31' };
    let looks = 0;
    for (let header = nextLook(query, FRAMER); header !== null; header = nextLook(query, FRAMER)) {
      query = Object.fromEntries(new URLSearchParams(header.split('url=?')[1]));
      looks += 1;
    }
    expect(looks).toBe(8);
    for (const tries of ['-1', '1.5', 'x', '1e9']) expect(nextLook({ tries }, FRAMER)).toBeNull();
  });

  it('lets nothing into the header that could begin another one', () => {
    expect(nextLook({ account: '1\r\nset-cookie: a=b', LANG: ';' }, FRAMER)).not.toMatch(/[\r\n]|account=1;/);
  });
});
