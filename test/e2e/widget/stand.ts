import type { Browser, Frame, Page } from 'playwright-core';

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

/** One page of the browser: what it loaded once it keeps, which is most of the time that a scene takes to show. */
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

const HEIGHT = 900;

export async function openStand<Options>(
  browser: Browser,
  look: Look,
  place: Place<Options>,
): Promise<Stand<Options>> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1200, height: look.height ?? HEIGHT },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'ru-RU',
    timezoneId: 'Asia/Tokyo',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== 'about:blank') hosts.add(new URL(request.url()).hostname);
  });
  const close = (): Promise<void> => context.close();
  return {
    show: async (options) => {
      // What the scene before still asks for must not be heard in this one.
      if (page.url() !== 'about:blank') await page.goto('about:blank');
      faults.length = 0;
      hosts.clear();
      await page.goto(place.address(options));
      const frame = await page.waitForSelector(place.frame).then((handle) => handle.contentFrame());
      if (!frame) throw new Error('the page around has no frame');
      await frame.waitForSelector('main');
      return { page, frame, faults, hosts, close };
    },
    turn: async ({ width, height, theme }) => {
      if (theme !== undefined) await page.emulateMedia({ colorScheme: theme });
      if (width !== undefined) await page.setViewportSize({ width, height: height ?? HEIGHT });
    },
    close,
  };
}

/** Waits for a frame's new width: it lives in another process and hears of it a moment later. */
export async function fitted(frame: Frame, widthPx: number): Promise<void> {
  // Not `waitForFunction`: it builds functions of texts, which the widget's policy forbids.
  await frame.evaluate(`new Promise((resolve) => {
    const look = () => (innerWidth === ${widthPx} ? resolve() : setTimeout(look, 10));
    look();
  })`);
}
