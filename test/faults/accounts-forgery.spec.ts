import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { Metrics } from '../../src/infra/metrics.js';
import { smallCompany, startEverything, type Running } from '../support/running.js';
import { launchOf, postFrame } from '../support/widget-person.js';

describe('test/faults/accounts-forgery', () => {
  let running: Running;
  let canary: Server;
  let calls = 0;
  let canaryPort = 0;

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(5) });
    canary = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => canary.listen(0, '127.0.0.1', done));
    canaryPort = (canary.address() as { port: number }).port;
  }, 120_000);

  afterAll(async () => {
    await new Promise((done) => canary.close(done));
    await running?.stop();
  });

  const places = (port: number): readonly string[] => [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    `2130706433:${port}`,
    `0x7f.1:${port}`,
    '169.254.169.254',
    'evil.example.com#.bitrix24.ru',
    'evil.example.com?.bitrix24.ru',
    'user:pass@evil.example.com',
  ];

  it('row 36: never calls an address that a forged frame or installation names', async () => {
    const accounts = await count('account');
    for (const place of places(canaryPort)) {
      for (const route of ['frame', 'install']) {
        const answer = await post(
          `/embed/bitrix24/${route}?DOMAIN=${encodeURIComponent(place)}&PROTOCOL=0&LANG=ru`,
          {
            AUTH_ID: 'a'.repeat(70),
            REFRESH_ID: 'b'.repeat(70),
            AUTH_EXPIRES: '3600',
            SERVER_ENDPOINT: `http://${place}/rest/`,
            member_id: 'c'.repeat(32),
            status: 'L',
            PLACEMENT: 'DEFAULT',
          },
        );
        expect([place, answer.status >= 400]).toEqual([place, true]);
        const event = await post('/hooks/bitrix24', {
          event: 'ONAPPINSTALL',
          'auth[domain]': place,
          'auth[client_endpoint]': `http://${place}/rest/`,
          'auth[server_endpoint]': `http://${place}/rest/`,
          'auth[access_token]': 'a'.repeat(70),
          'auth[refresh_token]': 'b'.repeat(70),
          'auth[member_id]': 'd'.repeat(32),
          'auth[application_token]': 'e'.repeat(32),
        });
        expect([place, event.status >= 400]).toEqual([place, true]);
      }
    }
    expect(calls).toBe(0);
    expect(await count('account')).toBe(accounts);
  });

  it('row 37: refuses hooks with a wrong, missing or foreign secret, and stores nothing but a counter', async () => {
    const before = await refusals();
    const forged: readonly Record<string, string>[] = [
      { 'auth[member_id]': running.portal.memberId, 'auth[application_token]': 'f'.repeat(32) },
      { 'auth[member_id]': running.portal.memberId, 'auth[application_token]': '' },
      { 'auth[member_id]': 'unknown0000000000000000000000000', 'auth[application_token]': 'f'.repeat(32) },
    ];
    for (const auth of forged) {
      for (const event of ['ONCRMDEALUPDATE', 'ONCRMDEALDELETE', 'ONAPPUNINSTALL', 'ONAPPUPDATE']) {
        const answer = await post('/hooks/bitrix24', { event, 'data[FIELDS][ID]': '1', ...auth });
        expect([400, 401, 403]).toContain(answer.status);
      }
    }
    expect(await count('inbox')).toBe(0);
    expect(await refusals()).toBeGreaterThan(before);
  });

  it('row 37: refuses a forged robot call', async () => {
    const answer = await post('/hooks/bitrix24/robot', {
      code: 'dozhim_generate_plan',
      event_token: 'x'.repeat(40),
      'document_id[0]': 'crm',
      'document_id[1]': 'CCrmDocumentDeal',
      'document_id[2]': 'DEAL_1',
      'auth[member_id]': running.portal.memberId,
      'auth[application_token]': 'f'.repeat(32),
    });
    expect([400, 403]).toContain(answer.status);
    expect(await count('plan')).toBe(0);
  });

  it('opens no frame for a stranger’s token at a known portal, and says so in words', async () => {
    const launch = launchOf(running, 1, null);
    const forged = await postFrame(running, {
      action: launch.action,
      fields: { ...launch.fields, AUTH_ID: 'a'.repeat(70), REFRESH_ID: 'b'.repeat(70) },
    });
    expect(forged.status).toBeGreaterThanOrEqual(400);
    expect(forged.data).not.toContain('"session"');
    expect(forged.data).toContain('<h1>');
  });

  it('row 43: refuses bodies that are too large, too many or too deep, and keys of the prototype', async () => {
    const bodies: readonly [string, number][] = [
      ['x'.repeat(2_000_000), 413],
      [Array.from({ length: 10_000 }, (_, index) => `a${index}=1`).join('&'), 400],
      [`a${'[b]'.repeat(1_000)}=1`, 400],
      ['__proto__[polluted]=1&event=ONCRMDEALADD', 400],
    ];
    for (const [body, status] of bodies) {
      const answer = await axios.post(`${running.url}/hooks/bitrix24`, body, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        validateStatus: () => true,
        maxBodyLength: Number.POSITIVE_INFINITY,
      });
      expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), status]);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  function post(path: string, fields: Record<string, string>) {
    return axios.post<string>(`${running.url}${path}`, new URLSearchParams(fields).toString(), {
      validateStatus: () => true,
      responseType: 'text',
    });
  }

  async function count(table: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
    return row?.n ?? -1;
  }

  async function refusals(): Promise<number> {
    const { values } = await running.app.get(Metrics).refusals.get();
    return values.reduce((sum, each) => sum + each.value, 0);
  }
});
