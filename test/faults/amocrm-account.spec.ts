import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOST_CONNECTIONS, type HostConnections } from '../../src/contract/connections.js';
import { keepChainsAlive } from '../../src/features/accounts/accounts.jobs.js';
import { ChainKeeping } from '../../src/features/accounts/chain-keeping.service.js';
import { InstallerService } from '../../src/features/accounts/installer.service.js';
import { Jobs } from '../../src/infra/jobs/jobs.js';
import { Mirror } from '../../src/mirror/index.js';
import { type AmocrmRunning, renamedUrl, startAmocrmEverything } from '../support/amocrm-running.js';
import { settled, smallCompany } from '../support/running.js';
import { until } from '../support/until.js';

const WAIT = { timeoutMs: 20_000 };
const CALM = { repeat: 0, reorder: 0, delayMs: 0, loseShare: 0, coalesce: false, loseStatus: false };

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

  it.each([
    ['come ten times (row 24)', { repeat: 9 }],
    ['come in the wrong order (row 25)', { reorder: 5 }],
    ['come late, several of one second as one (row 26)', { delayMs: 300, coalesce: true }],
    ['of a move never come, only those of the update', { loseStatus: true }],
  ])('ends with the newest state of every deal when hooks %s', async (_how, settings) => {
    const { store } = running.portal;
    Object.assign(store.sender.settings, settings);
    Object.assign(store.hooks.settings, settings);
    for (let round = 0; round < 2; round += 1) changeAll(`${JSON.stringify(settings)} ${round}`);
    await store.sender.drained();
    Object.assign(store.sender.settings, CALM);
    Object.assign(store.hooks.settings, CALM);
    await until(async () => (await differing()).length === 0, WAIT);
  });

  it('answers hooks in the account’s two seconds, though what they tell of takes longer to be read', async () => {
    const { store, faults } = running.portal;
    await settled(running);
    const refused = store.webhooks.all.flatMap((hook) => hook.invalid).length;
    faults.add({ kind: 'latency', method: 'leads.', times: 20, amount: 2_500 });
    changeAll('slow');
    // The account gives up after two seconds and notes it: of some thirty hooks, all that waited to be worked off.
    await store.sender.drained();
    expect(await differing()).not.toEqual([]);
    expect(store.webhooks.all.flatMap((hook) => hook.invalid).length - refused).toBeLessThan(5);
    await until(async () => (await differing()).length === 0, WAIT);
    faults.clear();
  });

  it('is exact after one sweep when a third of the hooks is lost (row 27)', async () => {
    const { store } = running.portal;
    store.sender.settings.loseShare = 0.33;
    const lost = store.sender.counts.lost;
    changeAll('lost');
    await store.sender.drained();
    Object.assign(store.sender.settings, CALM);
    expect(store.sender.counts.lost).toBeGreaterThan(lost);
    await sweep();
    await until(async () => (await differing()).length === 0, WAIT);
  });

  it('renews a one-use token once for twenty calls whose tokens expired together (row 30)', async () => {
    const { tokens } = running.portal.store;
    const connections = running.app.get<HostConnections>(HOST_CONNECTIONS, { strict: false });
    const clients = await Promise.all([1, 2].map(async () => connections.client(await accountId())));
    const before = tokens.refreshes;
    tokens.expireAll();
    const calls = clients.flatMap((client) => Array.from({ length: 10 }, () => client.serverTime()));
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(tokens.refreshes).toBe(before + 1);
  });

  it('renews every week the tokens that nobody used, long before the account forgets them', async () => {
    const { tokens } = running.portal.store;
    const chains = running.app.get(ChainKeeping, { strict: false });
    const before = tokens.refreshes;
    const every = await running.database.query<{ cron: string }>(
      'SELECT cron FROM pgboss.schedule WHERE name = $1',
      [keepChainsAlive.name],
    );
    expect(every.map(({ cron }) => cron)).toEqual([expect.stringMatching(/^\d+ \d+ \* \* \*$/)]);
    await running.database.query(`UPDATE credential SET updated_at = now() - interval '6 days'`);
    await running.app.get(Jobs, { strict: false }).enqueue(keepChainsAlive, [{}]);
    await settled(running);
    expect(tokens.refreshes).toBe(before);
    await running.database.query(`UPDATE credential SET updated_at = now() - interval '8 days'`);
    await running.app.get(Jobs, { strict: false }).enqueue(keepChainsAlive, [{}]);
    const idle = `SELECT 1 FROM credential WHERE updated_at < now() - interval '7 days'`;
    await until(async () => (await running.database.query(idle)).length === 0, WAIT);
    expect(tokens.refreshes).toBe(before + 1);
    expect(await chains.keepAlive(7)).toBe(0);
    expect(await health()).toBe('ok');
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

  /** Somebody changes every deal: its name, its sum, and the stage of each third. */
  function changeAll(title: string): void {
    const { context, store } = running.portal;
    for (const [index, { id }] of [...store.leads].entries()) {
      context.updateDeal(id, { title: `${title} ${id}`, amount: 1_000 + index }, admin);
      if (index % 3 === 0) context.moveDeal(id, anotherStage(id), admin);
    }
  }

  function anotherStage(dealId: number): string {
    const { context } = running.portal;
    const deal = context.deal(dealId);
    const stages = context.pipelines().find(({ id }) => id === deal?.pipelineId)?.stages ?? [];
    return stages.find(({ id, kind }) => kind === 'open' && id !== deal?.stageId)?.id ?? '';
  }

  /** Deals that stand otherwise here than in the account. */
  async function differing(): Promise<readonly string[]> {
    const rows = await running.database.query<{ id: string; title: string; place: string }>(
      `SELECT deal_id AS id, title, pipeline_id || ':' || stage_id AS place FROM deal WHERE deleted_at IS NULL`,
    );
    const known = new Map(rows.map(({ id, title, place }) => [id, `${title} ${place}`]));
    return [...running.portal.store.leads]
      .filter(({ id, name, status }) => known.get(String(id)) !== `${name} ${status.pipelineId}:${status.id}`)
      .map(({ id }) => String(id));
  }

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
