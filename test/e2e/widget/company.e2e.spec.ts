import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { until } from '../../support/until.js';
import { dateFrom } from './company-facts.js';
import type { PortalOptions } from './fake-portal.js';
import { mockCompany, type MockCompany } from './mock-company.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const page: PortalOptions = { placement: 'DEFAULT', fixedHeight: 2400 };
const NOW = Date.now();
const YEAR = new Date(NOW).getUTCFullYear();

describe('test/e2e/widget/company', () => {
  let stage: StageSet;
  let company: MockCompany;
  let shown: Shown;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'company'));
  }, 120_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    company = mockCompany('en', NOW);
    Object.assign(stage.server.scene, sceneOf('en', 'company'));
    stage.server.scene.routes = company.routes;
    stage.server.heard.length = 0;
  });

  async function opened(tab?: string): Promise<Shown['frame']> {
    shown = await stage.open({ height: 1600 }, page);
    if (tab !== undefined) await shown.frame.getByRole('tab', { name: tab }).click();
    return shown.frame;
  }

  async function closed(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  const writes = (path: string): readonly unknown[] =>
    stage.server.heard.filter((call) => call.method !== 'GET' && call.path === path).map((call) => call.body);
  const named = (place: Shown['frame'] | Locator, name: string | RegExp): Locator =>
    place.getByRole('button', { name });

  it('walks through the tabs by the keyboard', async () => {
    const frame = await opened();
    await frame.getByRole('tab', { name: 'Working time' }).focus();
    await shown.page.keyboard.press('ArrowRight');
    await frame.getByRole('heading', { name: 'Away now' }).waitFor();
    await shown.page.keyboard.press('End');
    await frame.getByRole('heading', { name: 'Reasons', level: 3 }).waitFor();
    await shown.page.keyboard.press('ArrowRight');
    await frame.getByRole('heading', { name: 'Working week' }).waitFor();
    expect(await frame.evaluate('document.activeElement.textContent.trim()')).toBe('Working time');
    await closed();
  });

  it('says what is wrong with hours and saves a week of several intervals, with a way back', async () => {
    const frame = await opened();
    const start = frame.getByLabel('Start 2: Monday');
    await start.fill('12:30');
    await start.press('Tab');
    await frame.getByText('Intervals stand in order, apart from each other.').waitFor();
    expect(await named(frame, 'Save').first().isDisabled()).toBe(true);
    await start.fill('1430');
    await start.press('Tab');
    await frame.getByRole('checkbox', { name: 'Saturday' }).check();
    await named(frame, 'All working days like Monday').click();
    await named(frame, 'Save').first().click();
    await frame.getByText('The working week is saved').first().waitFor();
    const monday = [
      { from: '09:00', to: '13:00' },
      { from: '14:30', to: '18:00' },
    ];
    expect(company.calendar.week.map((day) => day.hours)).toEqual([...Array(6).fill(monday), []]);
    await named(frame, 'Undo').click();
    await until(async () => company.calendar.week[5]?.hours.length === 0, { what: 'the week as it was' });
    expect(company.calendar.week[0]?.hours[1]?.from).toBe('14:00');
    await closed();
  });

  it('makes days free and worked in the year by keyboard and by mouse', async () => {
    const frame = await opened();
    await frame.getByRole('button', { name: new RegExp(`January 1, ${YEAR}`) }).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter']) await shown.page.keyboard.press(key);
    const sixteenth = `${YEAR}-01-16`;
    const panel = frame.getByRole('region', { name: new RegExp(`January 16, ${YEAR}`) });
    await panel.waitFor();
    const off = named(panel, 'Make it a day off');
    const work = named(panel, /^Make it worked/);
    const wasOff = (await work.count()) === 1;
    await panel.getByLabel('Why').fill('Stocktaking');
    await (wasOff ? work : off).click();
    await until(async () => company.calendar.overrides.some((one) => one.date === sixteenth), {
      what: 'the day',
    });
    const saved = company.calendar.overrides.find((one) => one.date === sixteenth);
    expect([saved?.note, (saved?.hours.length ?? 0) > 0]).toEqual(['Stocktaking', wasOff]);
    await named(panel, 'Back to the calendar').click();
    await until(async () => !company.calendar.overrides.some((one) => one.date === sixteenth), {
      what: 'the usual day',
    });
    await closed();
  });

  it('shows the wrong lines of a calendar file, then a preview, and saves only when asked to', async () => {
    const frame = await opened();
    const file = { name: 'calendar.json', mimeType: 'application/json', buffer: Buffer.from('{}') };
    const fault = { line: 3, column: 7, message: 'This month has no such day: “32”.' };
    company.file = { format: 'json', saved: false, faults: [fault], years: [] };
    const field = frame.locator('input[type=file]');
    await field.setInputFiles(file);
    await frame.getByText('line 3, character 7:').waitFor();
    await frame.getByText('This month has no such day').waitFor();
    expect(await named(frame, 'Save the calendar').count()).toBe(0);
    const days = { daysOff: ['2026-01-09'], workingDays: ['2026-11-28'], shortDays: [] };
    company.file = { format: 'json', saved: false, faults: [], years: [{ year: YEAR, ...days, changes: 2 }] };
    await field.setInputFiles(file);
    await frame.getByText('2 days differ from what is known now').waitFor();
    await frame.getByText('Nov 28').waitFor();
    expect(company.calendar.years[0]?.coverage).toBe('official');
    await named(frame, 'Save the calendar').click();
    await frame.getByText(`The calendar is saved: ${YEAR}`).waitFor();
    await frame.getByText('From your file: calendar.json').waitFor();
    await named(frame, `Remove the imported calendar of ${YEAR}`).click();
    await named(frame, 'Remove').last().click();
    await frame.getByText(`The imported calendar of ${YEAR} is removed`).waitFor();
    expect(writes('/api/company/calendar/import')).toEqual([
      { text: '{}', fileName: 'calendar.json', save: false },
      { text: '{}', fileName: 'calendar.json', save: false },
      { text: '{}', fileName: 'calendar.json', save: true },
    ]);
    await closed();
  });

  it('enters an absence by keyboard, refuses an overlap in words, and takes it back', async () => {
    const frame = await opened('Absences');
    await frame.getByText('Anna Lebedeva stands in').waitFor();
    await named(frame, 'Enter an absence').click();
    const form = frame.getByRole('form', { name: 'Enter an absence' });
    await form.getByLabel('Person').selectOption('4');
    await form.getByLabel('First day').pressSequentially(dateFrom(NOW, 3).replaceAll('-', ''));
    await form.getByLabel('Last day').fill(dateFrom(NOW, 1));
    await named(form, 'Save').click();
    await form.getByText('The last day is before the first.').waitFor();
    await form.getByLabel('Last day').fill(dateFrom(NOW, 9));
    await form.getByText('These days already have an absence').waitFor();
    await named(form, 'Save').click();
    expect(writes('/api/company/absences')).toEqual([]);
    await form.getByLabel('Person').selectOption('5');
    await form.getByLabel('Deputy').selectOption('5');
    await form.getByText('Nobody stands in for themselves.').waitFor();
    await form.getByLabel('Deputy').selectOption('3');
    await named(form, 'Save').click();
    await frame.getByText('The absence is entered').first().waitFor();
    expect(writes('/api/company/absences')).toEqual([
      { userId: '5', from: dateFrom(NOW, 3), to: dateFrom(NOW, 9), kind: 'vacation', deputyId: '3' },
    ]);
    await named(frame, 'Undo').click();
    await until(async () => company.people.absences.length === 3, { what: 'the absence gone' });
    await closed();
  });

  it('opens the form again, with what was typed, when the server refuses', async () => {
    const frame = await opened('Absences');
    await named(frame, /^Change: Olga/).click();
    const form = frame.getByRole('form', { name: 'Change the absence' });
    await form.getByLabel('Kind').selectOption('trip');
    const message = 'These days already have an absence of theirs.';
    stage.server.scene.writeErrors = [{ status: 409, code: 'overlaps', message }];
    await named(form, 'Save').click();
    await frame.getByText(message).waitFor();
    expect(await form.getByLabel('Kind').inputValue()).toBe('trip');
    await frame.getByText('14 days · vacation').waitFor();
    // The browser itself notes the refusal.
    expect(shown.faults.every((fault) => fault.includes('Failed to load resource'))).toBe(true);
    await shown.close();
  });

  it('shows somebody else’s version in a conflict and makes the edit over it on demand', async () => {
    const frame = await opened('Roles and groups');
    const add = frame.getByLabel('Add a person: Account manager');
    await add.waitFor();
    const theirs = company.people.roles.map((role) =>
      role.key === 'accountManager' ? { ...role, name: 'Client keeper' } : role,
    );
    company.people = { ...company.people, revision: 9, roles: theirs };
    await add.selectOption('5');
    await frame.getByText('Somebody else changed this while you were editing').waitFor();
    expect(await frame.getByLabel('Name of the role').nth(1).inputValue()).toBe('Client keeper');
    await named(frame, 'Make my change to it').click();
    await until(async () => company.people.revision === 10, { what: 'the edit over theirs' });
    expect(company.people.roles[1]).toMatchObject({ name: 'Client keeper', holderIds: ['4', '5'] });
    await shown.close();
  });

  it('adds, names, orders and removes roles and groups', async () => {
    const frame = await opened('Roles and groups');
    await frame.getByLabel('New role').fill('lawyer');
    await frame.getByText('There is such a name already.').waitFor();
    await frame.getByLabel('New role').fill('Engineer');
    await frame.getByLabel('New role').press('Enter');
    await frame.getByText('Role added: “Engineer”').first().waitFor();
    await named(frame, 'Down: John Brown').click();
    await until(async () => company.people.groups[0]?.memberIds.join() === '5,4', { what: 'another order' });
    await frame.getByLabel('Keeper of the queue').selectOption('4');
    await until(async () => company.people.groups[0]?.keeperId === '4', { what: 'another keeper' });
    await named(frame, 'Remove: Lawyer').click();
    await until(async () => company.people.roles.every((role) => role.name !== 'Lawyer'), {
      what: 'one role less',
    });
    expect(company.people.roles.map((role) => role.name)).toEqual([
      'Qualifier',
      'Account manager',
      'Project manager',
      'Engineer',
    ]);
    await closed();
  });

  it('maps fields of the deal, tells a field that is gone, and lives with a silent CRM', async () => {
    const frame = await opened('Deal fields');
    await frame.getByText('The CRM has this field no more').waitFor();
    await frame.getByText('Values: CRM, ERP, BI').waitFor();
    await frame.getByLabel('Date agreed with the client').selectOption('UF_DATE');
    await until(async () => company.fields.map.clientDate === 'UF_DATE', { what: 'the field' });
    expect(company.fields.map.product).toBe('UF_PRODUCT');
    await shown.close();
    company.fields = { ...company.fields, fields: null, problem: 'The CRM did not name its fields.' };
    const silent = await opened('Deal fields');
    await silent.getByText('The CRM did not name its fields.').waitFor();
    expect(await silent.getByLabel('Date agreed with the client').isDisabled()).toBe(true);
    await closed();
  });

  it('takes a product from the CRM, gives it a manager and a funnel, and renames its audience', async () => {
    const frame = await opened('Products');
    await frame.getByLabel('Take from the CRM’s catalogue').selectOption('12');
    await named(frame, 'Change: Support').click();
    const form = frame.getByRole('form', { name: 'Support' });
    await form.getByLabel('Product manager').selectOption('5');
    await form.getByLabel('Funnel of the product').selectOption('t1');
    await named(form, 'Save').click();
    await frame.getByText('Managed by Anna Lebedeva · Funnel “Financial consulting”').waitFor();
    const audience = frame.getByLabel('Target audiences').and(frame.getByRole('textbox')).first();
    await audience.fill('Plants');
    await audience.press('Tab');
    await until(async () => company.catalogue.audiences[0] === 'Plants', { what: 'the new name' });
    expect(company.catalogue.products.map((one) => [one.id, one.managerId, one.audience])).toEqual([
      ['11', '4', 'Plants'],
      ['own:1', null, null],
      ['12', '5', null],
    ]);
    expect(await frame.evaluate('window.__hacked')).toBeUndefined();
    await closed();
  });

  it('orders reasons, says where they are offered, and takes one out without losing it', async () => {
    const frame = await opened('Reasons');
    await named(frame, 'Down: Too expensive').click();
    const uses = frame.getByRole('group', { name: 'Where it is offered: Forgotten' });
    await uses.getByLabel('work was put off').check();
    await frame.getByLabel('Because of whom: Waiting for a bank').selectOption('client');
    await named(frame, 'Stop offering: Too expensive').click();
    await frame.getByText('No longer offered: “Too expensive”').first().waitFor();
    await until(async () => company.reasons.revision === 4, { what: 'four changes' });
    expect(company.reasons.reasons.map((one) => [one.key, one.cause, one.uses.join(), one.retired])).toEqual([
      ['thirdParty', 'client', 'snooze', false],
      ['price', 'client', 'step,loss', true],
      ['forgotten', 'omission', 'step,snooze', false],
      ['old', 'outer', 'loss', true],
    ]);
    await frame.getByText('No longer offered: 2').click();
    await named(frame, 'Offer again: The crisis').click();
    await until(async () => company.reasons.reasons.some((one) => one.key === 'old' && !one.retired), {
      what: 'the reason offered again',
    });
    await closed();
  });

  it('lets heads read and change nothing', async () => {
    stage.server.scene.routes = mockCompany('en', NOW, false).routes;
    const { boot } = stage.server.scene;
    stage.server.scene.boot = { ...boot, user: { ...boot.user, admin: false } };
    const frame = await opened('Reasons');
    await frame.getByText('You can see the settings; an administrator of the CRM may change them.').waitFor();
    expect(await frame.getByLabel('Reason', { exact: true }).first().isDisabled()).toBe(true);
    expect(await named(frame, 'Add').count()).toBe(0);
    const menu = frame.getByRole('navigation', { name: 'Sections' });
    expect(await named(menu, 'Settings').getAttribute('aria-current')).toBe('page');
    expect(await named(frame, 'Connection and pipelines').count()).toBe(0);
    await closed();
  });

  it('stands beside the connection under one entry of the menu', async () => {
    const frame = await opened();
    await named(frame, 'Connection and pipelines').click();
    await frame.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    const menu = frame.getByRole('navigation', { name: 'Sections' });
    expect(await named(menu, 'Settings').getAttribute('aria-current')).toBe('page');
    await named(frame, 'How the company works').click();
    await frame.getByRole('heading', { level: 1, name: 'How the company works' }).waitFor();
    await closed();
  });
});
