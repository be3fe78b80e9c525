import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { accountIdOf } from '../../src/infra/ids.js';
import { openBrowser } from '../support/browser.js';
import { buildWidget } from '../support/built-widget.js';
import { ADMIN, HEAD, SELLER } from '../support/company-world.js';
import { openMailBox, type MailBox } from '../support/mail-box.js';
import { workAlways } from '../support/pushing-world.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { openFrame } from '../support/widget-person.js';
import { asPerson, buttonOf } from './letter-button.js';

const WAIT = { timeout: 30_000 };
const OWN = 'Заявка продавца';

/** Addresses of our screens in the portal: out of a letter, and copied from what somebody looks at. */
describe('test/e2e/links', () => {
  let box: MailBox;
  let running: Running;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    await buildWidget();
    box = await openMailBox();
    running = await startEverything({
      company: smallCompany(60),
      environment: { SMTP_URL: box.url, MAIL_FROM: 'sales@example.com' },
    });
    await settled(running);
    running.portal.context.createDeal({ title: OWN, pipelineId: 1, ownerId: SELLER }, SELLER);
    await until(async () => (await ownDeal()) !== undefined, {
      what: 'the seller’s deal',
      timeoutMs: 30_000,
    });
    browser = await openBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await box?.stop();
    expect(faults).toEqual([]);
  });

  async function ownDeal(): Promise<{ account_id: string; deal_id: string } | undefined> {
    const [deal] = await running.database.query<{ account_id: string; deal_id: string }>(
      `SELECT p.account_id, p.deal_id FROM deal_pulse p JOIN deal d USING (account_id, deal_id) WHERE d.title = $1`,
      [OWN],
    );
    return deal;
  }

  async function follow(address: string, userId: number): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await browser.newPage({ viewport: { width: 1300, height: 1000 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(asPerson(address, userId));
    return { page, widget: page.frameLocator('iframe') };
  }

  const room = () => ({ app: running.app, database: running.database, box });
  const heading = (widget: FrameLocator, name: string | RegExp) =>
    widget.getByRole('heading', { level: 1, name }).waitFor(WAIT);

  it('opens the screen of the letter’s button, on the day that the letter is about', async () => {
    const place = { kind: 'screen', screen: 'exceptions', params: { day: '2026-01-15' } } as const;
    const address = await buttonOf(room(), HEAD, place);
    expect(address.startsWith(`${running.portal.url}/marketplace/view/`)).toBe(true);
    const { page, widget } = await follow(address, HEAD);
    await heading(widget, 'Exceptions');
    await widget
      .getByText(/January 15|15 January/)
      .first()
      .waitFor(WAIT);
    await page.close();
  }, 120_000);

  it('opens the own day, the page of insight and the rules, each by its own address', async () => {
    for (const [place, name] of [
      [{ kind: 'screen', screen: 'home' }, 'My day'],
      [{ kind: 'screen', screen: 'rules' }, 'Rules of alerts'],
      [{ kind: 'screen', screen: 'insight', params: { page: 'sellers' } }, 'Insight'],
    ] as const) {
      const { page, widget } = await follow(await buttonOf(room(), ADMIN, place), ADMIN);
      await heading(widget, name);
      if (place.screen === 'insight')
        await widget.locator('.in-page[aria-current]').filter({ hasText: 'Sellers' }).waitFor(WAIT);
      await page.close();
    }
  }, 180_000);

  it('tells a seller in words that the page is for heads, and shows the own day', async () => {
    const address = await buttonOf(room(), SELLER, { kind: 'screen', screen: 'exceptions' });
    const { page, widget } = await follow(address, SELLER);
    await heading(widget, 'My day');
    await widget.getByRole('status').filter({ hasText: 'for heads and administrators' }).waitFor(WAIT);
    await page.close();
  }, 120_000);

  it('leads the notification of a question to the question, ready to be answered', async () => {
    const deal = await ownDeal();
    // The test may run on a Sunday night as well.
    await workAlways(running.database, deal?.account_id ?? '');
    const admin = await openFrame(running, ADMIN);
    const target = { kind: 'deal', dealId: deal?.deal_id };
    expect((await admin.post('/api/pushes', { target })).status).toBeLessThan(300);
    const address = (): string | undefined =>
      running.portal.context
        .notifications(SELLER)
        .map(({ message }) => /\S+params%5Bpush%5D=\S+/.exec(message)?.[0])
        .find((one) => one !== undefined);
    await until(() => address() !== undefined, { what: 'the notification', timeoutMs: 60_000 });
    const { page, widget } = await follow(address() ?? '', SELLER);
    const question = widget.locator('li[id^="push-"]:focus');
    await question.waitFor(WAIT);
    await question.getByRole('button', { name: /^Done/ }).first().click();
    await widget.locator('li[id^="push-"]').waitFor({ ...WAIT, state: 'detached' });
    await page.reload();
    await widget.getByRole('status').filter({ hasText: 'waits for no answer any more' }).waitFor(WAIT);
    await page.close();
  }, 180_000);

  it('copies the address of a panel’s view, which opens the same view with the rights of who opens it', async () => {
    const panel = await buttonOf(room(), ADMIN, { kind: 'screen', screen: 'panel' });
    const { page, widget } = await follow(panel, ADMIN);
    await heading(widget, 'Control of sales');
    await widget
      .getByRole('combobox', { name: 'Sort' })
      .or(widget.locator('.filters select').last())
      .first()
      .waitFor(WAIT);
    await widget
      .locator('.filters select')
      .filter({ has: widget.locator('option[value="amount"]') })
      .selectOption('amount');
    await widget.getByRole('searchbox').fill('а');
    await widget.getByRole('button', { name: 'Copy link' }).click();
    const field = widget.getByRole('textbox', { name: 'Address of this view' });
    await field.waitFor(WAIT);
    await widget.getByText('The link is copied.').waitFor(WAIT);
    const address = await field.inputValue();
    await page.close();
    expect(address).toMatch(/\/marketplace\/view\/.+kept/);

    const seller = await follow(address, SELLER);
    await heading(seller.widget, 'Control of sales');
    await seller.widget.locator('table tbody tr').filter({ hasText: OWN }).first().waitFor(WAIT);
    expect(await seller.widget.getByRole('searchbox').inputValue()).toBe('а');
    const sorted = seller.widget
      .locator('.filters select')
      .filter({ has: seller.widget.locator('option[value="amount"]') });
    expect(await sorted.inputValue()).toBe('amount');
    const shown = await seller.widget.locator('table tbody tr').allInnerTexts();
    const others = await running.database.query<{ title: string }>(
      `SELECT title FROM deal WHERE stage_kind = 'open' AND owner_id <> $1 AND title NOT IN
         (SELECT title FROM deal WHERE owner_id = $1)`,
      [String(SELLER)],
    );
    expect(others.length).toBeGreaterThan(0);
    expect(shown.filter((row) => others.some(({ title }) => row.includes(title)))).toEqual([]);
    await seller.page.reload();
    await seller.page.close();

    const whole = await running.database.query('SELECT view_key FROM kept_view');
    expect(whole).toHaveLength(1);
    await running.database.query(`UPDATE kept_view SET expires_at = now() - interval '1 hour'`);
    const late = await follow(address, HEAD);
    await late.widget.getByRole('status').filter({ hasText: 'out of date' }).waitFor(WAIT);
    await heading(late.widget, 'Control of sales');
    await late.page.close();
  }, 180_000);

  it('says that a view of another account is none here', async () => {
    await running.database.query(
      `INSERT INTO kept_view (account_id, view_key, screen, state, kept_by, expires_at)
       VALUES ($1::uuid, 'somebody-elses-view', 'panel', '{"filter":{"text":"secret"}}', '1', now() + interval '1 day')`,
      [accountIdOf('bitrix24', 'another')],
    );
    const place = { kind: 'screen', screen: 'panel', params: { kept: 'somebody-elses-view' } } as const;
    const { page, widget } = await follow(await buttonOf(room(), HEAD, place), HEAD);
    await heading(widget, 'Control of sales');
    await widget.getByRole('status').filter({ hasText: 'no such view in your account' }).waitFor(WAIT);
    expect(await widget.getByRole('searchbox').inputValue()).toBe('');
    await page.close();
  }, 120_000);
});
