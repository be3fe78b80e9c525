import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { libraryTemplate } from '../../../src/domain/plans/library/library.js';
import { exportTemplate } from '../../../src/domain/plans/template-file/export-template.js';
import { stumblings } from './axe.js';
import { FIRST } from './mock-templates.js';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';
import { never, TemplateDesk } from './template-desk.js';

describe('test/e2e/widget/templates-life', () => {
  let stage: StageSet;
  let desk: TemplateDesk;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'templates'));
  }, 120_000);
  afterAll(() => stage?.close());

  beforeEach(() => {
    desk = new TemplateDesk(stage);
  });

  afterEach(async () => {
    expect(await desk.faults()).toEqual([]);
    await desk.shown.close();
  });

  it('begins with a template of the library after showing its stages and steps', async () => {
    desk = new TemplateDesk(stage, false);
    await desk.open();
    const first = desk.frame.locator('.tpl-new .tpl-card').filter({ hasText: 'Quick sale' });
    await first.locator('summary').click();
    await first.getByText('Call about the new request').waitFor();
    await first.getByRole('button', { name: 'Begin with this' }).click();
    await desk.frame.getByRole('heading', { level: 1, name: 'Quick sale' }).waitFor();
    await until(async () => (await desk.frame.evaluate('document.activeElement.tagName')) === 'H1', {
      what: 'the focus on the heading',
    });
    await desk.card('Call about the new request').waitFor();
    expect(desk.written('POST', /templates$/)).toEqual([
      { from: 'library', key: 'transactional', language: 'en' },
    ]);
  }, 60_000);

  it('begins with a pipeline’s own stages and takes steps one after another from the keyboard', async () => {
    await desk.open();
    await desk.button('New template').click();
    await desk.button('A blank one').click();
    await desk.frame.getByLabel('Name (may stay empty)').fill('Five stages');
    await desk.button('Create the template').click();
    await desk.frame.getByRole('heading', { level: 1, name: 'Five stages' }).waitFor();
    const field = desk.frame.getByLabel('New step of “New request”');
    for (const title of ['Call the client', 'Write down the need']) {
      await field.fill(title);
      await field.press('Enter');
    }
    await desk.frame.getByLabel('New stage').fill('Test drive');
    await desk.frame.getByLabel('New stage').press('Enter');
    const made = [...desk.mock.kept.values()].at(-1) ?? never();
    await desk.keptBy(
      () => made.body.stages[0]?.steps.length === 2 && made.body.stages.length === 7,
      'the draft',
    );
    expect(made.body.stages.map((one) => one.name)).toEqual([
      'New request',
      'Contacted',
      'Offer sent',
      'Awaiting payment',
      'Test drive',
      'Money received',
      'Refused',
    ]);
  }, 60_000);

  it('shows the next two weeks of a real deal by day, and the load of the last ninety', async () => {
    await desk.openEditor();
    await desk.button('Try on a deal…').click();
    await desk.dialog.getByLabel('Deal: a part of its title').fill('vector');
    await desk.dialog.getByRole('button', { name: /Machine tools/ }).click();
    await desk.dialog.getByText('Call about the new request').waitFor();
    await desk.dialog.getByText(/^Later: \d+ more step/).waitFor();
    await desk.dialog.getByText('1 step has no deadline yet').waitFor();
    await desk.dialog.getByRole('button', { name: 'On the last 90 days' }).click();
    await desk.dialog.getByRole('button', { name: 'Count' }).click();
    await desk.dialog
      .getByText('Deals: 412. Tasks: 3,118, sellers: 2. The busiest day of one person: 14.')
      .waitFor();
    expect(await stumblings(desk.frame)).toEqual([]);
    await desk.shown.page.keyboard.press('Escape');
    await desk.dialog.waitFor({ state: 'detached' });
    expect(await desk.frame.evaluate('document.activeElement.textContent.trim()')).toBe('Try on a deal…');
  }, 60_000);

  it('publishes after saying who is affected, brings running plans over and takes it back', async () => {
    desk.mock.migration = ['running', 'running', 'done'];
    await desk.openEditor();
    await desk.frame.getByLabel('New stage').fill('Delivery');
    await desk.frame.getByLabel('New stage').press('Enter');
    await desk.keptBy(() => desk.kept.stages.length === 7, 'the change');
    await desk.button('Publish…').click();
    await desk.dialog.getByText('640 running plans are affected.').waitFor();
    await desk.dialog.getByText('2 sellers').waitFor();
    expect(await stumblings(desk.frame)).toEqual([]);
    await desk.dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await desk.dialog.getByText('Published: version 3.').waitFor();
    await desk.dialog.locator('summary', { hasText: 'Machine tools' }).click();
    await desk.dialog.getByRole('button', { name: 'Bring the plans over' }).click();
    await desk.dialog.getByText('Bringing plans over: 320 of 640').waitFor();
    await desk.dialog.getByRole('button', { name: 'Take it back' }).click({ timeout: 15_000 });
    await desk.dialog.getByText('All is as it was: 640 of 640').waitFor();
    await desk.dialog.getByRole('button', { name: 'Close' }).last().click();
    await desk.frame.getByText('In use, version 3').waitFor();
    expect(desk.written('POST', /publish$/)).toEqual([{ revision: 1 }]);
    expect(desk.written('POST', /migration$/)).toEqual([{ toVersion: 3 }]);
  }, 60_000);

  it('lets the stages of a pipeline be matched before plans are switched on', async () => {
    await desk.open();
    await desk.button(/^Match the stages.*Retail/).click();
    const retail = desk.frame
      .locator('.tpl-card')
      .filter({ has: desk.frame.getByRole('heading', { name: 'Retail' }) });
    await retail.getByLabel('Template stage for “Contacted”').selectOption('new');
    await retail.getByRole('button', { name: /^Several template stages here.*Contacted/ }).click();
    await retail
      .getByRole('row', { name: /^Contacted/ })
      .getByLabel('up to and including')
      .selectOption('contact');
    await retail.getByRole('button', { name: 'Switch plans on' }).click();
    await until(() => desk.written('POST', /pipelines\/1\/template$/).length === 1, { what: 'the switch' });
    expect(desk.written('POST', /pipelines\/1\/template$/)).toEqual([
      { templateId: FIRST, language: 'en', existingDeals: false },
    ]);
    const [map] = desk.written('PUT', /stage-map/) as { map: { entries: { stageKeys: string[] }[] } }[];
    expect(map?.map.entries[1]).toEqual({ pipelineStageId: 's1', stageKeys: ['new', 'contact'] });
    await retail.getByText('Plans are on').first().waitFor();
  }, 60_000);

  it('says line by line what is wrong with a file, and reads it when it is right', async () => {
    await desk.open();
    await desk.button('New template').click();
    await desk.button('From a file').click();
    desk.refusals = 1;
    const field = desk.frame.getByLabel('Template file (JSON)');
    const file = (text: string) => ({
      name: 'a.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    await field.setInputFiles(file('{\n  "name": 1\n}'));
    await desk.frame.getByText('Line 2, column').first().waitFor();
    await desk.shown.page.waitForTimeout(100);
    const [download] = await Promise.all([
      desk.shown.page.waitForEvent('download'),
      desk.button(/^Download file.*Quick sale/).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Quick sale.json');
    const text = await readFile(await download.path(), 'utf8');
    expect(JSON.parse(text)).toEqual(libraryTemplate('transactional', 'en'));
    await field.setInputFiles(file(exportTemplate(desk.kept).text));
    await desk.frame.getByRole('heading', { level: 1, name: 'Quick sale' }).waitFor();
  }, 60_000);

  it('retires a template only when asked twice', async () => {
    await desk.open();
    await desk.button(/^Retire.*Quick sale/).click();
    expect(desk.mock.kept.get(FIRST)?.retired).toBe(false);
    await desk.frame
      .getByRole('group', { name: /running plans go on/ })
      .getByRole('button', { name: 'Retire' })
      .click();
    await desk.frame.getByText('Retired: 1').waitFor();
  }, 60_000);

  it('shows a head everything and lets nothing be changed', async () => {
    const { boot } = stage.server.scene;
    stage.server.scene.boot = { ...boot, user: { ...boot.user, admin: false } };
    await desk.open();
    expect(await desk.frame.getByRole('button', { name: 'New template' }).count()).toBe(0);
    await desk.button(/^Look.*Quick sale/).click();
    await desk.card('Send the offer').click();
    expect(await desk.panel.getByLabel('What to do').isDisabled()).toBe(true);
    await desk.card('Send the offer').press('Delete');
    expect(await desk.frame.getByRole('button', { name: 'Publish…' }).count()).toBe(0);
    await desk.button('Try on a deal…').click();
    await desk.dialog.getByRole('button', { name: /Machine tools/ }).waitFor();
    expect(desk.written('PUT', /draft/)).toEqual([]);
  }, 60_000);
});
