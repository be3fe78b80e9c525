import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BootView } from './boot.view.js';
import { framePage, framePolicy, refusalPage } from './frame-page.js';

const SKELETON =
  '<!doctype html><html lang="ru" data-theme="auto"><body><script type="application/json" id="boot"></script></body></html>';

const boot: BootView = {
  session: 'token',
  sessionExpiresAt: '2026-11-21T10:00:00.000Z',
  host: 'toy',
  portalOrigin: 'https://portal.example.com',
  screen: 'plan',
  dealId: '7',
  language: 'en',
  theme: 'dark',
  timeZone: 'Europe/Moscow',
  dayEnds: Array.from({ length: 7 }, () => '18:00'),
  user: { id: '1', name: 'Anna', admin: false, head: false },
  installing: false,
};

describe('src/features/embed/frame-page', () => {
  it('carries the boot data unchanged, whatever people are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const page = framePage(SKELETON, { ...boot, user: { ...boot.user, name } });
        const text = /id="boot">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
        return (JSON.parse(text) as BootView).user.name === JSON.parse(JSON.stringify(name));
      }),
    );
  });

  it('lets no name end the script or begin a tag', () => {
    const name = '</script><img src=x onerror=alert(1)>$&\u2028';
    const page = framePage(SKELETON, { ...boot, user: { ...boot.user, name } });
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
  });

  it('sets the person’s language and theme on the page', () => {
    expect(framePage(SKELETON, boot)).toContain('<html lang="en" data-host="toy" data-theme="dark">');
  });

  it('refuses a skeleton that has no place for the data', () => {
    expect(() => framePage('<html></html>', boot)).toThrow('no place');
  });

  it('allows exactly one framer and nothing inline', () => {
    const policy = framePolicy('https://portal.example.com');
    expect(policy).toContain('frame-ancestors https://portal.example.com');
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('says every refusal in both languages', () => {
    for (const reason of [
      'notGenuine',
      'expired',
      'unknownAccount',
      'adminNeeded',
      'badRequest',
      'broken',
    ] as const) {
      expect(refusalPage(reason, 'ru')).toMatch(/<h1>[А-Я]/);
      expect(refusalPage(reason, 'en')).toMatch(/<h1>[A-Z]/);
    }
  });
});
