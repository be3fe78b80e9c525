import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CatalogueView } from '../../../src/features/company/company.view.js';
import type { TemplateView } from '../../../src/features/plans/templates.view.js';
import { startCompanyWorld, type CompanyWorld } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';

describeOnEveryDatabase('test/medium/company/product-funnels', (open) => {
  let world: CompanyWorld;

  beforeAll(async () => {
    world = await startCompanyWorld(await open());
  }, 120_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('plans a deal by the funnel of its product, and the other deals by the pipeline’s', async () => {
    const { admin, running } = world;
    const made = await admin.post<TemplateView>('/api/templates', {
      from: 'library',
      key: 'b2b-twelve-status',
      language: 'ru',
    });
    const { id: templateId, revision } = made.data;
    expect((await admin.post(`/api/templates/${templateId}/publish`, { revision })).status).toBe(200);
    const { data: before } = await admin.get<CatalogueView>('/api/company/catalogue');
    expect(before.templates.map((template) => template.id)).toContain(templateId);
    const product = { name: 'Консалтинг', description: '', managerId: null, audience: null, templateId };
    const saved = await admin.send<CatalogueView>('put', '/api/company/catalogue', {
      revision: 0,
      products: [product],
      audiences: [],
      segments: [],
    });
    expect(saved.status).toBe(200);
    const [deal] = await running.database.query<{ deal_id: string }>(
      `UPDATE deal SET product_ids = ARRAY[$1::text] WHERE deal_id = (SELECT deal_id FROM deal
         WHERE pipeline_id = 'D_0' AND stage_kind = 'open' ORDER BY deal_id LIMIT 1) RETURNING deal_id`,
      [saved.data.products[0]?.id ?? ''],
    );
    const on = { templateKey: 'transactional', language: 'ru', existingDeals: true };
    expect((await admin.post('/api/pipelines/D_0/template', on)).status).toBe(200);
    await until(async () => (await plans()).length > 1, { what: 'plans of the open deals' });
    const templates = new Map((await plans()).map((plan) => [plan.deal_id, plan.template_id]));
    expect(templates.get(deal?.deal_id ?? '')).toBe(templateId);
    templates.delete(deal?.deal_id ?? '');
    expect([...templates.values()]).not.toContain(templateId);
  });

  function plans(): Promise<readonly { deal_id: string; template_id: string }[]> {
    return world.running.database.query('SELECT deal_id, template_id FROM plan');
  }
});
