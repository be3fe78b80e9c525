import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { factsAt } from '../../../src/domain/pushing/past-facts.js';
import type { DealFacts } from '../../../src/domain/pushing/rule.types.js';
import { AlertRepository } from '../../../src/features/pushing/alert.repository.js';
import { ControlContexts } from '../../../src/features/pushing/control-context.service.js';
import { RuleHistoryRepository } from '../../../src/features/pushing/rule-history.repository.js';
import type {
  AlertsView,
  RuleDryRunView,
  RulesView,
  RuleView,
} from '../../../src/features/pushing/pushing.view.js';
import { ADMIN, HEAD } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { startRulesWorld, WAIT, type RulesWorld } from '../../support/rules-world.js';
import { until } from '../../support/until.js';

const NO_NORM = { normMs: null, stuckAfterMs: null, place: 0, openStages: 1 };

describeOnEveryDatabase('test/medium/pushing/rules', (open) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await startRulesWorld(await open());
  }, 180_000);

  afterAll(() => world?.stop());

  async function count(table: 'alert'): Promise<number> {
    const [row] = await world.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row?.n ?? 0;
  }

  it('shows every rule with its words; heads read, sellers do not, only administrators change', async () => {
    const { data } = await world.head.get<RulesView>('/api/rules');
    expect(data.rules).toHaveLength(18);
    expect(data.canEdit).toBe(false);
    for (const rule of data.rules) {
      expect([rule.id, rule.sentence.length > 5, /^Кому: |^Tells: /.test(rule.toldTo)]).toEqual([
        rule.id,
        true,
        true,
      ]);
    }
    expect(data.rules.filter((rule) => rule.on).map((rule) => rule.id)).toEqual(['putOffAgain']);
    expect(data.mail).toEqual({ configured: true, text: null });
    expect((await world.seller.get('/api/rules')).status).toBe(403);
    expect((await world.put('idle', { on: true }, world.head)).status).toBe(403);
    expect((await world.head.post('/api/rules/idle/dry-run')).status).toBe(403);
  });

  it('changes recipients, channels, escalation, hours and the budget, and says what is wrong with a change', async () => {
    const escalation = [{ after: 3, unit: 'workingHours', to: { userId: String(ADMIN) } }] as const;
    const rule = await world.changed('idle', {
      recipients: ['seller', 'productManager', { userId: String(HEAD) }],
      channels: ['host', 'mail'],
      hours: 'always',
      delivery: 'instant',
      escalation,
    });
    expect(rule).toMatchObject({
      channels: ['host', 'mail'],
      hours: 'always',
      delivery: 'instant',
      escalation,
    });
    expect(rule.toldTo).toContain('продакт-менеджер');
    const bad: readonly (readonly [object, string])[] = [
      [{ recipients: [] }, 'no-recipient'],
      [{ recipients: [{ userId: '99999' }] }, 'no-such-person'],
      [{ recipients: ['boss'] }, 'no-such-person'],
      [{ channels: [] }, 'no-channel'],
      [{ escalation: [{ after: 0, unit: 'workingHours', to: 'head' }] }, 'bad-escalation'],
      [{ escalation: [{ after: 1, unit: 'weeks', to: 'head' }] }, 'bad-escalation'],
      [{ escalation: ['head'] }, 'bad-escalation'],
      [{ parameters: { after: 1 } }, 'bad-parameter'],
    ];
    for (const [change, code] of bad) {
      const answer = await world.put('idle', change);
      expect([change, answer.status, answer.data.error?.code]).toEqual([change, 422, code]);
    }
    expect((await world.put('topEmpty', { recipients: ['productManager'] })).data.error?.code).toBe(
      'no-product',
    );
    expect((await world.put('nothing', { on: true })).status).toBe(404);
    expect((await world.put('idle', { hours: 'night' })).status).toBe(400);
    const settings = await world.admin.send<RulesView>('PUT', '/api/rules', {
      budgetPerDay: 7,
      heldOutShare: 0,
    });
    expect(settings.data).toMatchObject({ budgetPerDay: 7, heldOutShare: 0 });
    expect((await world.admin.send('PUT', '/api/rules', { budgetPerDay: 51 })).status).toBe(400);
    await world.changed('idle', {
      channels: ['host'],
      hours: 'working',
      recipients: ['seller'],
      delivery: 'digest',
    });
  });

  it('looks at sellers and pipelines once a day, keeps what is still so, and ends what is not', async () => {
    await world.changed('topEmpty', { on: true, parameters: { count: 1_000 } });
    await forgetDay();
    await world.round();
    const first = await world.database.query<{ alert_id: string; state: string }>(
      `SELECT alert_id, state FROM alert WHERE kind = 'topEmpty' ORDER BY alert_id`,
    );
    expect(first.length).toBeGreaterThan(2);
    await world.round();
    await forgetDay();
    await world.round();
    expect(
      await world.database.query(
        `SELECT alert_id, state FROM alert WHERE kind = 'topEmpty' ORDER BY alert_id`,
      ),
    ).toEqual(first);
    const shown = (await world.head.get<AlertsView>('/api/alerts')).data.alerts.filter(
      (one) => one.dealId === null,
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]?.dealTitle).toMatch(/, /);
    expect(
      (await world.seller.get<AlertsView>('/api/alerts')).data.alerts.some((one) => one.dealId === null),
    ).toBe(false);
    await world.changed('topEmpty', { parameters: { count: 1 }, recipients: ['head'] });
    await world.changed('sellerOverloaded', { on: true, parameters: { share: 0.5 } });
    await world.changed('tooFewNearClosing', { on: true, parameters: { share: 1 } });
    await world.database.query(`UPDATE deal_pulse SET stage_id = stage_id WHERE account_id = $1::uuid`, [
      world.accountId,
    ]);
    await forgetDay();
    await world.round();
    const over = await world.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM alert WHERE kind = 'topEmpty' AND state = 'over'`,
    );
    expect(over[0]?.n).toBeGreaterThan(0);
    for (const kind of ['topEmpty', 'sellerOverloaded', 'tooFewNearClosing'])
      await world.changed(kind, { on: false });
  });

  async function forgetDay(): Promise<void> {
    await world.database.query('DELETE FROM control_check WHERE account_id = $1::uuid', [world.accountId]);
  }

  it('puts a rule that nobody acts on into the digest, says so to those who can change it, and can be turned back', async () => {
    await world.changed('idle', { on: true, delivery: 'instant' });
    await world.database.query(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state)
       SELECT $1::uuid, gen_random_uuid(), 'idle', 'idle', 'gone-' || n, $2, 'old', now() - interval '3 days', '{}', 'over'
       FROM generate_series(1, 40) n`,
      [world.accountId, world.sellerId],
    );
    await world.database.query(
      `INSERT INTO alert_delivery (account_id, alert_id, level, user_id, delivery, sent_at, day)
       SELECT account_id, alert_id, 0, $2, 'instant', at, '2020-01-01' FROM alert WHERE account_id = $1::uuid AND episode = 'old'`,
      [world.accountId, world.sellerId],
    );
    await world.database.query(
      `UPDATE alert_rule SET saved_at = now() - interval '20 days' WHERE account_id = $1::uuid AND rule_id = 'idle'`,
      [world.accountId],
    );
    await forgetDay();
    await world.round();
    const demoted = (await ruleOf('idle')) ?? {};
    expect(demoted).toMatchObject({ on: true, delivery: 'digest', demotedAt: expect.any(String) });
    expect(demoted).toMatchObject({
      demotedWhy: expect.stringMatching(
        /правило само перешло в сводку: из 40 срочных сигналов за месяц отработали 0/,
      ),
    });
    const said = await world.database.query<{ user_id: string }>(
      `SELECT action ->> 'userId' AS user_id FROM outbox_action WHERE action ->> 'text' LIKE 'Правило «Сделкой не занимаются»%'`,
    );
    expect(said.map((row) => row.user_id)).toEqual(expect.arrayContaining([String(ADMIN), String(HEAD)]));
    const back = await world.changed('idle', { delivery: 'instant' });
    expect([back.delivery, back.demotedAt, back.demotedWhy]).toEqual(['instant', null, null]);
    await forgetDay();
    await world.round();
    expect((await ruleOf('idle'))?.delivery).toBe('instant');
    await world.changed('idle', { on: false, delivery: 'digest' });
  });

  async function ruleOf(id: string): Promise<RuleView | undefined> {
    return (await world.head.get<RulesView>('/api/rules')).data.rules.find((rule) => rule.id === id);
  }

  it('tries a rule on the last ninety days: numbers, people, the busiest day and examples that open', async () => {
    const before = await count('alert');
    const started = await world.admin.post<RuleDryRunView>('/api/rules/idle/dry-run', {
      delivery: 'instant',
    });
    expect(started.status).toBe(200);
    const view = await ended(started.data.id);
    const { result } = view;
    if (!result) throw new Error(`the run ended as ${view.state}`);
    expect(view.progress.done).toBe(view.progress.total);
    expect(result.alerts).toBeGreaterThan(10);
    expect(result.people).toBeGreaterThan(1);
    expect(result.withinBudget).toBeLessThanOrEqual(result.alerts);
    expect(result.busiest?.alerts).toBeGreaterThan(0);
    expect(result.examples.length).toBeGreaterThan(3);
    expect(result.examples.length).toBeLessThanOrEqual(20);
    for (const example of result.examples) {
      const at = Date.parse(example.at);
      expect([at >= Date.parse(result.from), at <= Date.parse(result.to)]).toEqual([true, true]);
      expect(example.dealPath).toMatch(/^\/crm\//);
      expect(example.text).toContain('Сделкой не занимаются');
    }
    expect(result.text).toContain(String(result.alerts));
    expect(result.limits.length).toBeGreaterThan(0);
    expect(await count('alert')).toBe(before);
    expect((await world.seller.get(`/api/rules/dry-runs/${started.data.id}`)).status).toBe(403);
    for (const key of [
      'topEmpty',
      'sellerOverloaded',
      'stepOverdue',
      'movedWithOpenSteps',
      'planEndsEarly',
    ]) {
      const run = await world.admin.post<RuleDryRunView>(`/api/rules/${key}/dry-run`);
      expect([key, (await ended(run.data.id)).state]).toEqual([key, 'done']);
    }
  });

  it('stands in a dry run on what the rounds stand on: at its end every open deal is as the pulses have it', async () => {
    const { database, accountId, running } = world;
    const part = <T>(type: abstract new (...parts: never[]) => T): T =>
      running.app.get<T>(type, { strict: false });
    await database.query(`UPDATE deal_pulse SET next_check_at = '-infinity' WHERE account_id = $1::uuid`, [
      accountId,
    ]);
    const now = Date.now();
    const live = await database.transaction((tx) => part(AlertRepository).due(tx, accountId, now, 1_000));
    const context = await part(ControlContexts).of(accountId);
    const { norms, plansSince } = await part(RuleHistoryRepository).norms(accountId);
    const field = context?.rules.fieldMap.clientDate ?? null;
    const span = { from: now - 90 * 86_400_000, to: now };
    const histories = await part(RuleHistoryRepository).page(accountId, span, field, {
      after: '',
      limit: 1_000,
    });
    const replayed = histories.map((history) =>
      factsAt(history, now, {
        plansSince: plansSince.get(history.pipelineId) ?? null,
        norm: (stageId) => norms.get(`${history.pipelineId}|${stageId}`) ?? NO_NORM,
        timeZone: 'Europe/Moscow',
      }),
    );
    const open = live.filter((facts) => facts.pulse.stageKind === 'open');
    expect(open.length).toBeGreaterThan(20);
    expect(open.filter((facts) => facts.pulse.plan !== null).length).toBeGreaterThan(10);
    const byDeal = new Map(replayed.map((facts) => [facts.pulse.dealId, shownBy(facts)]));
    expect(open.map((facts) => byDeal.get(facts.pulse.dealId))).toEqual(open.map(shownBy));
  });

  /** What rules decide by; touches are left out: rounds count those that they saw, the past knows more of them. */
  function shownBy({ pulse, leftOpen, putOff, plansOn, norm }: DealFacts) {
    const { dealId, stageId, stageSince, lastEvent, unsorted, acceptedAt, plan, waitingUntil, snoozedUntil } =
      pulse;
    return {
      ...{
        dealId,
        stageId,
        stageSince,
        lastEventAt: lastEvent.at,
        unsorted,
        acceptedAt,
        waitingUntil,
        snoozedUntil,
      },
      ...{ leftOpen, putOff, plansOn, norm },
      plan: plan && {
        ...{
          id: plan.planId,
          state: plan.state,
          dueAts: plan.dueAts,
          next: plan.nextStepId,
          ends: plan.endsEarly,
        },
      },
    };
  }

  async function ended(runId: string): Promise<RuleDryRunView> {
    const look_ = async (): Promise<RuleDryRunView> =>
      (await world.admin.get<RuleDryRunView>(`/api/rules/dry-runs/${runId}`)).data;
    await until(async () => (await look_()).state !== 'running', { ...WAIT, what: 'the end of the dry run' });
    return look_();
  }

  it('switches the day’s control on as a whole: rules, the ladder of the first contact, the day’s reports', async () => {
    const { data } = await world.admin.post<RulesView>('/api/rules/presets/dailyControl');
    expect(data.presets).toMatchObject([{ key: 'dailyControl', on: true }]);
    const contact = data.rules.find((rule) => rule.id === 'firstContactLate');
    expect(contact).toMatchObject({
      on: true,
      delivery: 'instant',
      recipients: ['seller'],
      escalation: [
        { after: 0.25, unit: 'workingHours', to: 'seller', task: true },
        { after: 0.25, unit: 'workingHours', to: 'head' },
      ],
    });
    expect(contact?.parameters).toMatchObject([{ key: 'after', value: 15 }]);
    const [setting] = await world.database.query('SELECT cycle_on, preset FROM control_setting');
    expect(setting).toEqual({ cycle_on: true, preset: 'dailyControl' });
  });
});
