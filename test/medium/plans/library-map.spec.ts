import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { InstallView } from '../../../src/features/embed/boot.view.js';
import type { StageMapView, TemplatesView } from '../../../src/features/plans/templates.view.js';
import { ADMIN, SELLER } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

const MAP = '/api/pipelines/D_1/stage-map?templateKey=transactional&language=ru';

describeOnEveryDatabase('test/medium/plans/library-map', (open) => {
  let running: Running;
  let admin: WidgetPerson;

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(20) });
    await settled(running);
    admin = await openFrame(running, ADMIN);
  }, 120_000);

  afterAll(() => running?.stop());

  it('shows how a library template would lie on a pipeline without copying it', async () => {
    const { status, data } = await admin.get<StageMapView>(MAP);
    expect(status).toBe(200);
    expect(data.map.entries.length).toBeGreaterThan(1);
    expect(data.templateStages.length).toBeGreaterThan(1);
    expect((await admin.get<TemplatesView>('/api/templates')).data.templates).toEqual([]);
  });

  it('refuses a template that the library lacks, and whoever is no administrator', async () => {
    const unknown = MAP.replace('transactional', 'no-such-template');
    expect((await admin.get(unknown)).status).toBe(404);
    expect((await admin.get(MAP.replace('language=ru', 'language=de'))).status).toBe(400);
    const seller = await openFrame(running, SELLER);
    expect((await seller.get(MAP)).status).toBe(403);
    expect((await seller.send('PUT', MAP, { map: { entries: [] } })).status).toBe(403);
  });

  it('keeps what was corrected when plans are switched on, with one copy of the template', async () => {
    const { data: before } = await admin.get<StageMapView>(MAP);
    const [first] = before.map.entries;
    const last = before.templateStages.at(-1);
    const entries = before.map.entries.map((entry) =>
      entry === first ? { ...entry, stageKeys: [last?.key ?? ''] } : entry,
    );
    const saved = await admin.send<StageMapView>('PUT', MAP, { map: { entries } });
    expect(saved.data.map.entries[0]).toMatchObject({ stageKeys: [last?.key], match: 'manual' });
    const order = { templateKey: 'transactional', language: 'ru', existingDeals: false };
    const { data: view } = await admin.post<InstallView>('/api/pipelines/D_1/template', order);
    const plan = view.pipelines.find((pipeline) => pipeline.id === 'D_1')?.plan;
    expect(plan?.stageNames[first?.pipelineStageId ?? '']).toBe(last?.name);
    expect(plan?.templateId).toBe(saved.data.templateId);
    expect((await admin.get<TemplatesView>('/api/templates')).data.templates).toHaveLength(1);
  });
});
