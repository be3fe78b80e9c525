import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PortalOptions } from './fake-portal.js';
import { installView } from './fixtures.js';
import { dayRoutes, itemOf } from './mock-day.js';
import { homeView } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const installer: PortalOptions = { placement: 'DEFAULT', place: 'install', install: true, fixedHeight: 900 };

describe('test/e2e/widget/install', () => {
  let stage: StageSet;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'install'));
  }, 120_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    Object.assign(stage.server.scene, sceneOf('en', 'install'));
    stage.server.heard.length = 0;
  });

  const commands = (): readonly unknown[] =>
    stage.server.heard
      .filter((call) => call.method !== 'GET')
      .map((call) => [call.method, call.path, call.body]);

  function isReady(): void {
    stage.server.scene.install = installView('en', Date.now(), 'ready');
  }

  async function opened(options: PortalOptions = installer): Promise<Shown> {
    const shown = await stage.open({}, options);
    await shown.frame.getByRole('heading', { level: 1 }).waitFor();
    return shown;
  }

  it('connects, switches plans on, stops the bulk launch and finishes', async () => {
    const shown = await opened();
    await shown.frame.getByText('Until you switch plans on, nothing is written to your CRM').waitFor();
    expect(await shown.frame.getByRole('button', { name: 'Finish the installation' }).isDisabled()).toBe(
      true,
    );
    await shown.frame.getByRole('button', { name: 'Connect', exact: true }).click();
    await shown.frame.getByText('Plan in the card and automation').waitFor();
    stage.server.scene.install = installView('en', Date.now(), 'copying');
    await shown.frame.getByText('3,120 of 8,800 · 413 per second · 2 min left').waitFor({ timeout: 4_000 });

    const pipeline = shown.frame.getByRole('region', { name: 'Financial consulting' });
    await pipeline.getByText('What the plan contains').click();
    await pipeline.getByText('Call and arrange a meeting').first().waitFor();
    await pipeline.getByRole('combobox').selectOption('transactional/en');
    await pipeline.getByText('3 stages, 3 steps').waitFor();
    await pipeline.getByRole('button', { name: 'Switch plans on' }).click();
    await pipeline.getByText('640 of 2,089').waitFor();
    await pipeline.getByText('How the pipeline').click();
    await pipeline.getByRole('row', { name: 'First contact First contact' }).waitFor();
    await pipeline.getByRole('button', { name: 'Stop' }).click();
    await pipeline.getByText('Stopped: the plans created so far stay at work.').waitFor();

    await shown.frame.getByRole('button', { name: 'Finish the installation' }).click();
    await shown.page.waitForFunction('window.__finished === true');
    await shown.frame.getByText('The installation is finished').waitFor();
    expect(commands()).toEqual([
      ['POST', '/api/install', {}],
      [
        'POST',
        '/api/pipelines/0/template',
        { templateKey: 'transactional', language: 'en', existingDeals: true },
      ],
      ['POST', '/api/progress/b1/stop', {}],
      ['POST', '/api/install/finished', {}],
    ]);
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('switches plans off again, and closes running ones only when told', async () => {
    isReady();
    const shown = await opened();
    const pipeline = shown.frame.getByRole('region', { name: 'Retail' });
    await pipeline.getByLabel('Create plans for the open deals').uncheck();
    await pipeline.getByRole('button', { name: 'Switch plans on' }).click();
    await pipeline.locator('summary', { hasText: 'Switch plans off' }).click();
    await pipeline.getByRole('button', { name: 'Switch plans off' }).click();
    await pipeline.getByText('Plans are off').waitFor();
    expect(commands()).toEqual([
      [
        'POST',
        '/api/pipelines/1/template',
        { templateKey: 'b2b-twelve-status', language: 'en', existingDeals: false },
      ],
      ['DELETE', '/api/pipelines/1/template', {}],
    ]);
    await shown.close();
  });

  it('shows how the stages will lie on the template before plans are on, and takes a correction', async () => {
    isReady();
    const stages = ['first', 'second'].map((key) => ({ key, name: `The ${key} one` }));
    const entries = [{ pipelineStageId: '1:0', stageKeys: ['first'], match: 'name', confidence: 1 }];
    const view = { pipelineId: '1', templateId: 't', templateStages: stages };
    stage.server.scene.routes = {
      'GET /api/pipelines/:id/stage-map': () => ({ ...view, map: { entries } }),
      'PUT /api/pipelines/:id/stage-map': ({ body }) => ({ ...view, ...(body as object) }),
    };
    const shown = await opened();
    const pipeline = shown.frame.getByRole('region', { name: 'Retail' });
    await pipeline.getByText('How the pipeline’s stages will lie').click();
    const choice = pipeline.getByLabel("Template's stage: First contact");
    await choice.selectOption('The second one');
    await pipeline.getByText('Saved: plans will follow this.').waitFor();
    expect(await choice.inputValue()).toBe('second');
    expect(commands()).toEqual([
      [
        'PUT',
        '/api/pipelines/1/stage-map?templateKey=b2b-twelve-status&language=en',
        { map: { entries: [{ pipelineStageId: '1:0', stageKeys: ['second'] }] } },
      ],
    ]);
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('says under the button why a command was refused', async () => {
    stage.server.scene.writeErrors = [
      { status: 403, code: 'scope-missing', message: 'The portal did not grant "task".' },
    ];
    const shown = await opened();
    await shown.frame.getByRole('button', { name: 'Connect', exact: true }).click();
    await shown.frame.getByRole('alert').getByText('The portal did not grant "task".').waitFor();
    await shown.close();
  });

  it('survives the first run, which the portal may leave unanswered', async () => {
    isReady();
    const shown = await opened({ ...installer, firstRun: true, silent: ['setInstall'] });
    await shown.frame.getByRole('button', { name: 'Finish the installation' }).click();
    await shown.frame.getByText('The CRM did not answer').waitFor({ timeout: 15_000 });
    await shown.close();
  }, 30_000);

  it('leads from the own day to the settings and back, and to a deal', async () => {
    Object.assign(stage.server.scene, sceneOf('en', 'home'));
    stage.server.scene.home = homeView('en', Date.now());
    stage.server.scene.routes = dayRoutes('en', Date.now(), {
      items: [itemOf('50')],
      advice: [],
      prompts: [],
    });
    stage.server.scene.boot = { ...stage.server.scene.boot, installing: false };
    isReady();
    const shown = await opened({ placement: 'DEFAULT', fixedHeight: 900 });
    await shown.frame.getByRole('link', { name: 'Client 50' }).first().click();
    await shown.page.waitForFunction('window.__sliders.length === 1');
    expect(await shown.page.evaluate('window.__sliders[0].path')).toContain('/crm/deal/details/50/');
    await shown.frame.getByRole('button', { name: 'Settings and pipelines' }).click();
    await shown.frame.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await shown.frame.evaluate('document.activeElement.tagName')).toBe('H1');
    await shown.frame.getByRole('button', { name: 'Back' }).click();
    await shown.frame.getByRole('heading', { name: 'My day' }).waitFor();
    expect(await shown.frame.evaluate('window.__hacked')).toBeUndefined();
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('lists what was given up and gives it another try', async () => {
    isReady();
    stage.server.scene.boot = { ...stage.server.scene.boot, installing: false };
    stage.server.scene.letters = [
      {
        id: '7',
        source: 'outbox',
        subject: 'step K',
        reason: 'ACCESS_DENIED',
        attempts: 5,
        at: new Date().toISOString(),
      },
    ];
    const shown = await opened({ placement: 'DEFAULT', fixedHeight: 900 });
    await shown.frame.getByText('ACCESS_DENIED · 5 tries').waitFor();
    await shown.frame.getByRole('button', { name: 'Repeat: step K' }).click();
    await shown.frame.getByText('What could not be processed').waitFor({ state: 'detached' });
    expect(commands()).toEqual([['POST', '/api/dead-letters/7/redrive', {}]]);
    await shown.close();
  });
});
