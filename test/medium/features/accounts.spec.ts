import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { ChainKeeping } from '../../../src/features/accounts/chain-keeping.service.js';
import { HOST_CONNECTIONS, type HostConnections } from '../../../src/contract/connections.js';
import type { InstallView, SessionView } from '../../../src/features/embed/boot.view.js';
import { PurgeService } from '../../../src/features/accounts/purge.service.js';
import { smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { launchOf, openFrame } from '../../support/widget-person.js';

describe('test/medium/features/accounts', () => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(10) });
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('shows the administrator how the installation went', async () => {
    const admin = await openFrame(running, adminId());
    const { data } = await admin.get<InstallView>('/api/install');
    expect(data.account.health).toBe('ok');
    expect(data.steps.map((step) => [step.key, step.state])).toEqual([
      ['verify', 'done'],
      ['embed', 'done'],
      ['copy', 'done'],
      ['finish', 'done'],
    ]);
  });

  it('renews a session for whom the portal vouches, and for nobody else', async () => {
    const { fields } = launchOf(running, adminId(), null);
    const renew = (form: Record<string, string>) =>
      axios.post<SessionView>(
        `${running.url}/api/session`,
        { host: 'bitrix24', form },
        { validateStatus: () => true },
      );
    const renewed = await renew(fields);
    expect(renewed.status).toBe(200);
    expect(renewed.data.session.split('.')).toHaveLength(3);
    expect((await renew({ ...fields, AUTH_ID: 'x'.repeat(70), REFRESH_ID: 'y'.repeat(70) })).status).toBe(
      401,
    );
    expect((await renew({})).status).toBe(401);
  });

  it('remembers a person’s theme and language', async () => {
    const person = await openFrame(running, adminId());
    const saved = await person.send('PUT', '/api/preferences', { theme: 'dark', language: 'en' });
    expect(saved.status).toBe(204);
    const again = await openFrame(running, adminId());
    expect([again.boot.theme, again.boot.language]).toEqual(['dark', 'en']);
    expect((await person.send('PUT', '/api/preferences', { theme: 'pink' })).status).toBe(400);
  });

  it('renews chains that nobody used for weeks, and leaves the others alone', async () => {
    const before = running.portal.store.tokens.refreshes;
    const chains = running.app.get(ChainKeeping, { strict: false });
    expect(await chains.keepAlive(20)).toBe(0);
    await running.database.query(`UPDATE credential SET updated_at = now() - interval '25 days'`);
    expect(await chains.keepAlive(20)).toBeGreaterThan(0);
    expect(running.portal.store.tokens.refreshes).toBeGreaterThan(before);
    expect(await chains.keepAlive(20)).toBe(0);
  });

  it('shows what is wrong with the connection, and that it is well again', async () => {
    const connections = running.app.get<HostConnections>(HOST_CONNECTIONS, { strict: false });
    const accountId = await theAccount();
    const admin = await openFrame(running, adminId());
    // The portal itself is well: a call of our own in between says so, and the trouble has to be told again.
    await until(async () => {
      await connections.report(accountId, { kind: 'paymentRequired' });
      await connections.report(accountId, { kind: 'unavailable', detail: 'a milder trouble' });
      const { data } = await admin.get<InstallView>('/api/install');
      return data.account.health === 'paymentRequired' && data.sync.problem !== null;
    });
    await connections.recovered(accountId);
    expect((await admin.get<InstallView>('/api/install')).data.account.health).toBe('ok');
  });

  it('writes down who did what, without secrets', async () => {
    const rows = await running.database.query<{ actor: string; action: string; detail: object }>(
      'SELECT actor, action, detail FROM audit_log ORDER BY audit_log_id',
    );
    const actions = rows.map((row) => row.action);
    expect(actions).toEqual(
      expect.arrayContaining(['account.new', 'credential.stored', 'install.embedded', 'install.finished']),
    );
    expect(JSON.stringify(rows)).not.toMatch(/token|secret/i);
  });

  it('installs by itself when no page is shown, after an uninstall', async () => {
    const { control, context } = running.portal;
    const id = context.applications()[0]?.id ?? '';
    await context.uninstall(id, false);
    await until(async () => (await state()) === 'frozen', { timeoutMs: 30_000 });
    expect(await running.app.get(PurgeService, { strict: false }).due()).toEqual([]);
    await axios.post(`${control}/applications/${id}/install`, { flavour: 'script', userId: adminId() });
    await until(async () => (await state()) === 'active', { timeoutMs: 15_000 });
  });

  it('answers strangers plainly: an unknown host, a look from outside a portal', async () => {
    const answer = await axios.post(`${running.url}/hooks/unknown-host`, 'a=1', {
      validateStatus: () => true,
    });
    expect(answer.status).toBe(400);
    const plain = await axios.get<string>(`${running.url}/embed/bitrix24/frame`, {
      validateStatus: () => true,
    });
    expect(plain.status).toBe(200);
    expect(plain.headers['content-security-policy']).toContain(`frame-ancestors 'none'`);
    expect((await axios.head(`${running.url}/embed/bitrix24/frame`)).status).toBe(200);
  });

  function adminId(): number {
    return running.portal.context.users().find((user) => user.admin && user.active)?.id ?? 0;
  }

  async function state(): Promise<string> {
    const [row] = await running.database.query<{ state: string }>('SELECT state FROM account');
    return row?.state ?? 'none';
  }

  async function theAccount(): Promise<string> {
    const [row] = await running.database.query<{ account_id: string }>('SELECT account_id FROM account');
    return row?.account_id ?? '';
  }
});
