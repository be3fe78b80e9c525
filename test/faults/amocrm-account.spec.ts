import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InstallerService } from '../../src/features/accounts/installer.service.js';
import { Mirror } from '../../src/mirror/index.js';
import { type AmocrmRunning, renamedUrl, startAmocrmEverything } from '../support/amocrm-running.js';
import { settled, smallCompany } from '../support/running.js';
import { until } from '../support/until.js';

const WAIT = { timeoutMs: 20_000 };

describe('test/faults/amocrm-account', () => {
  let running: AmocrmRunning;
  let admin: number;

  beforeAll(async () => {
    running = await startAmocrmEverything({
      company: smallCompany(20),
      plan: 'basic',
      trustRenamed: true,
    });
    admin = running.portal.store.people.firstAdmin().id;
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('brings changes and deletions by sweeps where the plan allows no hooks', async () => {
    const { context, store } = running.portal;
    expect(store.webhooks.all).toEqual([]);
    const [first, second] = [...store.leads];
    context.updateDeal(first?.id ?? 0, { title: 'Другое имя' }, admin);
    context.deleteDeal(second?.id ?? 0, admin);
    const made = context.createDeal({ title: 'Новая' }, admin);
    await sweep();
    await until(async () => (await deal(made.id)) !== undefined, WAIT);
    await until(async () => (await deal(first?.id ?? 0))?.title === 'Другое имя', WAIT);
    await until(async () => (await deal(second?.id ?? 0))?.deleted === true, WAIT);
  });

  it('subscribes when the plan allows it, and again when the account switched the hooks off', async () => {
    const { store } = running.portal;
    store.settings.plan = 'extended';
    const installer = running.app.get(InstallerService);
    await installer.check(await accountId());
    expect(store.webhooks.all.map(({ disabled }) => disabled)).toEqual([false]);
    for (const hook of store.webhooks.all) hook.disabled = true;
    await installer.check(await accountId());
    expect(store.webhooks.all.map(({ disabled }) => disabled)).toEqual([false]);
    const made = running.portal.context.createDeal({ title: 'По уведомлению' }, admin);
    await until(async () => (await deal(made.id)) !== undefined, WAIT);
  });

  it('shows a ban to people, sends nothing meanwhile, and recovers by one request', async () => {
    const { limits, log } = running.portal;
    await settled(running);
    limits.banned = true;
    await sweep();
    await until(async () => (await health()) === 'unavailable', WAIT);
    const before = log.total;
    await sweep();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(log.total).toBe(before);

    limits.lift();
    await running.database.query(`UPDATE host_limit SET paused_until = now() WHERE key = 'pause:*'`);
    await sweep();
    await until(async () => (await health()) === 'ok', WAIT);
    const [ban] = await running.database.query(
      `SELECT 1 FROM host_limit WHERE key = 'pause:ban' AND paused_until > now()`,
    );
    expect(ban).toBeUndefined();
  });

  it('follows the account to its new name, also for the pages that frame us', async () => {
    running.portal.store.settings.renamedTo = renamedUrl(running.portal);
    await sweep();
    await until(async () => (await endpoint()) === renamedUrl(running.portal), WAIT);
    const made = running.portal.context.createDeal({ title: 'После переезда' }, admin);
    await until(async () => (await deal(made.id)) !== undefined, WAIT);
    expect(await health()).toBe('ok');
  });

  async function sweep(): Promise<void> {
    await running.app.get(Mirror).sweepNow(await accountId());
  }

  async function accountId(): Promise<string> {
    return (await account()).account_id;
  }

  async function health(): Promise<string> {
    return (await account()).health;
  }

  async function endpoint(): Promise<string> {
    return (await account()).endpoint;
  }

  async function account(): Promise<{ account_id: string; health: string; endpoint: string }> {
    const [row] = await running.database.query<{ account_id: string; health: string; endpoint: string }>(
      'SELECT account_id::text, health, endpoint FROM account',
    );
    if (!row) throw new Error('no account');
    return row;
  }

  async function deal(id: number): Promise<{ title: string; deleted: boolean } | undefined> {
    const [row] = await running.database.query<{ title: string; deleted: boolean }>(
      'SELECT title, deleted_at IS NOT NULL AS deleted FROM deal WHERE deal_id = $1',
      [String(id)],
    );
    return row;
  }
});
