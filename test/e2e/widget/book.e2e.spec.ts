import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { mockBook, type MockBook } from './mock-book.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1100 } as const;

describe('test/e2e/widget/book', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;
  let book: MockBook;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'book'));
  }, 120_000);

  afterAll(() => stage?.close());

  beforeEach(() => {
    book = mockBook('en', Date.now());
    Object.assign(stage.server.scene, sceneOf('en', 'book'), {
      routes: { ...stage.server.scene.routes, ...book.routes },
    });
  });

  async function open(): Promise<void> {
    shown = await stage.open({ height: 1200 }, PAGE);
    frame = shown.frame;
    await frame.locator('.book-entry').first().waitFor();
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  it('shows the newest first, day by day, and the older ones on demand', async () => {
    await open();
    expect(await frame.locator('.book-entry').count()).toBe(20);
    await frame.getByRole('button', { name: 'Show more' }).click();
    await until(async () => (await frame.locator('.book-entry').count()) === 34, { what: 'all entries' });
    expect(await frame.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    expect(await frame.locator('.book-day h2').count()).toBeGreaterThan(3);
    await done();
  }, 60_000);

  it('narrows by kinds and by words, and says when nothing fits', async () => {
    await open();
    await frame.getByLabel('All events').selectOption('ends');
    await until(async () => (await frame.locator('.book-entry:not(.book-won)').count()) === 0, {
      what: 'ends only',
    });
    await frame.getByRole('searchbox').fill('no such words');
    await frame.getByText('No entry fits this filter.').waitFor();
    await frame.getByRole('button', { name: 'Reset the filter' }).click();
    await until(async () => (await frame.locator('.book-entry').count()) === 20, { what: 'the whole feed' });
    await done();
  }, 60_000);

  it('writes a planned event with whom to tell, by keyboard, and refuses a date that has passed', async () => {
    await open();
    await frame.getByRole('button', { name: 'Write an entry' }).press('Enter');
    await frame.getByRole('radio', { name: 'Planned event' }).check();
    await frame.getByRole('searchbox', { name: 'Deal', exact: true }).fill('Daisy');
    await frame.getByRole('button', { name: 'CRM for Daisy' }).press('Enter');
    await frame.getByLabel('What is planned').fill('Meet the director');
    await frame.getByLabel(/^Date/).fill('2020-01-01');
    await frame.getByRole('button', { name: 'Write it down' }).click();
    await frame.getByText('Pick a date and time later than now.').waitFor();
    expect(book.written).toEqual([]);
    await frame.getByLabel(/^Date/).fill('2031-03-04');
    await frame.getByLabel(/^Time/).selectOption('15:00');
    await frame.getByLabel('Remind').selectOption('60');
    await frame.getByLabel('Whom to tell').selectOption('1');
    await frame.getByRole('button', { name: 'Write it down' }).press('Enter');
    await frame.locator('.book-text', { hasText: 'Meet the director' }).first().waitFor();
    expect(book.written).toEqual([
      {
        kind: 'plannedEvent',
        dealId: 'D_7',
        text: 'Meet the director',
        at: '2031-03-04T12:00:00.000Z',
        remindMinutesBefore: 60,
        tell: ['1'],
      },
    ]);
    await done();
  }, 60_000);

  it('keeps what was typed when the server refuses, with the server’s words', async () => {
    await open();
    await frame.getByRole('button', { name: 'Write an entry' }).click();
    await frame.getByRole('searchbox', { name: 'Deal', exact: true }).fill('Daisy');
    await frame.getByRole('button', { name: 'CRM for Daisy' }).click();
    await frame.getByLabel('What happened').fill('A long story');
    stage.server.scene.writeErrors = [
      { status: 400, code: 'nobody-there', message: 'Somebody left. Pick again.' },
    ];
    await frame.getByRole('button', { name: 'Write it down' }).click();
    await frame.getByText('Somebody left. Pick again.').waitFor();
    expect(await frame.getByLabel('What happened').inputValue()).toBe('A long story');
    await frame.getByRole('button', { name: 'Write it down' }).click();
    await frame.locator('.book-text', { hasText: 'A long story' }).first().waitFor();
    expect(shown.faults.filter((fault) => !fault.includes('Failed to load resource'))).toEqual([]);
    await shown.close();
  }, 60_000);

  it('shows by itself what somebody else wrote, and says what became of a planned event', async () => {
    await open();
    const [first] = book.entries;
    if (first)
      book.entries.unshift({ ...first, id: '99', at: new Date().toISOString(), text: 'Written elsewhere' });
    await frame.getByText('Written elsewhere').waitFor({ timeout: 30_000 });
    const before = await frame.getByRole('button', { name: /^It happened:/ }).count();
    await frame
      .getByRole('button', { name: /^It happened:/ })
      .first()
      .click();
    await until(
      async () => (await frame.getByRole('button', { name: /^It happened:/ }).count()) === before - 1,
      {
        what: 'the event to be settled',
      },
    );
    await done();
  }, 60_000);

  it('corrects an entry by another one', async () => {
    await open();
    await frame
      .getByRole('button', { name: /^Correct:/ })
      .first()
      .click();
    await frame.getByLabel(/^What is right/).fill('By Thursday');
    await frame.getByRole('button', { name: 'Write the correction' }).click();
    await until(() => book.written.length === 1, { what: 'the correction' });
    expect(book.written[0]).toMatchObject({ kind: 'correction', text: 'By Thursday' });
    await done();
  }, 60_000);

  it('follows a seller and stops, downloads the feed and verifies the book', async () => {
    await open();
    await frame.getByRole('button', { name: 'What to follow' }).click();
    await frame.getByText('You follow nothing so far.').waitFor();
    await frame.getByLabel(/^Follow/).selectOption('seller');
    await frame.getByLabel(/^Seller/).selectOption('1');
    await frame.getByRole('button', { name: 'Follow', exact: true }).click();
    await frame.getByRole('button', { name: 'Stop following: Dmitry Kovalev' }).click();
    await frame.getByText('You follow nothing so far.').waitFor();
    await frame.getByRole('button', { name: 'Verify the book' }).click();
    await frame.getByText('The book is intact: 34 entries, none was changed.').waitFor();
    const download = shown.page.waitForEvent('download');
    await frame.getByRole('button', { name: 'Download CSV' }).click();
    expect((await download).suggestedFilename()).toBe('sales-book.csv');
    await done();
  }, 60_000);

  it('brings the deal’s story into its card only when somebody asks for it', async () => {
    Object.assign(stage.server.scene, sceneOf('en', 'plan'), { routes: book.routes });
    shown = await stage.open({ width: 360, height: 1200 });
    frame = shown.frame;
    await frame.getByText('What now').first().waitFor();
    const summary = frame.getByText('Sales Book: the deal’s story');
    await summary.waitFor();
    const asked = (): boolean =>
      stage.server.heard.some((call) => call.path.startsWith('/api/book?dealId=57'));
    expect(asked()).toBe(false);
    await summary.click();
    await frame.locator('.book-entry').first().waitFor();
    expect(asked()).toBe(true);
    expect(await stumblings(frame)).toEqual([]);
    expect(await frame.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await done();
  }, 60_000);
});
