import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axios from 'axios';
import type { InstallView } from '../../../src/features/embed/boot.view.js';
import type {
  ImportFaultView,
  LeftOutView,
  PublishedView,
  SavedDraftView,
  StageMapView,
  TemplatesView,
  TemplateView,
} from '../../../src/features/plans/templates.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown };
}

const BLANK = { from: 'blank', name: 'Новый', language: 'ru', pipelineId: 'D_0' };

describeOnEveryDatabase('test/medium/plans/templates', (open) => {
  let running: Running;
  let admin: WidgetPerson;
  let head: WidgetPerson;
  let seller: WidgetPerson;

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(40) });
    await settled(running);
    const users = running.portal.context.users().filter((user) => user.active);
    const departments = await running.database.query<{ head_id: string }>(
      'SELECT head_id FROM department WHERE head_id IS NOT NULL',
    );
    const heads = new Set(departments.map((row) => Number(row.head_id)));
    const idOf = (wanted: (user: (typeof users)[number]) => boolean) => users.find(wanted)?.id ?? 0;
    admin = await openFrame(
      running,
      idOf((user) => user.admin),
    );
    head = await openFrame(
      running,
      idOf((user) => !user.admin && heads.has(user.id)),
    );
    seller = await openFrame(
      running,
      idOf((user) => !user.admin && !heads.has(user.id)),
    );
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('begins a blank draft with the stages of the pipeline, and offers the library beside it', async () => {
    const template = await created(BLANK);
    const { data } = await admin.get<TemplatesView>('/api/templates');
    const pipeline = data.pipelines.find((each) => each.id === 'D_0');
    expect(template.body.stages.map((stage) => stage.name)).toEqual(
      pipeline?.stages.map((stage) => stage.name),
    );
    expect(template).toMatchObject({ isDraft: true, revision: 1, origin: null });
    expect(data.templates.find((card) => card.id === template.id)).toMatchObject({
      hasDraft: true,
      publishedVersion: null,
      openPlans: 0,
    });
    expect(data.library.map((card) => card.language)).toEqual(expect.arrayContaining(['ru', 'en']));
  });

  it('lets only one of two people save over the same revision', async () => {
    const { id, body } = await created(BLANK);
    const answers = await Promise.all(
      ['Первый', 'Второй'].map((name) =>
        admin.send<SavedDraftView>('PUT', `/api/templates/${id}/draft`, {
          body: { ...body, name },
          revision: 1,
        }),
      ),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find((answer) => answer.status === 200)?.data.revision).toBe(2);
  });

  it('keeps a faulty draft with its faults, and does not publish it', async () => {
    const { id, body } = await created({ from: 'library', key: 'transactional', language: 'ru' });
    const [first, ...others] = body.stages;
    const faulty = { ...body, stages: [{ ...first, name: '' }, ...others] };
    const saved = await admin.send<SavedDraftView>('PUT', `/api/templates/${id}/draft`, {
      body: faulty,
      revision: 1,
    });
    expect(saved.data.faults).toContainEqual(
      expect.objectContaining({ level: 'error', stageKey: first?.key, stepKey: null, field: 'name' }),
    );
    const refused = await admin.post<Refusal>(`/api/templates/${id}/publish`, { revision: 2 });
    expect([refused.status, refused.data.error.code]).toEqual([422, 'template-faulty']);
    expect(refused.data.error.details).toEqual(saved.data.faults);
  });

  it('publishes what was looked at, begins the next draft over it, and never changes what is published', async () => {
    const { id, body } = await created({ from: 'library', key: 'transactional', language: 'ru' });
    expect((await admin.post(`/api/templates/${id}/publish`, { revision: 7 })).status).toBe(409);
    const published = await admin.post<PublishedView>(`/api/templates/${id}/publish`, { revision: 1 });
    expect(published.data).toEqual({ version: 1, plansBehind: 0 });
    const after = (await admin.get<TemplateView>(`/api/templates/${id}`)).data;
    expect(after).toMatchObject({ isDraft: false, revision: 0 });
    const next = { body: { ...body, name: 'Вторая редакция' }, revision: 0 };
    expect((await admin.send('PUT', `/api/templates/${id}/draft`, next)).status).toBe(200);
    expect((await admin.get<TemplateView>(`/api/templates/${id}`)).data.versions).toMatchObject([
      { version: 2, state: 'draft' },
      { version: 1, state: 'published' },
    ]);
    const change = `UPDATE plan_template_version SET body = '{}' WHERE template_id = $1::uuid AND version = 1`;
    await expect(running.database.query(change, [id])).rejects.toThrow('never changes');
    expect((await admin.send('DELETE', `/api/templates/${id}/draft`)).status).toBe(204);
    expect((await admin.get<TemplateView>(`/api/templates/${id}`)).data.body.name).toBe(body.name);
    expect((await admin.send('DELETE', `/api/templates/${id}`)).status).toBe(409);
  });

  it('plans a pipeline by the account’s own template, and does not retire it meanwhile', async () => {
    const { id } = await created({ from: 'library', key: 'transactional', language: 'ru' });
    await admin.post(`/api/templates/${id}/publish`, { revision: 1 });
    const on = { templateId: id, language: 'ru', existingDeals: false };
    const { data } = await admin.post<InstallView>('/api/pipelines/D_0/template', on);
    expect(data.pipelines.find((each) => each.id === 'D_0')?.plan?.templateId).toBe(id);
    expect((await admin.post(`/api/templates/${id}/retire`)).status).toBe(409);
    await admin.send('DELETE', '/api/pipelines/D_0/template');
    expect((await admin.post(`/api/templates/${id}/retire`)).status).toBe(204);
    const refused = await admin.post('/api/pipelines/D_0/template', on);
    expect(refused.status).toBe(404);
    const card = (await admin.get<TemplatesView>('/api/templates')).data.templates.find(
      (one) => one.id === id,
    );
    expect(card?.retired).toBe(true);
  });

  it('shows and keeps the stage map before plans are switched on, and carries it into the next version', async () => {
    const { id, body } = await created({ from: 'library', key: 'transactional', language: 'ru' });
    const url = `/api/pipelines/D_0/stage-map?templateId=${id}`;
    const before = (await admin.get<StageMapView>(url)).data;
    const [entry] = before.map.entries;
    const stageKeys = [before.templateStages[1]?.key ?? ''];
    const entries = before.map.entries.map((each) =>
      each.pipelineStageId === entry?.pipelineStageId ? { ...each, stageKeys } : each,
    );
    const saved = await admin.send<StageMapView>('PUT', url, { map: { entries } });
    expect(saved.data.map.entries[0]).toMatchObject({ stageKeys, match: 'manual', confidence: 1 });
    expect(saved.data.map.entries.filter((each) => each.match === 'manual')).toHaveLength(1);
    await admin.post(`/api/templates/${id}/publish`, { revision: 1 });
    await admin.send('PUT', `/api/templates/${id}/draft`, { body: { ...body, name: 'Ещё' }, revision: 0 });
    await admin.post(`/api/templates/${id}/publish`, { revision: 1 });
    const carried = (await admin.get<StageMapView>(url)).data;
    expect(carried.map.entries[0]).toMatchObject({ stageKeys, match: 'manual' });
    const wrong = { map: { entries: [{ pipelineStageId: entry?.pipelineStageId, stageKeys: ['ghost'] }] } };
    expect((await admin.send('PUT', url, wrong)).status).toBe(422);
  });

  it('exports a version as a file and reads it back, and tells line and column of a wrong one', async () => {
    const { id, body } = await created({ from: 'library', key: 'transactional', language: 'en' });
    const file = await admin.get<{ $schema: string }>(`/api/templates/${id}/versions/1/export`);
    expect(file.headers['content-disposition']).toContain('attachment');
    const { $schema } = file.data;
    expect($schema).toBe(`${running.url}/schemas/template-1.json`);
    const schema = await axios.get<object>($schema);
    expect(schema.headers['content-type']).toContain('application/schema+json');
    expect(schema.data).toEqual(JSON.parse(await readFile('docs/schemas/template-1.json', 'utf8')));
    const text = JSON.stringify(file.data, null, 2);
    expect((await created({ from: 'file', text })).body).toEqual(body);
    const wrong = text.replace('"durationMinutes": ', '"durationMinutes": -');
    const refused = await admin.post<Refusal>('/api/templates', { from: 'file', text: wrong });
    expect(refused.status).toBe(422);
    const [fault] = refused.data.error.details as ImportFaultView[];
    expect(text.split('\n')[(fault?.line ?? 0) - 1]).toContain('durationMinutes');
  });

  it('says what of a version no other account would understand', async () => {
    const { id, body } = await created({ from: 'library', key: 'transactional', language: 'en' });
    const [stage, ...others] = body.stages;
    const [step, ...rest] = stage?.steps ?? [];
    if (!stage || !step) throw new Error('the template has no step');
    const named = { ...step, owner: { kind: 'user', userId: '1' } };
    const changed = { ...body, stages: [{ ...stage, steps: [named, ...rest] }, ...others] };
    await admin.send('PUT', `/api/templates/${id}/draft`, { body: changed, revision: 1 });
    expect((await admin.post(`/api/templates/${id}/publish`, { revision: 2 })).status).toBe(200);
    const { data } = await admin.get<LeftOutView>(`/api/templates/${id}/versions/1/left-out`);
    expect(data.leftOut).toMatchObject([{ stepTitle: step.title }]);
    expect(data.leftOut[0]?.message).toContain('поимённо');
    expect((await seller.get(`/api/templates/${id}/versions/1/left-out`)).status).toBe(403);
  });

  it('drafts a template from the account’s own won deals, and says what it rests on', async () => {
    const { body, origin } = await created({ from: 'suggested', pipelineId: 'D_0' });
    expect(origin).toMatch(/выигранных сделок \d+/u);
    expect(
      body.stages.filter((stage) => stage.kind === 'open').every((stage) => stage.steps.length > 0),
    ).toBe(true);
  });

  it('lets heads read and sellers do nothing, and only administrators write', async () => {
    const { id, body } = await created(BLANK);
    const reading = [
      '/api/templates',
      `/api/templates/${id}`,
      `/api/pipelines/D_0/stage-map?templateId=${id}`,
    ];
    for (const url of reading) {
      expect([url, (await head.get(url)).status]).toEqual([url, 200]);
      expect([url, (await seller.get(url)).status]).toEqual([url, 403]);
    }
    for (const person of [head, seller]) {
      const answers = [
        await person.post('/api/templates', BLANK),
        await person.send('PUT', `/api/templates/${id}/draft`, { body, revision: 1 }),
        await person.send('DELETE', `/api/templates/${id}/draft`),
        await person.send('DELETE', `/api/templates/${id}`),
        await person.post(`/api/templates/${id}/publish`, { revision: 1 }),
        await person.post(`/api/templates/${id}/retire`),
        await person.send('PUT', `/api/pipelines/D_0/stage-map?templateId=${id}`, { map: { entries: [] } }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 403));
    }
  });

  it('writes down who did what to a template', async () => {
    const rows = await running.database.query<{ action: string; actor: string }>(
      `SELECT DISTINCT action, actor FROM audit_log WHERE action LIKE 'template.%'`,
    );
    expect(new Set(rows.map((row) => row.action))).toEqual(
      new Set(
        ['created', 'saved', 'published', 'retired', 'draftDropped', 'stagesMapped'].map(
          (one) => `template.${one}`,
        ),
      ),
    );
    expect(rows.every((row) => row.actor !== 'system')).toBe(true);
  });

  async function created(order: object): Promise<TemplateView> {
    const answer = await admin.post<TemplateView>('/api/templates', order);
    expect([answer.status, answer.data]).toEqual([201, expect.anything()]);
    return answer.data;
  }
});
