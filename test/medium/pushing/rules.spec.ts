import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AlertRounds } from '../../../src/features/pushing/alert-rounds.service.js';
import { ControlContexts } from '../../../src/features/pushing/control-context.service.js';
import { DigestRounds } from '../../../src/features/pushing/digest-rounds.service.js';
import type { PanelActionAnswer } from '../../../src/features/pushing/panel.view.js';
import type {
  AlertsView,
  RuleChangeBody,
  RuleDryRunView,
  RulesView,
  RuleView,
} from '../../../src/features/pushing/pushing.view.js';
import { DEMO_PLANS } from '../../../src/sandbox/demo/demo-administrator.js';
import { ADMIN, HEAD } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { headerOf, openMailBox, type MailBox } from '../../support/mail-box.js';
import { workAlways } from '../../support/pushing-world.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

const WAIT = { timeoutMs: 60_000 };
const DAY = 86_400_000;

describeOnEveryDatabase('test/medium/pushing/rules', (open) => {
  let running: Running;
  let box: MailBox;
  let accountId = '';
  let admin: WidgetPerson;
  let head: WidgetPerson;
  let seller: WidgetPerson;
  let sellerId = '';
  let dealId = '';

  beforeAll(async () => {
    box = await openMailBox();
    running = await startEverything({
      database: await open(),
      company: smallCompany(60),
      plans: DEMO_PLANS,
      environment: { SMTP_URL: box.url, MAIL_FROM: 'Дожим <sales@example.com>' },
    });
    await settled(running);
    const [account] = await running.database.query<{ account_id: string }>('SELECT account_id FROM account');
    accountId = account?.account_id ?? '';
    await workAlways(running.database, accountId);
    const { openDeals } = await running.state();
    await until(async () => (await count('deal_pulse')) >= openDeals, {
      ...WAIT,
      what: 'a pulse of every deal',
    });
    admin = await openFrame(running, ADMIN);
    head = await openFrame(running, HEAD);
    const [owner] = await running.database.query<{ owner_id: string; deal_id: string }>(
      `SELECT o.owner_id, min(o.deal_id) AS deal_id FROM deal_pulse o JOIN host_user u ON u.user_id = o.owner_id AND u.active
       WHERE o.stage_kind = 'open' AND NOT u.admin AND o.snoozed_until IS NULL AND u.department_ids &&
         (SELECT array_agg(department_id) FROM department WHERE head_id = $1)
         AND NOT EXISTS (SELECT 1 FROM department d WHERE d.head_id = o.owner_id)
       GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
      [String(HEAD)],
    );
    sellerId = owner?.owner_id ?? '';
    dealId = owner?.deal_id ?? '';
    seller = await openFrame(running, Number(sellerId));
  }, 180_000);

  afterAll(async () => {
    await running?.stop();
    await box?.stop();
  });

  async function count(table: 'deal_pulse' | 'alert'): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row?.n ?? 0;
  }

  async function round(): Promise<void> {
    const part = <T>(type: abstract new (...parts: never[]) => T): T =>
      running.app.get<T>(type, { strict: false });
    const context = await part(ControlContexts).of(accountId);
    if (!context) throw new Error('the account is not connected');
    await part(AlertRounds).run(context);
    await part(DigestRounds).run(context);
  }

  async function put(ruleKey: string, change: object, person = admin) {
    return person.send<RulesView & { error?: { code: string } }>('PUT', `/api/rules/${ruleKey}`, change);
  }

  async function changed(ruleKey: string, change: RuleChangeBody): Promise<RuleView> {
    const { status, data } = await put(ruleKey, change);
    expect([status, data.error?.code]).toEqual([200, undefined]);
    const rule = data.rules.find((one) => one.id === ruleKey);
    if (!rule) throw new Error(`there is no rule ${ruleKey}`);
    return rule;
  }

  /** As if these alerts had come about long enough ago. */
  async function tellAll(
    kind: string,
  ): Promise<readonly { user_id: string; delivery: string; level: number }[]> {
    return running.database.query(
      `SELECT v.user_id, v.delivery, v.level FROM alert_delivery v JOIN alert a ON a.account_id = v.account_id
         AND a.alert_id = v.alert_id WHERE a.kind = $1 ORDER BY v.level, v.user_id`,
      [kind],
    );
  }

  it('shows every rule with its words; heads read, sellers do not, only administrators change', async () => {
    const { data } = await head.get<RulesView>('/api/rules');
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
    expect((await seller.get('/api/rules')).status).toBe(403);
    expect((await put('idle', { on: true }, head)).status).toBe(403);
    expect((await head.post('/api/rules/idle/dry-run')).status).toBe(403);
  });

  it('changes recipients, channels, escalation, hours and the budget, and says what is wrong with a change', async () => {
    const escalation = [{ after: 3, unit: 'workingHours', to: { userId: String(ADMIN) } }] as const;
    const rule = await changed('idle', {
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
      const answer = await put('idle', change);
      expect([change, answer.status, answer.data.error?.code]).toEqual([change, 422, code]);
    }
    expect((await put('topEmpty', { recipients: ['productManager'] })).data.error?.code).toBe('no-product');
    expect((await put('nothing', { on: true })).status).toBe(404);
    expect((await put('idle', { hours: 'night' })).status).toBe(400);
    const settings = await admin.send<RulesView>('PUT', '/api/rules', { budgetPerDay: 7, heldOutShare: 0 });
    expect(settings.data).toMatchObject({ budgetPerDay: 7, heldOutShare: 0 });
    expect((await admin.send('PUT', '/api/rules', { budgetPerDay: 51 })).status).toBe(400);
    await changed('idle', {
      channels: ['host'],
      hours: 'working',
      recipients: ['seller'],
      delivery: 'digest',
    });
  });

  it('tells who is asked, by e-mail too, once', async () => {
    // What is old in the generated company is told here as well: it must not use the head's budget up.
    await admin.send('PUT', '/api/rules', { budgetPerDay: 50, heldOutShare: 0 });
    await changed('dormant', { on: true, delivery: 'instant', channels: ['mail'], recipients: ['seller'] });
    await running.database.query(
      `UPDATE alert_rule SET since = 'epoch' WHERE account_id = $1::uuid AND rule_id = 'dormant'`,
      [accountId],
    );
    await running.database.query(
      `UPDATE deal_pulse SET last_event_at = now() - interval '31 days', next_check_at = '-infinity', waiting_until = NULL
       WHERE account_id = $1::uuid AND deal_id = $2`,
      [accountId, dealId],
    );
    const notified = running.portal.context.notifications(Number(sellerId)).length;
    await round();
    await round();
    await until(async () => (await mailsTo(sellerId)).length > 0, { ...WAIT, what: 'the letter' });
    const letters = await mailsTo(sellerId);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.raw).toContain('List-Unsubscribe:');
    const mine = await tellAll('dormant');
    expect(mine.map((one) => one.user_id)).toContain(sellerId);
    expect(running.portal.context.notifications(Number(sellerId))).toHaveLength(notified);
    await changed('dormant', { on: false });
  });

  async function mailsTo(userId: string) {
    const [row] = await running.database.query<{ email: string }>(
      'SELECT email FROM host_user WHERE user_id = $1',
      [userId],
    );
    return box.delivered.filter(
      (letter) => letter.to.includes(row?.email ?? '') && headerOf(letter, 'Subject'),
    );
  }

  it('puts an alert off with a reason and a date, and takes the third time to the head', async () => {
    await changed('idle', { on: true });
    await running.database.query(`UPDATE alert_rule SET since = 'epoch' WHERE rule_id = 'idle'`);
    await look(dealId);
    const open_ = await alertOf('Сделкой не занимаются');
    expect(open_).toMatchObject({ dealId, canSnooze: true });
    const reasons = (await seller.get<AlertsView>('/api/alerts')).data.snoozeReasons;
    const reasonKey = reasons[0]?.key ?? '';
    const alertId = open_?.id ?? '';
    const later = new Date(Date.now() + 3 * DAY).toISOString().slice(0, 10);
    const path = `/api/alerts/${alertId}/snooze`;
    expect((await seller.post(path, { until: later })).status).toBe(400);
    expect((await seller.post(path, { until: later, reasonKey: 'nonsense' })).status).toBe(422);
    expect((await seller.post(path, { until: '2020-01-01', reasonKey })).status).toBeGreaterThanOrEqual(400);
    expect(
      (await seller.post(`/api/alerts/${randomUUID()}/snooze`, { until: later, reasonKey })).status,
    ).toBe(404);
    for (const times of [1, 2, 3]) {
      const { status, data } = await seller.post<PanelActionAnswer>(path, { until: later, reasonKey });
      expect([times, status, data.done]).toEqual([times, 200, 1]);
    }
    await round();
    expect(await alertOf('Сделкой не занимаются')).toBeUndefined();
    expect(await tellAll('putOffAgain')).toEqual([{ user_id: String(HEAD), delivery: 'instant', level: 0 }]);
    const heard = (): string | undefined =>
      running.portal.context
        .notifications(HEAD)
        .map((one) => one.message)
        .find((text) => text.includes('снова и снова'));
    await until(() => heard() !== undefined, { ...WAIT, what: 'the head hears of it' });
    expect(heard()).toContain('Отложена в 3-й раз');
    await changed('idle', { on: false });
  });

  /** The newest open alert of that name about the deal. */
  async function alertOf(ruleName: string) {
    const { data } = await seller.get<AlertsView>('/api/alerts');
    return data.alerts.find((alert) => alert.ruleName === ruleName && alert.dealId === dealId);
  }

  async function look(id: string): Promise<void> {
    await running.database.query(
      `UPDATE deal_pulse SET next_check_at = '-infinity', last_event = 'activity' WHERE deal_id = $1`,
      [id],
    );
    await round();
  }

  it('tells of a deal that was lost without a word, and stops when the word is said', async () => {
    await changed('lostWithoutReason', { on: true, parameters: { after: 1 } });
    const deals = running.portal.context.deals({ open: true, limit: 100 }).deals;
    const deal = deals.find((one) => String(one.ownerId) === sellerId && `D_${one.id}` !== dealId);
    if (!deal) throw new Error('the seller has one deal only');
    const lost = `D_${deal.id}`;
    await lose(lost, `now() - interval '2 minutes'`);
    await running.database.query(
      `UPDATE alert_rule SET since = now() - interval '1 hour' WHERE rule_id = 'lostWithoutReason'`,
    );
    await notice(lost);
    await round();
    expect(await states('lostWithoutReason')).toEqual(['open']);
    await running.database.query(`UPDATE deal SET loss_reason = 'Дорого' WHERE deal_id = $1`, [lost]);
    await notice(lost);
    await round();
    expect(await states('lostWithoutReason')).toEqual(['over']);
    await changed('lostWithoutReason', { on: false });
  });

  async function lose(id: string, at: string): Promise<void> {
    await running.database.query(
      `UPDATE deal SET stage_kind = 'lost', stage_since = ${at}, loss_reason = NULL WHERE account_id = $1::uuid AND deal_id = $2`,
      [accountId, id],
    );
    await running.database.query(
      `UPDATE plan_step SET state = 'cancelled', finished_at = NULL WHERE account_id = $1::uuid AND deal_id = $2 AND state = 'failed'`,
      [accountId, id],
    );
  }

  async function notice(id: string): Promise<void> {
    const { AlertLossRepository } = await import('../../../src/features/pushing/alert-loss.repository.js');
    await running.app.get(AlertLossRepository, { strict: false }).note(accountId, [id], Date.now());
  }

  async function states(kind: string): Promise<readonly string[]> {
    const rows = await running.database.query<{ state: string }>('SELECT state FROM alert WHERE kind = $1', [
      kind,
    ]);
    return rows.map((row) => row.state);
  }

  it('looks at sellers and pipelines once a day, keeps what is still so, and ends what is not', async () => {
    await changed('topEmpty', { on: true, parameters: { count: 1_000 } });
    await forgetDay();
    await round();
    const first = await running.database.query<{ alert_id: string; state: string }>(
      `SELECT alert_id, state FROM alert WHERE kind = 'topEmpty' ORDER BY alert_id`,
    );
    expect(first.length).toBeGreaterThan(2);
    await round();
    await forgetDay();
    await round();
    expect(
      await running.database.query(
        `SELECT alert_id, state FROM alert WHERE kind = 'topEmpty' ORDER BY alert_id`,
      ),
    ).toEqual(first);
    const shown = (await head.get<AlertsView>('/api/alerts')).data.alerts.filter(
      (one) => one.dealId === null,
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]?.dealTitle).toMatch(/, /);
    expect((await seller.get<AlertsView>('/api/alerts')).data.alerts.some((one) => one.dealId === null)).toBe(
      false,
    );
    await changed('topEmpty', { parameters: { count: 1 }, recipients: ['head'] });
    await changed('sellerOverloaded', { on: true, parameters: { share: 0.5 } });
    await changed('tooFewNearClosing', { on: true, parameters: { share: 1 } });
    await running.database.query(`UPDATE deal_pulse SET stage_id = stage_id WHERE account_id = $1::uuid`, [
      accountId,
    ]);
    await forgetDay();
    await round();
    const over = await running.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM alert WHERE kind = 'topEmpty' AND state = 'over'`,
    );
    expect(over[0]?.n).toBeGreaterThan(0);
    for (const kind of ['topEmpty', 'sellerOverloaded', 'tooFewNearClosing'])
      await changed(kind, { on: false });
  });

  async function forgetDay(): Promise<void> {
    await running.database.query('DELETE FROM control_check WHERE account_id = $1::uuid', [accountId]);
  }

  it('tries a rule on the last ninety days: numbers, people, the busiest day and examples that open', async () => {
    const before = await count('alert');
    const started = await admin.post<RuleDryRunView>('/api/rules/idle/dry-run', { delivery: 'instant' });
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
    expect((await seller.get(`/api/rules/dry-runs/${started.data.id}`)).status).toBe(403);
    for (const key of ['topEmpty', 'sellerOverloaded', 'stepOverdue', 'movedWithOpenSteps']) {
      const run = await admin.post<RuleDryRunView>(`/api/rules/${key}/dry-run`);
      expect([key, (await ended(run.data.id)).state]).toEqual([key, 'done']);
    }
  });

  async function ended(runId: string): Promise<RuleDryRunView> {
    const look_ = async (): Promise<RuleDryRunView> =>
      (await admin.get<RuleDryRunView>(`/api/rules/dry-runs/${runId}`)).data;
    await until(async () => (await look_()).state !== 'running', { ...WAIT, what: 'the end of the dry run' });
    return look_();
  }

  it('switches the day’s control on as a whole: rules, the ladder of the first contact, the day’s reports', async () => {
    const { data } = await admin.post<RulesView>('/api/rules/presets/dailyControl');
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
    const [setting] = await running.database.query('SELECT cycle_on, preset FROM control_setting');
    expect(setting).toEqual({ cycle_on: true, preset: 'dailyControl' });
  });

  it('warns of a late first contact after 15 minutes; after 30 the seller has a task and the head is told', async () => {
    await running.database.query(
      `UPDATE deal_pulse SET last_event = 'created', created_at = now() - interval '16 minutes', unsorted = false,
         last_event_at = now() - interval '16 minutes', stage_since = now() - interval '16 minutes',
         snoozed_until = NULL, waiting_until = NULL, next_check_at = '-infinity' WHERE deal_id = $1`,
      [dealId],
    );
    await running.database.query(
      `UPDATE alert_rule SET since = now() - interval '1 day' WHERE rule_id = 'firstContactLate'`,
    );
    await round();
    const own = (): Promise<readonly { user_id: string; delivery: string; level: number; sent: boolean }[]> =>
      running.database.query(
        `SELECT v.user_id, v.delivery, v.level, v.sent_at IS NOT NULL AS sent FROM alert_delivery v JOIN alert a
           ON a.account_id = v.account_id AND a.alert_id = v.alert_id
         WHERE a.kind = 'firstContactLate' AND a.deal_id = $1 ORDER BY v.level, v.user_id`,
        [dealId],
      );
    const warning = { user_id: sellerId, delivery: 'instant', level: 0, sent: true };
    expect(await own()).toEqual([warning]);
    await running.database.query(
      `UPDATE alert SET next_at = now(), at = at - interval '15 minutes' WHERE kind = 'firstContactLate'`,
    );
    await round();
    await running.database.query(
      `UPDATE alert SET next_at = now() WHERE kind = 'firstContactLate' AND next_at IS NOT NULL`,
    );
    await round();
    expect(await own()).toEqual([
      warning,
      { user_id: sellerId, delivery: 'task', level: 1, sent: true },
      { user_id: String(HEAD), delivery: 'instant', level: 2, sent: true },
    ]);
    const asks = (): Promise<readonly { action: { userId: string; dealId: string } }[]> =>
      running.database.query(
        `SELECT action FROM outbox_action WHERE kind = 'ask' AND action ->> 'title' = 'Нет первого контакта'
           AND close_text IS NULL`,
      );
    expect((await asks()).map(({ action }) => [action.userId, action.dealId])).toEqual([[sellerId, dealId]]);
    // Somebody called: what was asked for is done, and the task is taken away.
    await look(dealId);
    expect(await asks()).toEqual([]);
  });
});
