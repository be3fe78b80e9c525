import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import type { DayWorld } from './world.js';

/** How somebody looks at the CRM. */
export interface DayLook {
  readonly language?: 'ru' | 'en';
  readonly theme?: 'light' | 'dark';
  readonly widthPx?: number;
}

/** A page of the CRM with our frame in it. */
export interface Seen {
  readonly page: Page;
  readonly widget: FrameLocator;
  /** Kept as a picture when `WHOLE_DAY_PICTURES` names a folder. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export type Opener = (userId: number, place: string, look?: DayLook) => Promise<Seen>;

/** Opens pages of the CRM whose clock is the world's; what goes wrong in them is added to `faults`. */
export function openerOf(world: DayWorld, browser: Browser, faults: string[]): Opener {
  return async (userId, place, { language = 'ru', theme = 'light', widthPx = 1280 } = {}) => {
    const context = await browser.newContext({
      viewport: { width: widthPx, height: 1200 },
      colorScheme: theme,
      locale: language === 'ru' ? 'ru-RU' : 'en-GB',
      reducedMotion: 'reduce',
    });
    await setClock(context, world.time.now() - Date.now());
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`${place}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`${place}: ${message.text()}`);
    });
    const address = new URL(place, world.portal.url);
    address.searchParams.set('lang', language);
    address.searchParams.set('user', String(userId));
    address.searchParams.set('theme', theme);
    await page.goto(address.href);
    return {
      page,
      widget: page.frameLocator(world.host === 'bitrix24' ? 'iframe' : '.dozhim-widget__frame'),
      picture: (name) => takePicture(page, `${world.host}-${name}`),
      close: () => context.close(),
    };
  };
}

/** Timers run as ever; only what the time is said to be differs. */
async function setClock(context: BrowserContext, shiftMs: number): Promise<void> {
  await context.addInitScript(`{
    const Real = Date;
    const now = () => Real.now() + ${shiftMs};
    globalThis.Date = class Date extends Real {
      constructor(...given) { given.length === 0 ? super(now()) : super(...given); }
      static now() { return now(); }
    };
  }`);
}

async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['WHOLE_DAY_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
