import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';
import { TemplateDesk } from './template-desk.js';
import { FIRST } from './mock-templates.js';

describe('test/e2e/widget/templates', () => {
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

  it('moves steps by keys, by buttons and by the mouse, and takes every move back', async () => {
    await desk.openEditor();
    await desk.card('Find out what the client needs').press('Alt+ArrowDown');
    await desk.card('Find out what the client needs').press('Alt+ArrowRight');
    await desk.keptBy(
      () => desk.stepsOf('offer').at(-1) === 'Find out what the client needs',
      'the move by keys',
    );
    expect(await desk.frame.evaluate('document.activeElement.id')).toBe('open-need');
    await desk.card('Find out what the client needs').press('Control+z');
    await desk.card('Find out what the client needs').press('Control+z');
    await desk.keptBy(
      () => desk.stepsOf('contact')[0] === 'Find out what the client needs',
      'both taken back',
    );
    await desk.button('Redo').click();
    await desk.keptBy(
      () => desk.stepsOf('contact')[1] === 'Find out what the client needs',
      'one done again',
    );

    await desk.card('Find out what the client needs').click();
    await desk.panel.getByRole('button', { name: 'Up', exact: true }).click();
    await desk.panel.getByRole('combobox', { name: 'Stage', exact: true }).selectOption('payment');
    await desk.keptBy(
      () => desk.stepsOf('payment').at(-1) === 'Find out what the client needs',
      'the chosen stage',
    );

    await desk.panel.getByRole('button', { name: 'Close' }).click();
    await desk.card('Find out what the client needs').dragTo(desk.card('Call about the new request'));
    await desk.keptBy(() => desk.stepsOf('new')[0] === 'Find out what the client needs', 'the drop');
    await desk.frame.locator('.tpl-stage-head').nth(1).dragTo(desk.frame.locator('.tpl-stage-head').nth(0));
    await desk.keptBy(() => desk.kept.stages[0]?.key === 'contact', 'the dropped stage');
  }, 90_000);

  it('brings back what was deleted, with everything that waited for it', async () => {
    await desk.openEditor();
    await desk.card('Call and hear the decision').press('Delete');
    await desk.keptBy(() => desk.step('doubts').condition === undefined, 'the step gone');
    expect(await desk.frame.evaluate('document.activeElement.textContent.trim()')).toBe('Bring it back');
    await desk.button('Bring it back').click();
    await desk.keptBy(() => desk.step('doubts').condition !== undefined, 'the step back');
    expect(desk.step('doubts').prerequisites).toEqual(['offer-answer']);
  }, 60_000);

  it('lets every rule of a step be set in plain words', async () => {
    await desk.openEditor();
    await desk.card('Find out what the client needs').click();
    await desk.panel.getByLabel('What to do').fill('Learn the need');
    await desk.part('Who does it');
    await desk.panel.getByLabel('Who does it').selectOption('user');
    await desk.panel.getByLabel('Which person').selectOption({ label: 'Anna Lebedeva' });
    await desk.panel.getByLabel('Minutes it takes').fill('25');
    await desk.part('Deadline');
    await desk.panel.getByLabel('How long').fill('2');
    await desk.panel.getByLabel('By what hour').fill('10:00');
    await desk.panel.getByRole('combobox', { name: 'Counted from' }).selectOption('stepEnd');
    await desk.panel.getByRole('combobox', { name: 'Which step' }).selectOption('first-contact');
    await desk.part('Result');
    await desk.panel.getByLabel('What to write down when the step is done').selectOption('choice');
    await desk.panel.getByLabel('Answer 2').fill('Not ours');
    await desk.part('When the step is needed');
    await desk.panel.getByRole('button', { name: 'Add a condition' }).click();
    await desk.panel.getByLabel('What to compare with').fill('50 000');
    await desk.panel.getByRole('button', { name: 'Another condition' }).click();
    await desk.panel.getByLabel('Condition 2: what to check').selectOption('step first-contact');
    await desk.panel.getByLabel('The step is needed when').selectOption('any');
    await desk.part('After which steps');
    await desk.panel.getByLabel('Begin after the step').selectOption('call-back');
    await desk.part('Tries');
    await desk.panel.getByLabel('Try several times').check();
    await desk.panel.getByLabel('How many tries').fill('4');
    await desk.part('When the deal leaves the stage');
    await desk.panel.getByLabel('The deal has come back').selectOption('newPass');
    await desk.part('Hand-over');
    await desk.panel.getByLabel('After this step somebody else').check();
    await desk.keptBy(() => desk.step('need').handOver !== undefined, 'every rule');
    expect(desk.step('need')).toMatchObject({
      title: 'Learn the need',
      owner: { kind: 'user', userId: '5' },
      durationMinutes: 25,
      offset: {
        anchor: { from: 'stepEnd', stepKey: 'first-contact' },
        amount: 2,
        unit: 'workingDays',
        timeOfDay: '10:00',
      },
      result: { kind: 'choice', choices: [{ name: 'Yes' }, { name: 'Not ours' }] },
      condition: {
        kind: 'any',
        of: [
          { kind: 'field', field: 'amount', is: 'atLeast', values: [50_000] },
          { kind: 'step', stepKey: 'first-contact', is: 'result' },
        ],
      },
      prerequisites: ['call-back'],
      repeat: { attempts: 4 },
      reentry: 'newPass',
      handOver: { mode: 'atOnce' },
    });
    await desk
      .card('Learn the need')
      .getByText('2 working days after “Call about the new request”, by 10:00')
      .waitFor();
    await desk.panel.press('Escape');
    await until(async () => (await desk.frame.evaluate('document.activeElement.id')) === 'open-need', {
      what: 'the focus on the step',
    });
  }, 90_000);

  it('says at its place and in a list what keeps the template from being published', async () => {
    await desk.openEditor();
    await desk.card('Send the offer').click();
    await desk.panel.getByLabel('What to do').fill('');
    const list = desk.frame.locator('.tpl-faults').filter({ hasText: 'Keeps it from being published: 1' });
    await list.waitFor();
    expect(await desk.panel.getByLabel('What to do').getAttribute('aria-invalid')).toBe('true');
    expect(await desk.button('Publish…').isDisabled()).toBe(true);
    await desk.frame.locator('.tpl-step').getByText('1 error').waitFor();
    await desk.panel.getByRole('button', { name: 'Close' }).click();
    await list.getByRole('button', { name: 'Unnamed step' }).click();
    await desk.panel.getByLabel('What to do').fill('Send it');
    await list.waitFor({ state: 'detached' });
    await desk.saved();
    expect(await desk.button('Publish…').isDisabled()).toBe(false);
  }, 60_000);

  it('names what another administrator changed, and lets one decide whose version stays', async () => {
    await desk.openEditor();
    desk.mock.saveBehind(FIRST, (body) => ({
      ...body,
      name: 'Quicker sale',
      stages: body.stages.filter((one) => one.key !== 'contact'),
    }));
    desk.refusals = 1;
    const field = desk.frame.getByLabel('New step of “New request”');
    await field.fill('Mine');
    await field.press('Enter');
    await desk.frame.getByText('Another administrator changed this template meanwhile').waitFor();
    await desk.frame.getByText(/^It lacks: .*Contacted/).waitFor();
    await desk.frame.getByText('Other settings of the template').waitFor();
    expect(desk.stepsOf('new')).not.toContain('Mine');
    await desk.button('Keep mine').click();
    await desk.keptBy(() => desk.stepsOf('new').includes('Mine'), 'own work');
    expect(desk.kept.stages).toHaveLength(6);
  }, 60_000);

  it('takes the other version when asked to', async () => {
    await desk.openEditor();
    desk.mock.saveBehind(FIRST, (body) => ({ ...body, name: 'Quicker sale' }));
    desk.refusals = 1;
    await desk.frame.getByLabel('New stage').fill('Mine');
    await desk.frame.getByLabel('New stage').press('Enter');
    await desk.button('Take that version').click();
    await desk.frame.getByRole('heading', { level: 1, name: 'Quicker sale' }).waitFor();
    await desk.saved();
    expect(desk.kept.stages).toHaveLength(6);
  }, 60_000);

  it('keeps the work when the server is away, and saves it when asked again', async () => {
    await desk.openEditor();
    stage.server.scene.writeErrors = [{ status: 413, code: 'too-large', message: 'Too large.' }];
    desk.refusals = 1;
    await desk.frame.getByLabel('New stage').fill('Kept');
    await desk.frame.getByLabel('New stage').press('Enter');
    await desk.frame.getByText('Not saved', { exact: true }).waitFor();
    await desk.button('Try again').click();
    await desk.keptBy(() => desk.kept.stages.some((one) => one.name === 'Kept'), 'the second try');
  }, 60_000);

  it.each([
    { width: 320, theme: 'dark' },
    { width: 1200, theme: 'light' },
  ] as const)(
    'reads well for everybody in the editor at $width px, $theme',
    async (look) => {
      await desk.openEditor(look);
      const sound = async (): Promise<void> => {
        expect(await stumblings(desk.frame)).toEqual([]);
        expect(
          await desk.frame.evaluate('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        const small = await desk.frame
          .evaluate(`[...document.querySelectorAll('main button, main select, main summary, main label.choice')]
        .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 32)`);
        expect(small).toEqual([]);
      };
      await sound();
      if (look.width === 320) await desk.frame.getByRole('button', { name: 'Steps of “Offer sent”' }).click();
      await desk.frame.locator('#open-doubts').click();
      await desk.panel.waitFor();
      await desk.frame.evaluate(
        `document.querySelectorAll('.tpl-part').forEach((one) => { one.open = true; })`,
      );
      await sound();
      await desk.panel.getByRole('button', { name: 'Close' }).click();
      await desk.frame.locator('#open-offer').click();
      await sound();
      await desk.button('Template settings').click();
      await sound();
    },
    60_000,
  );
});
