import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { openFrame, launchOf, postFrame } from '../support/widget-person.js';

describe('test/faults/accounts-lifecycle', () => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({
      company: smallCompany(30),
      plans: [{ pipelineId: 0, templateKey: 'transactional' }],
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('row 31: ignores an uninstall that the portal did not send', async () => {
    const answer = await hook({
      event: 'ONAPPUNINSTALL',
      'data[CLEAN]': '1',
      'auth[member_id]': running.portal.memberId,
      'auth[application_token]': 'a'.repeat(32),
    });
    expect(answer.status).toBe(403);
    expect(await state()).toBe('active');
  });

  it('row 31: stops at once when it is uninstalled: no task, no token, no session, no hook; the data stays', async () => {
    const admin = adminId();
    const person = await openFrame(running, admin);
    const plans = await count('plan');
    await running.portal.context.uninstall(applicationId(), false);
    await until(async () => (await state()) === 'frozen', { timeoutMs: 30_000 });
    expect(await count('credential')).toBe(0);
    expect((await person.get('/api/home')).status).toBe(401);
    expect(await count('plan')).toBe(plans);
    const tasks = (await running.state()).tasks;
    await running.database.query(`UPDATE outbox_task SET desired_rev = desired_rev + 1, next_at = now()`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await running.state()).tasks).toBe(tasks);
  });

  it('finds its data when it is installed again', async () => {
    const plans = await count('plan');
    const launch = launchOf(running, adminId(), null);
    const page = await postFrame(running, launch);
    expect(page.status).toBe(200);
    const person = await openFrame(running, adminId());
    const installed = await person.post<{ state: string }>('/api/install');
    expect(installed.status).toBe(200);
    running.portal.context.finishInstall(applicationId());
    expect(await state()).toBe('active');
    expect(await count('plan')).toBe(plans);
    expect(await count('credential')).toBeGreaterThan(0);
  });

  it('embeds again after an update of the application has dropped its handlers', async () => {
    const embeddings = await auditCount('install.embedded');
    await axios.post(`${running.portal.control}/applications/${applicationId()}/update`, {});
    await until(async () => (await auditCount('install.embedded')) > embeddings, { timeoutMs: 15_000 });
    const deal = running.portal.context.deals({ open: true, limit: 1 }).deals[0];
    running.portal.context.updateDeal(deal?.id ?? 0, { title: 'После обновления' }, deal?.ownerId ?? 0);
    await until(async () => (await titleOf(deal?.id ?? 0)) === 'После обновления', { timeoutMs: 30_000 });
  });

  it('deletes every row of the account when it is uninstalled with its data, those included that come late', async () => {
    // Work that was under way writes into a table that is empty by then.
    await running.database.query(`CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO absence (account_id, absence_id, user_id, from_day, to_day, kind, revision)
      VALUES (old.account_id, old.account_id, '1', '2026-01-01', '2026-01-02', 'trip', 1) ON CONFLICT DO NOTHING;
      RETURN NULL; END $$`);
    await running.database.query(
      'CREATE TRIGGER late AFTER DELETE ON stage FOR EACH ROW EXECUTE FUNCTION late()',
    );
    await running.portal.context.uninstall(applicationId(), true);
    await until(async () => (await count('account')) === 0, { timeoutMs: 20_000 });
    for (const table of await tables()) expect([table, await count(table)]).toEqual([table, 0]);
  });

  function hook(fields: Record<string, string>) {
    return axios.post(`${running.url}/hooks/bitrix24`, new URLSearchParams(fields).toString(), {
      validateStatus: () => true,
    });
  }

  function adminId(): number {
    return running.portal.context.users().find((user) => user.admin && user.active)?.id ?? 0;
  }

  function applicationId(): string {
    return running.portal.context.applications()[0]?.id ?? '';
  }

  async function state(): Promise<string> {
    const [row] = await running.database.query<{ state: string }>('SELECT state FROM account');
    return row?.state ?? 'none';
  }

  async function count(table: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
    return row?.n ?? -1;
  }

  async function auditCount(action: string): Promise<number> {
    const rows = await running.database.query('SELECT 1 FROM audit_log WHERE action = $1', [action]);
    return rows.length;
  }

  async function titleOf(dealId: number): Promise<string> {
    const [row] = await running.database.query<{ title: string }>(
      'SELECT title FROM deal WHERE deal_id = $1',
      [`D_${dealId}`],
    );
    return row?.title ?? '';
  }

  async function tables(): Promise<readonly string[]> {
    const rows = await running.database.query<{ name: string }>(
      `SELECT table_name::text AS name FROM information_schema.columns
       WHERE column_name = 'account_id' AND table_schema = 'public'`,
    );
    return rows.map((row) => row.name).filter((name) => name !== 'host_limit');
  }
});
