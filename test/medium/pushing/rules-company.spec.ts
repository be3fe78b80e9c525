import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CatalogueView } from '../../../src/features/company/company.view.js';
import type {
  AlertsView,
  RuleDryRunView,
  RulesView,
  RuleView,
} from '../../../src/features/pushing/pushing.view.js';
import { CompanyStructures } from '../../../src/mirror/index.js';
import { HEAD } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { startRulesWorld, WAIT, type RulesWorld } from '../../support/rules-world.js';
import { until } from '../../support/until.js';

describeOnEveryDatabase('test/medium/pushing/rules-company', (open) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await startRulesWorld(await open());
  }, 180_000);

  afterAll(() => world?.stop());

  it('finds sellers without a single open deal, in the funnel that they sold in, and nobody who left', async () => {
    const [idle] = await world.database.query<{ user_id: string; deal_id: string; pipeline_id: string }>(
      `WITH one AS (SELECT u.user_id FROM host_user u WHERE u.account_id = $1::uuid AND u.active AND NOT u.admin
           AND u.user_id <> $2 AND EXISTS (SELECT 1 FROM deal d WHERE d.account_id = $1::uuid AND d.owner_id = u.user_id)
           AND EXISTS (SELECT 1 FROM department p WHERE p.account_id = $1::uuid AND p.department_id = ANY(u.department_ids)
             AND p.head_id IS NOT NULL AND p.head_id <> u.user_id) ORDER BY u.user_id LIMIT 1),
         closed AS (UPDATE deal d SET stage_kind = 'won', stage_since = now() - interval '3 days' FROM one
           WHERE d.account_id = $1::uuid AND d.owner_id = one.user_id RETURNING d.owner_id, d.deal_id, d.pipeline_id)
       SELECT owner_id AS user_id, deal_id, pipeline_id FROM closed LIMIT 1`,
      [world.accountId, world.sellerId],
    );
    if (!idle) throw new Error('nobody but the seller has a deal');
    await world.database.query(`DELETE FROM deal_pulse WHERE account_id = $1::uuid AND owner_id = $2`, [
      world.accountId,
      idle.user_id,
    ]);
    for (const kind of ['topEmpty', 'tooFewNearClosing'])
      await world.changed(kind, {
        on: true,
        parameters: kind === 'topEmpty' ? { count: 1 } : { share: 0.01 },
      });
    await forgetDay();
    await world.round();
    const found = await world.database.query<{ kind: string; facts: object; state: string }>(
      `SELECT kind, facts, state FROM alert WHERE account_id = $1::uuid AND subject = $2 AND deal_id IS NULL
         AND state = 'open' AND kind IN ('topEmpty', 'tooFewNearClosing') ORDER BY kind`,
      [world.accountId, idle.user_id],
    );
    expect(found.map(({ kind, facts }) => [kind, facts])).toEqual([
      ['tooFewNearClosing', { near: 0, open: 0 }],
      ['topEmpty', { first: 0, open: 0 }],
    ]);
    const { data } = await world.admin.get<AlertsView>(
      `/api/alerts?ruleKeys=topEmpty&sellerIds=${idle.user_id}`,
    );
    expect(data.alerts.map((alert) => alert.text)).toEqual([
      'Открытых сделок нет вовсе: ищите новых клиентов.',
    ]);
    await world.database.query(
      `UPDATE host_user SET active = false WHERE account_id = $1::uuid AND user_id = $2`,
      [world.accountId, idle.user_id],
    );
    await world.running.app.get(CompanyStructures, { strict: false }).now(world.accountId);
    await forgetDay();
    await world.round();
    const left = await world.database.query(
      `SELECT 1 FROM alert WHERE account_id = $1::uuid AND subject = $2 AND state = 'open' AND deal_id IS NULL`,
      [world.accountId, idle.user_id],
    );
    expect(left).toEqual([]);
    for (const kind of ['topEmpty', 'tooFewNearClosing']) await world.changed(kind, { on: false });
  });

  async function forgetDay(): Promise<void> {
    await world.database.query('DELETE FROM control_check WHERE account_id = $1::uuid', [world.accountId]);
  }

  it('judges a rule by alerts that had their time only, with the interval, and says when there are too few', async () => {
    const put = (state: string, ageDays: number, count: number, moved: boolean): Promise<unknown> =>
      world.database.query(
        `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state, acted_at, moved_at)
         SELECT $1::uuid, gen_random_uuid(), 'nextStepTooFar', 'nextStepTooFar', 'was-' || n, $2, 'judged', t.at, '{}', $3,
           CASE WHEN $5 THEN t.at + interval '1 hour' END, CASE WHEN $5 THEN t.at + interval '2 days' END
         FROM generate_series(1, $4::int) n, (SELECT now() - make_interval(days => $6::int) AS at) t`,
        [world.accountId, world.sellerId, state, count, moved, ageDays],
      );
    await put('over', 0, 50, false);
    const few = (await ruleOf('nextStepTooFar'))?.effect;
    expect(few).toMatchObject({ sent: 50, judgedByDay: 0, verdict: 'tooFew', lift: null });
    expect(few?.text).toContain('для выводов мало');
    await put('over', 10, 60, true);
    await put('over', 10, 40, false);
    await put('heldOut', 10, 10, true);
    await put('heldOut', 10, 50, false);
    await put('heldOut', 2, 70, false);
    const enough = (await ruleOf('nextStepTooFar'))?.effect;
    expect(enough).toMatchObject({
      sent: 150,
      judgedByDay: 100,
      actedWithinDay: 60,
      judgedByWeek: 100,
      movedWithinWeek: 60,
      heldOut: 60,
      movedWithinWeekHeldOut: 10,
      verdict: 'helps',
    });
    const { low = 0, points = 0, high = 0 } = enough?.lift ?? {};
    expect([points, 0 < low && low < points, points < high && high < 100]).toEqual([43, true, true]);
    expect(enough?.text).toMatch(
      /Правило помогает: разница \+43 пункта, с вероятностью 95 % от \+\d+ до \+\d+\./,
    );
    await world.database.query(`DELETE FROM alert WHERE account_id = $1::uuid AND episode = 'judged'`, [
      world.accountId,
    ]);
  });

  async function ruleOf(id: string): Promise<RuleView | undefined> {
    return (await world.head.get<RulesView>('/api/rules')).data.rules.find((rule) => rule.id === id);
  }

  it('keeps every part of a change, the hours too, and says lengths as people do', async () => {
    await world.changed('firstContactLate', { hours: 'always' });
    const back = await world.changed('firstContactLate', { hours: 'working' });
    expect(back.hours).toBe('working');
    expect(back.sentence).toBe('С новым клиентом не связались за 15 мин рабочего времени.');
    expect(back.toldTo).toContain('через 15 мин задача (продавец), через 15 мин узнает руководитель');
    const plan = await ruleOf('noPlanAfterAcceptance');
    expect(plan?.toldTo).toContain('через 1 ч 30 мин узнает руководитель');
  });

  it('tries a rule on the product managers of today’s products, and says what it cannot know', async () => {
    const only = { delivery: 'instant', recipients: ['productManager'] } as const;
    const first = await world.admin.post<RuleDryRunView>('/api/rules/idle/dry-run', only);
    expect((await ended(first.data.id)).result).toMatchObject({ alerts: 0, people: 0 });
    const path = '/api/company/catalogue';
    const { data: catalogue } = await world.admin.get<CatalogueView>(path);
    const product = catalogue.hostProducts[0];
    if (!product) throw new Error('the host sells nothing');
    await world.database.query(`UPDATE deal SET product_ids = ARRAY[$2] WHERE account_id = $1::uuid`, [
      world.accountId,
      product.id,
    ]);
    const { revision, audiences, segments } = catalogue;
    const own = { ...product, description: '', managerId: String(HEAD), audience: null, templateId: null };
    const saved = await world.admin.send('PUT', path, { revision, audiences, segments, products: [own] });
    expect(saved.status).toBe(200);
    const run = await world.admin.post<RuleDryRunView>('/api/rules/idle/dry-run', only);
    const { result } = await ended(run.data.id);
    const [head] = await world.database.query<{ name: string }>(
      `SELECT name FROM host_user WHERE account_id = $1::uuid AND user_id = $2`,
      [world.accountId, String(HEAD)],
    );
    expect(result?.alerts).toBeGreaterThan(10);
    expect(result?.examples.map((example) => example.toName)).toContain(head?.name);
    expect(result?.limits.join(' ')).toContain('Продакт-менеджеры взяты по нынешним товарам');
    const passed = await world.admin.post<RuleDryRunView>('/api/rules/clientDatePassed/dry-run');
    const without = await ended(passed.data.id);
    expect([without.state, without.result?.alerts]).toEqual(['done', 0]);
    expect(without.result?.limits.join(' ')).toContain('Поле с датой клиента не выбрано');
  });

  async function ended(runId: string): Promise<RuleDryRunView> {
    const look_ = async (): Promise<RuleDryRunView> =>
      (await world.admin.get<RuleDryRunView>(`/api/rules/dry-runs/${runId}`)).data;
    await until(async () => (await look_()).state !== 'running', { ...WAIT, what: 'the end of the dry run' });
    return look_();
  }
});
