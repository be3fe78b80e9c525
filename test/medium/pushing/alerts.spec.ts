import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axios from 'axios';
import { AlertLossRepository } from '../../../src/features/pushing/alert-loss.repository.js';
import type { BookChoicesView } from '../../../src/features/salesbook/salesbook.view.js';
import type { AlertSnoozeAnswer, AlertsView } from '../../../src/features/pushing/pushing.view.js';
import { ADMIN, HEAD } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { headerOf } from '../../support/mail-box.js';
import { startRulesWorld, WAIT, type RulesWorld } from '../../support/rules-world.js';
import { settled } from '../../support/running.js';
import { until } from '../../support/until.js';

const DAY = 86_400_000;

describeOnEveryDatabase('test/medium/pushing/alerts', (open) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await startRulesWorld(await open());
    // What is old in the generated company is told here as well: it must not use the head's budget up.
    await world.admin.send('PUT', '/api/rules', { budgetPerDay: 50, heldOutShare: 0 });
  }, 180_000);

  afterAll(() => world?.stop());

  it('tells who is asked, by e-mail too, once', async () => {
    await world.changed('dormant', {
      on: true,
      delivery: 'instant',
      channels: ['mail'],
      recipients: ['seller'],
    });
    await world.database.query(
      `UPDATE alert_rule SET since = 'epoch' WHERE account_id = $1::uuid AND rule_id = 'dormant'`,
      [world.accountId],
    );
    await world.database.query(
      `UPDATE deal_pulse SET last_event_at = now() - interval '31 days', next_check_at = '-infinity', waiting_until = NULL
       WHERE account_id = $1::uuid AND deal_id = $2`,
      [world.accountId, world.dealId],
    );
    const notified = world.running.portal.context.notifications(Number(world.sellerId)).length;
    await world.round();
    await world.round();
    await until(async () => (await mailsTo(world.sellerId)).length > 0, { ...WAIT, what: 'the letter' });
    const letters = await mailsTo(world.sellerId);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.raw).toContain('List-Unsubscribe:');
    const mine = await world.told('dormant');
    expect(mine.map((one) => one.user_id)).toContain(world.sellerId);
    expect(world.running.portal.context.notifications(Number(world.sellerId))).toHaveLength(notified);
    await world.changed('dormant', { on: false });
  });

  async function mailsTo(userId: string) {
    const [row] = await world.database.query<{ email: string }>(
      'SELECT email FROM host_user WHERE user_id = $1',
      [userId],
    );
    return world.box.delivered.filter(
      (letter) => letter.to.includes(row?.email ?? '') && headerOf(letter, 'Subject'),
    );
  }

  it('lets the person switch such letters off by the link in one, as mail programs do and as people do', async () => {
    const [letter] = await mailsTo(world.sellerId);
    const url = /<(.+)>/.exec((letter && headerOf(letter, 'List-Unsubscribe')) ?? '')?.[1] ?? '';
    expect(url.startsWith(`${world.running.url}/mail/off/`)).toBe(true);
    const page = await axios.get<string>(url);
    expect(page.data).toContain('<button>');
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    expect(await refusals()).toEqual([]);
    const answer = await axios.post<string>(url, 'List-Unsubscribe=One-Click');
    expect([answer.status, await refusals()]).toEqual([200, [{ user_id: world.sellerId, kind: 'alert' }]]);
    await axios.post(url.replace('/off/', '/on/'), '');
    expect(await refusals()).toEqual([]);
    const broken = await axios.post(`${url}x`, '', { validateStatus: () => true });
    expect(broken.status).toBe(404);
  });

  const refusals = (): Promise<readonly object[]> =>
    world.database.query('SELECT user_id, kind FROM mail_refusal WHERE account_id = $1::uuid', [
      world.accountId,
    ]);

  it('tells who follows the Sales Book by e-mail, and offers that only where there is a mail server', async () => {
    const choices = await world.head.get<BookChoicesView>('/api/book/choices');
    expect(choices.data.channels).toEqual(['host', 'mail']);
    const own = [{ by: 'seller', id: world.sellerId, kinds: [], channels: ['mail'] }];
    expect((await world.head.send('PUT', '/api/book/subscriptions', { own })).status).toBe(204);
    const note = { kind: 'note', dealId: world.dealId, text: 'Клиент <b>согласен</b>', tell: [] };
    expect((await world.seller.post('/api/book', note)).status).toBe(201);
    await until(async () => (await mailsTo(String(HEAD))).some((one) => /Sales Book/.test(one.raw)), {
      ...WAIT,
      what: 'the letter of the Sales Book',
    });
    const rows = await world.database.query<{ kind: string; state: string }>(
      `SELECT DISTINCT kind, state FROM mail WHERE user_id = $1 AND kind = 'book'`,
      [String(HEAD)],
    );
    expect(rows.map((row) => row.kind)).toEqual(['book']);
  });

  it('puts an alert off with a reason and a date, and takes the third time to the head', async () => {
    await world.changed('idle', { on: true });
    await world.database.query(`UPDATE alert_rule SET since = 'epoch' WHERE rule_id = 'idle'`);
    await world.look(world.dealId);
    const open_ = await alertOf('Сделкой не занимаются');
    expect(open_).toMatchObject({ dealId: world.dealId, canSnooze: true });
    const reasons = (await world.seller.get<AlertsView>('/api/alerts')).data.snoozeReasons;
    const reasonKey = reasons[0]?.key ?? '';
    const alertId = open_?.id ?? '';
    const later = new Date(Date.now() + 3 * DAY).toISOString().slice(0, 10);
    const path = `/api/alerts/${alertId}/snooze`;
    expect((await world.seller.post(path, { until: later })).status).toBe(400);
    expect((await world.seller.post(path, { until: later, reasonKey: 'nonsense' })).status).toBe(422);
    expect((await world.seller.post(path, { until: '2020-01-01', reasonKey })).status).toBeGreaterThanOrEqual(
      400,
    );
    expect(
      (await world.seller.post(`/api/alerts/${randomUUID()}/snooze`, { until: later, reasonKey })).status,
    ).toBe(404);
    for (const body of [
      { until: '2026-02-31', reasonKey },
      { until: later, reasonKey, comment: 'x'.repeat(1_001) },
      { until: [later], reasonKey },
      { until: later, reasonKey: { $ne: '' } },
    ])
      expect([body, (await world.seller.post(path, body)).status]).toEqual([body, 400]);
    expect(open_).toMatchObject({ snoozes: 0, snoozeGoesUp: false, ownerId: world.sellerId, level: 0 });
    for (const times of [1, 2, 3]) {
      const { status, data } = await world.seller.post<AlertSnoozeAnswer>(path, { until: later, reasonKey });
      expect([times, status, data.done]).toEqual([times, 200, 1]);
      expect(data.said?.includes('узнает руководитель') ?? false).toBe(times === 3);
      // What is put off is out of sight at once, before anybody looks at rules again.
      expect(await alertOf('Сделкой не занимаются')).toBeUndefined();
    }
    await world.round();
    expect(await alertOf('Сделкой не занимаются')).toBeUndefined();
    expect(await world.told('putOffAgain')).toEqual([
      { user_id: String(HEAD), delivery: 'instant', level: 0 },
    ]);
    const heard = (): string | undefined =>
      world.running.portal.context
        .notifications(HEAD)
        .map((one) => one.message)
        .find((text) => text.includes('снова и снова'));
    await until(() => heard() !== undefined, { ...WAIT, what: 'the head hears of it' });
    expect(heard()).toContain('Отложена в 3-й раз');
    await world.changed('idle', { on: false });
  });

  /** The newest open alert of that name about the deal. */
  async function alertOf(ruleName: string) {
    const { data } = await world.seller.get<AlertsView>('/api/alerts');
    return data.alerts.find((alert) => alert.ruleName === ruleName && alert.dealId === world.dealId);
  }

  it('tells of a deal that was lost without a word, and stops when the word is said', async () => {
    await world.changed('lostWithoutReason', { on: true, parameters: { after: 1 } });
    const deals = world.running.portal.context.deals({ open: true, limit: 100 }).deals;
    const deal = deals.find(
      (one) => String(one.ownerId) === world.sellerId && `D_${one.id}` !== world.dealId,
    );
    if (!deal) throw new Error('the seller has one deal only');
    const lost = `D_${deal.id}`;
    const [stage] = await world.database.query<{ stage_id: string }>(
      `SELECT s.stage_id FROM stage s JOIN deal d USING (account_id, pipeline_id)
       WHERE d.deal_id = $1 AND s.kind = 'lost' ORDER BY s.sort LIMIT 1`,
      [lost],
    );
    world.running.portal.context.moveDeal(deal.id, stage?.stage_id ?? '', ADMIN);
    const noted = async (): Promise<number> =>
      (await world.database.query('SELECT 1 FROM silent_loss WHERE deal_id = $1', [lost])).length;
    await until(async () => (await noted()) === 1, { ...WAIT, what: 'the loss is noted' });
    await world.round();
    expect(await states('lostWithoutReason')).toEqual([]);
    // The move's own news is over, and two minutes go by.
    await settled(world.running, WAIT.timeoutMs);
    await world.database.query(
      `UPDATE silent_loss SET lost_at = lost_at - interval '2 minutes', check_at = '-infinity' WHERE deal_id = $1`,
      [lost],
    );
    await world.database.query(
      `UPDATE alert_rule SET since = now() - interval '1 hour' WHERE rule_id = 'lostWithoutReason'`,
    );
    await world.round();
    expect(await states('lostWithoutReason')).toEqual(['open']);
    expect(await noted()).toBe(0);
    await world.database.query(`UPDATE deal SET loss_reason = 'Дорого' WHERE deal_id = $1`, [lost]);
    await notice(lost);
    await world.round();
    expect(await states('lostWithoutReason')).toEqual(['over']);
    await world.changed('lostWithoutReason', { on: false });
  });

  async function notice(id: string): Promise<void> {
    await world.running.app
      .get(AlertLossRepository, { strict: false })
      .note(world.accountId, [id], Date.now());
  }

  async function states(kind: string): Promise<readonly string[]> {
    const rows = await world.database.query<{ state: string }>('SELECT state FROM alert WHERE kind = $1', [
      kind,
    ]);
    return rows.map((row) => row.state);
  }

  it('warns of a late first contact after 15 minutes; after 30 the seller has a task and the head is told', async () => {
    await world.admin.post('/api/rules/presets/dailyControl');
    await world.database.query(
      `UPDATE deal_pulse SET last_event = 'created', created_at = now() - interval '16 minutes', unsorted = false,
         last_event_at = now() - interval '16 minutes', stage_since = now() - interval '16 minutes',
         snoozed_until = NULL, waiting_until = NULL, next_check_at = '-infinity' WHERE deal_id = $1`,
      [world.dealId],
    );
    await world.database.query(
      `UPDATE alert_rule SET since = now() - interval '1 day' WHERE rule_id = 'firstContactLate'`,
    );
    await world.round();
    const own = (): Promise<readonly { user_id: string; delivery: string; level: number; sent: boolean }[]> =>
      world.database.query(
        `SELECT v.user_id, v.delivery, v.level, v.sent_at IS NOT NULL AS sent FROM alert_delivery v JOIN alert a
           ON a.account_id = v.account_id AND a.alert_id = v.alert_id
         WHERE a.kind = 'firstContactLate' AND a.deal_id = $1 ORDER BY v.level, v.user_id`,
        [world.dealId],
      );
    const warning = { user_id: world.sellerId, delivery: 'instant', level: 0, sent: true };
    expect(await own()).toEqual([warning]);
    await world.database.query(
      `UPDATE alert SET next_at = now(), at = at - interval '15 minutes' WHERE kind = 'firstContactLate'`,
    );
    await world.round();
    await world.database.query(
      `UPDATE alert SET next_at = now() WHERE kind = 'firstContactLate' AND next_at IS NOT NULL`,
    );
    await world.round();
    expect(await own()).toEqual([
      warning,
      { user_id: world.sellerId, delivery: 'task', level: 1, sent: true },
      { user_id: String(HEAD), delivery: 'instant', level: 2, sent: true },
    ]);
    const asks = (): Promise<readonly { action: { userId: string; dealId: string } }[]> =>
      world.database.query(
        `SELECT action FROM outbox_action WHERE kind = 'ask' AND action ->> 'title' = 'Нет первого контакта'
           AND close_text IS NULL`,
      );
    expect((await asks()).map(({ action }) => [action.userId, action.dealId])).toEqual([
      [world.sellerId, world.dealId],
    ]);
    // Somebody called: what was asked for is done, and the task is taken away.
    await world.look(world.dealId);
    expect(await asks()).toEqual([]);
  });
});
