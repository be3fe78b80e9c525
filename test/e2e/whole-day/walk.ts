import { expect } from '@jest/globals';
import type { FrameLocator, Locator } from 'playwright-core';
import type { CalendarView } from '../../../src/features/company/company.view.js';
import type { PortalDeal } from '../../../src/sandbox/common/page/crm-context.js';
import { generateCompany } from '../../../src/sandbox/company/generator.js';
import { openBrowser } from '../../support/browser.js';
import { buildWidget } from '../../support/built-widget.js';
import { ADMIN, HEAD } from '../../support/company-world.js';
import { until } from '../../support/until.js';
import { VirtualTime } from '../../support/virtual-time.js';
import { openerOf, type DayLook, type Seen } from './look.js';
import { personIn, startDayWorld, type DayHost, type DayWorld } from './world.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Moscow keeps UTC+3 all year; the company works there. */
const MOSCOW = 180 * MINUTE;
/** Whose day it is: many deals, nothing done about them. */
export const SELLER = 8;

/** What goes wrong in a page although the person can go on. A session that ended while the clock jumped is renewed. */
const EXPECTED = /401 \(Unauthorized\)/;

/** A company on Monday morning, its clock, and pages of its CRM. */
export interface Walk {
  readonly world: DayWorld;
  readonly faults: readonly string[];
  /** Leads the seller's department. */
  readonly head: number;
  /** To a time of the first Monday, or of so many days after it. */
  moveTo(day: number, time: `${number}:${number}`): Promise<void>;
  /** The app's own page, as this person comes to it by the menu. */
  app(userId: number, screen: string, look?: DayLook): Promise<Seen>;
  page(userId: number, place: string, look?: DayLook): Promise<Seen>;
  /** The person's open deals in the CRM. */
  deals(userId: number): readonly PortalDeal[];
  stop(): Promise<void>;
}

export async function startWalk(host: DayHost): Promise<Walk> {
  await buildWidget();
  const time = new VirtualTime();
  const monday = nextMonday();
  const at = (day: number, hour: string): number => {
    const [hours = 0, minutes = 0] = hour.split(':').map(Number);
    return monday + day * DAY + (hours * 60 + minutes) * MINUTE;
  };
  await time.moveTo(at(0, '8:30'));
  const company = generateCompany({ seed: 7, deals: 160, language: 'ru', now: time.now() });
  const world = await startDayWorld(host, company, time);
  await withoutHolidays(world);
  const browser = await openBrowser();
  const faults: string[] = [];
  const open = openerOf(world, browser, faults);
  return {
    world,
    faults,
    head: HEAD,
    moveTo: async (day, hour) => {
      expect(at(day, hour)).toBeGreaterThan(time.now());
      await world.moveTo(at(day, hour) + 1_000);
    },
    app: async (userId, screen, look = {}) => {
      const seen = await open(userId, world.appPath, look);
      const menu = seen.widget.getByRole('navigation').getByRole('button', { name: screen, exact: true });
      await menu.click({ timeout: 60_000 });
      return seen;
    },
    page: open,
    deals: (ownerId) => world.portal.context.deals({ ownerId, open: true, limit: 500 }).deals,
    stop: async () => {
      await browser.close();
      await world.stop();
      time.end();
      expect(faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
    },
  };
}

function nextMonday(): number {
  const today = Math.floor((Date.now() + MOSCOW) / DAY);
  // 1970-01-01 was a Thursday. A day ahead at least, so that no time of this Monday is over.
  return (today + 7 - ((today + 3) % 7)) * DAY - MOSCOW;
}

/** The walk may be taken in the first days of January as well. */
async function withoutHolidays(world: DayWorld): Promise<void> {
  const admin = await personIn(world, ADMIN);
  const { data } = await admin.get<CalendarView>('/api/company/calendar');
  const { revision, timeZone, week } = data;
  const answer = await admin.send('PUT', '/api/company/calendar', {
    ...{ revision, country: null, timeZone, week, overrides: [] },
  });
  expect(answer.status).toBe(200);
}

/** Waits until the number that stands for something is this. */
export async function counts(what: Locator, n: number): Promise<void> {
  await until(async () => (await what.count()) === n, { what: `${n} of ${String(what)}`, timeoutMs: 30_000 });
}

/** What a counter of the panel says. */
export async function counterOf(widget: FrameLocator, name: string): Promise<number> {
  const text = await widget
    .locator('.counter')
    .filter({ hasText: name })
    .locator('.counter-number')
    .innerText();
  return text === '…' ? -1 : Number(text.replaceAll(/\s/g, ''));
}

export function nameOf({ world }: Walk, userId: number): string {
  return world.portal.context.user(userId)?.name ?? '';
}
