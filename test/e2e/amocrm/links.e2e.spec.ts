import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Frame, FrameLocator, Page } from 'playwright-core';
import { openBrowser } from '../../support/browser.js';
import { buildWidget } from '../../support/built-widget.js';
import { openMailBox, type MailBox } from '../../support/mail-box.js';
import { settled } from '../../support/running.js';
import { stumblings } from '../widget/axe.js';
import { asPerson, buttonOf } from '../letter-button.js';
import { startLivingAccount, type LivingAccount } from './living-account.js';

const WAIT = { timeout: 30_000 };
const OVER = '.dozhim-widget__modal .dozhim-widget__frame';

/** The host has no addresses for our pages: the archive's script opens them over a page that everybody has. */
describe('test/e2e/amocrm/links', () => {
  let box: MailBox;
  let living: LivingAccount;
  let browser: Browser;
  let sellerId = 0;
  const faults: string[] = [];

  beforeAll(async () => {
    await buildWidget();
    box = await openMailBox();
    living = await startLivingAccount({
      environment: { SMTP_URL: box.url, MAIL_FROM: 'sales@example.com' },
    });
    await settled(living);
    const heads = await living.database.query<{ user_id: string }>(
      'SELECT DISTINCT head_id AS user_id FROM department WHERE head_id IS NOT NULL',
    );
    const leading = new Set(heads.map((row) => Number(row.user_id)));
    const seller = living.portal.context
      .users()
      .find((user) => user.active && !user.admin && !leading.has(user.id));
    sellerId = seller?.id ?? 0;
    browser = await openBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await living?.stop();
    await box?.stop();
    expect(faults).toEqual([]);
  });

  async function follow(address: string, userId: number): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await browser.newPage({ viewport: { width: 1300, height: 1000 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(asPerson(address, userId));
    return { page, widget: page.frameLocator(OVER) };
  }

  async function frameIn(page: Page): Promise<Frame> {
    const frame = await (await page.waitForSelector(OVER)).contentFrame();
    if (!frame) throw new Error('the page over the tasks has no frame');
    return frame;
  }

  async function complaints(page: Page): Promise<readonly string[]> {
    return (await page.evaluate<readonly string[] | undefined>('window.sandboxComplaints')) ?? [];
  }

  const heading = (widget: FrameLocator, name: string) =>
    widget.getByRole('heading', { level: 1, name }).waitFor(WAIT);

  it('opens the screen of a letter’s button over the list of tasks, and the list is there when it is closed', async () => {
    const place = { kind: 'screen', screen: 'exceptions', params: { day: '2026-01-15' } } as const;
    const address = await buttonOf({ ...living, box }, living.adminId, place);
    expect(address).toBe(`${living.portal.url}/todo/line/#dozhim=exceptions&day=2026-01-15`);
    const { page, widget } = await follow(address, living.adminId);
    await heading(widget, 'Exceptions');
    await widget
      .getByText(/January 15|15 January/)
      .first()
      .waitFor(WAIT);
    await page.keyboard.press('Escape');
    await page.locator('.dozhim-widget__modal').waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/todo/line/');
    expect(await complaints(page)).toEqual([]);
    await page.close();
  }, 120_000);

  it('opens the seller’s own day, and says in words what is for heads only', async () => {
    const own = await follow(
      await buttonOf({ ...living, box }, sellerId, { kind: 'screen', screen: 'home' }),
      sellerId,
    );
    await heading(own.widget, 'My day');
    expect(await own.widget.getByText('for heads and administrators').count()).toBe(0);
    await own.page.close();
    const heads = await follow(
      await buttonOf({ ...living, box }, sellerId, { kind: 'screen', screen: 'exceptions' }),
      sellerId,
    );
    await heading(heads.widget, 'My day');
    await heads.widget.getByRole('status').filter({ hasText: 'for heads and administrators' }).waitFor(WAIT);
    expect(await stumblings(await frameIn(heads.page))).toEqual([]);
    await heads.page.close();
  }, 120_000);

  it('leads a letter about a deal to its card, where the plan is', async () => {
    const [deal] = await living.database.query<{ deal_id: string }>(
      'SELECT deal_id FROM deal WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY deal_id LIMIT 1',
      [String(sellerId)],
    );
    const place = { kind: 'deal', dealId: deal?.deal_id ?? '' } as const;
    const address = await buttonOf({ ...living, box }, sellerId, place);
    const { page } = await follow(address, sellerId);
    await page
      .frameLocator('.card-widgets .dozhim-widget__frame')
      .getByRole('heading', { level: 1 })
      .waitFor(WAIT);
    await page.close();
  }, 120_000);

  it('copies the address of a page of insight, which opens that page over the tasks', async () => {
    const place = { kind: 'screen', screen: 'insight', params: { page: 'stages' } } as const;
    const { page, widget } = await follow(
      await buttonOf({ ...living, box }, living.adminId, place),
      living.adminId,
    );
    await heading(widget, 'Insight');
    await widget.getByRole('button', { name: 'Copy link' }).click(WAIT);
    const field = widget.getByRole('textbox', { name: 'Address of this view' });
    await field.waitFor(WAIT);
    const address = await field.inputValue();
    expect(await stumblings(await frameIn(page))).toEqual([]);
    await page.close();
    expect(address).toMatch(/\/todo\/line\/#dozhim=insight&kept=[\w-]{22}$/);
    const again = await follow(address, sellerId);
    await heading(again.widget, 'Insight');
    const current = again.widget.locator('.in-page[aria-current]');
    await current.waitFor(WAIT);
    const [state] = await living.database.query<{ page: string }>(
      `SELECT state ->> 'page' AS page FROM kept_view`,
    );
    expect(state?.page).toBe('stages');
    expect(await current.innerText()).toBe(await pageName(again.widget, 'stages'));
    await again.page.close();
  }, 120_000);

  /** Its place in the row of pages; the names are the interface's own matter. */
  async function pageName(widget: FrameLocator, name: 'stages'): Promise<string> {
    const order = ['funnel', 'stuck', 'weakest', 'stages'];
    return widget.locator('.in-page').nth(order.indexOf(name)).innerText();
  }
});
