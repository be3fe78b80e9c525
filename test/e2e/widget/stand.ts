import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

/** The widget as it stands in a host's page. */
export interface Shown {
  readonly page: Page;
  readonly frame: Frame;
  /** Errors of the console, page errors and refusals by policy; a test ends with none. */
  readonly faults: string[];
  /** Hosts that anything was asked of. */
  readonly hosts: Set<string>;
  close(): Promise<void>;
}

/** One reader: what the browser loaded once it keeps, which is most of the time that a scene takes to show. */
export interface Stand<Options> {
  /** Opens the host's page anew, with nothing noted yet. */
  show(options: Options): Promise<Shown>;
  /** Changes what the person sees it on, without loading anything. */
  turn(look: Look): Promise<void>;
  close(): Promise<void>;
}

/** Where a host's page is, and which of its elements frames the widget. */
interface Place<Options> {
  readonly address: (options: Options) => string;
  readonly frame: string;
}

const WIDTH = 1200;
const HEIGHT = 900;

export async function openStand<Options>(
  browser: Browser,
  look: Look,
  place: Place<Options>,
): Promise<Stand<Options>> {
  const context = await browser.newContext({
    viewport: { width: WIDTH, height: HEIGHT },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'ru-RU',
    timezoneId: 'Asia/Tokyo',
  });
  let page: Page | undefined;
  let seen: Look = look;
  const close = (): Promise<void> => context.close();
  return {
    show: async (options) => {
      // A tab of its own: what the scene before still says must not be heard in this one.
      const [tab] = await Promise.all([openTab(context, seen), page?.close()]);
      page = tab.page;
      await page.goto(place.address(options));
      const frame = await page.waitForSelector(place.frame).then((handle) => handle.contentFrame());
      if (!frame) throw new Error('the page around has no frame');
      await frame.waitForSelector('main');
      return { ...tab, frame, close };
    },
    turn: async (next) => {
      seen = { ...seen, ...next };
      if (page) await dress(page, next);
    },
    close,
  };
}

async function openTab(context: BrowserContext, look: Look): Promise<Omit<Shown, 'frame' | 'close'>> {
  const page = await context.newPage();
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  await dress(page, look);
  return { page, faults, hosts };
}

async function dress(page: Page, { width, height, theme }: Look): Promise<void> {
  if (theme !== undefined) await page.emulateMedia({ colorScheme: theme });
  if (width !== undefined || height !== undefined)
    await page.setViewportSize({ width: width ?? WIDTH, height: height ?? HEIGHT });
}

/** Waits for a frame's new width: it lives in another process and hears of it a moment later. */
export async function fitted(frame: Frame, widthPx: number): Promise<void> {
  // Not `waitForFunction`: it builds functions of texts, which the widget's policy forbids.
  await frame.evaluate(`new Promise((resolve) => {
    const look = () => (innerWidth === ${widthPx} ? resolve() : setTimeout(look, 10));
    look();
  })`);
}

/** Waits until the frame has grown to what it shows: a click while everything moves hits what is not there any more. */
export async function atRest(frame: Frame): Promise<void> {
  await frame.evaluate(`new Promise((resolve) => {
    let before = '';
    let same = 0;
    const look = () => {
      const now = [innerWidth, innerHeight, document.documentElement.scrollHeight].join();
      same = now === before ? same + 1 : 0;
      before = now;
      if (same === 4) resolve();
      else setTimeout(look, 50);
    };
    look();
  })`);
}
