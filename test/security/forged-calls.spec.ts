import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { Metrics } from '../../src/infra/metrics.js';
import { startTwoAccounts, type TwoAccounts } from '../support/neighbour.js';
import { OutgoingCalls } from '../support/outgoing-calls.js';
import { settled } from '../support/running.js';
import { launchOf, postFrame } from '../support/widget-person.js';

type Fields = Readonly<Record<string, string>>;

/** What none of our connections may ever go to, in the spellings that fool parsers. */
const INWARD = [
  'http://127.0.0.1/rest/',
  'https://127.0.0.1/rest/',
  'https://localhost/rest/',
  'http://169.254.169.254/rest/',
  'https://[::1]/rest/',
  'https://[::ffff:127.0.0.1]/rest/',
  'https://2130706433/rest/',
  'https://0x7f.1/rest/',
  'https://0177.0.0.1/rest/',
  'https://evil.com#.bitrix24.ru/rest/',
  'https://evil.com\\.bitrix24.ru/rest/',
  'https://x.bitrix24.ru@evil.com/rest/',
  'https://oauth.bitrix.info@127.0.0.1/rest/',
  'https://oauth.bitrix.info.evil.com/rest/',
  'https://127.0.0.1.nip.io/rest/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_INFO',
];

describe('test/security/forged-calls', () => {
  let world: TwoAccounts;
  let calls: OutgoingCalls;
  let own: readonly number[];

  beforeAll(async () => {
    world = await startTwoAccounts();
    await settled(world.running);
    own = [world.running.url, world.running.portal.url, world.neighbour.url].map((url) =>
      Number(new URL(url).port),
    );
  }, 120_000);

  beforeEach(() => {
    calls = new OutgoingCalls();
  });

  afterEach(() => {
    calls.giveBack();
  });

  afterAll(async () => {
    await world?.stop();
  });

  it.each<[string, () => Fields]>([
    ['a wrong application_token', () => event({ 'auth[application_token]': 'f'.repeat(32) })],
    ['none', () => event({ 'auth[application_token]': '' })],
    ['the token of another portal', () => event({ 'auth[application_token]': tokenOf(world.neighbour) })],
    ['a member_id that we do not know', () => event({ 'auth[member_id]': 'e'.repeat(32) })],
    ['the member_id of another portal', () => event({ 'auth[member_id]': world.neighbour.memberId })],
    [
      'an uninstallation with a wrong token',
      () => uninstallation({ 'auth[application_token]': 'f'.repeat(32) }),
    ],
    [
      'an uninstallation of another portal',
      () => uninstallation({ 'auth[member_id]': world.neighbour.memberId }),
    ],
    ['a payment with a wrong token', () => event({ event: 'ONAPPPAYMENT', 'auth[application_token]': 'x' })],
    ['a bell of the offline queue', () => event({ event: 'ONOFFLINEEVENT', 'auth[application_token]': 'x' })],
    ['a robot with a wrong token', () => robot({ 'auth[application_token]': 'f'.repeat(32) })],
    ['a robot of another portal', () => robot({ 'auth[application_token]': tokenOf(world.neighbour) })],
  ])('row 37: refuses a hook with %s, and keeps nothing of it but a counter', async (_, fields) => {
    const [before, counted] = [await stored(), await refusals()];
    const answer = await hook(fields());
    expect([answer.status, answer.data]).toEqual([403, '']);
    expect(await stored()).toEqual(before);
    expect(await refusals()).toBe(counted + 1);
    expect(calls.beyond(own)).toEqual([]);
  });

  it.each<[string, string, Buffer | string]>([
    ['JSON', 'application/json', '{"event":"ONCRMDEALUPDATE"}'],
    ['no form', 'text/plain', 'event=ONCRMDEALUPDATE'],
    ['bytes that are no text', 'application/x-www-form-urlencoded', Buffer.from([0xff, 0xfe, 0x3d, 0x80])],
    ['a broken escape', 'application/x-www-form-urlencoded', 'event=%E0%A4%A'],
    ['an open bracket', 'application/x-www-form-urlencoded', 'auth[member_id=1'],
    ['nothing', 'application/x-www-form-urlencoded', ''],
    [
      'a member_id that is a path',
      'application/x-www-form-urlencoded',
      'auth[member_id]=../../etc&event=ONCRMDEALADD',
    ],
  ])('row 33, 37: says 400 to a hook of %s and goes on', async (_, type, body) => {
    const before = await stored();
    const answer = await axios.post(`${world.running.url}/hooks/bitrix24`, body, {
      headers: { 'content-type': type },
      validateStatus: () => true,
    });
    expect(answer.status).toBe(400);
    expect(await stored()).toEqual(before);
    expect((await hook(event({}))).status).toBe(200);
    await settled(world.running);
  });

  it('row 37: takes as long for an unknown portal as for a wrong token', async () => {
    const wrong = event({ 'auth[application_token]': 'f'.repeat(32) });
    const unknown = event({ 'auth[member_id]': 'e'.repeat(32) });
    const times: Record<'wrong' | 'unknown', number[]> = { wrong: [], unknown: [] };
    for (let round = 0; round < 60; round++) {
      times.wrong.push(await timeOf(wrong));
      times.unknown.push(await timeOf(unknown));
    }
    // Network and garbage collection are louder than a comparison: medians, and a generous factor.
    const [one, other] = [median(times.wrong), median(times.unknown)];
    expect(Math.max(one, other) / Math.min(one, other)).toBeLessThan(3);
  });

  it.each(INWARD)('row 36: opens no connection to %s, whoever names it', async (address) => {
    const fields = {
      'auth[server_endpoint]': address,
      'auth[client_endpoint]': address,
      'auth[domain]': hostOf(address),
    };
    const strange = { ...tokens(), 'auth[member_id]': 'd'.repeat(32), ...fields };
    const before = await stored();
    const installs = [
      event({ event: 'ONAPPINSTALL', ...strange }),
      event({ event: 'ONAPPUPDATE', ...strange }),
      event({ event: 'ONAPPINSTALL', ...tokens(), ...fields, 'auth[application_token]': 'new' }),
    ];
    for (const install of installs) expect((await hook(install)).status).toBe(403);
    for (const place of ['install', 'frame']) {
      const status = await frame(
        place,
        { SERVER_ENDPOINT: address, member_id: 'd'.repeat(32) },
        hostOf(address),
      );
      expect([400, 403]).toContain(status);
    }
    expect(await stored()).toEqual(before);
    expect(calls.beyond(own)).toEqual([]);
  });

  it('row 36: asks the stored portal about a known account, whatever the posted addresses say', async () => {
    const changes = { SERVER_ENDPOINT: 'https://evil.com/rest/' };
    const launch = launchOf(world.running, adminId(), null);
    const page = await postFrame(world.running, { ...launch, fields: { ...launch.fields, ...changes } });
    expect([200, 403]).toContain(page.status);
    expect(calls.beyond(own)).toEqual([]);
  });

  it('row 36: follows no redirection to an address that it does not trust', async () => {
    const canary = await startCanary();
    const { control } = world.running.portal;
    try {
      await axios.post(`${control}/rename`, { to: canary.url });
      const launch = launchOf(world.running, adminId(), null);
      expect((await postFrame(world.running, launch)).status).not.toBe(200);
      const deal = world.running.portal.context.deals({ open: true, limit: 1 }).deals[0];
      expect((await hook(event({ 'data[FIELDS][ID]': String(deal?.id ?? 0) }))).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(canary.paths()).toEqual([]);
      expect(calls.beyond(own)).toEqual([]);
    } finally {
      await axios.post(`${control}/reset`, {});
      await canary.close();
    }
    await settled(world.running);
  });

  it('sees a connection to a stranger, so that seeing none means something', async () => {
    const canary = await startCanary();
    await axios.get(canary.url);
    expect(calls.beyond(own)).toHaveLength(1);
    await canary.close();
  });

  it('refuses a frame with a token of the neighbour, a stale one, and one that somebody made up', async () => {
    const foreign = launchOf({ portal: world.neighbour }, adminOf(world.neighbour), null).fields;
    const ours = launchOf(world.running, adminId(), null);
    for (const AUTH_ID of [foreign['AUTH_ID'] ?? '', 'a'.repeat(70), '']) {
      const fields = { ...ours.fields, AUTH_ID, REFRESH_ID: '' };
      expect([400, 403]).toContain((await postFrame(world.running, { ...ours, fields })).status);
    }
    const mixed = { ...foreign, member_id: world.running.portal.memberId };
    expect((await postFrame(world.running, { ...ours, fields: mixed })).status).toBe(403);
  });

  function event(changes: Fields): Fields {
    return {
      event: 'ONCRMDEALUPDATE',
      'data[FIELDS][ID]': '1',
      ts: String(Math.floor(Date.now() / 1000)),
      'auth[member_id]': world.running.portal.memberId,
      'auth[application_token]': tokenOf(world.running.portal),
      ...changes,
    };
  }

  function uninstallation(changes: Fields): Fields {
    return event({ event: 'ONAPPUNINSTALL', 'data[CLEAN]': '1', ...changes });
  }

  function robot(changes: Fields): Fields {
    const { event: _event, ...rest } = event(changes);
    return {
      ...rest,
      workflow_id: 'wf',
      event_token: 'token',
      'document_id[0]': 'crm',
      'document_id[1]': 'CCrmDocumentDeal',
      'document_id[2]': 'DEAL_1',
    };
  }

  function tokens(): Fields {
    return {
      'auth[access_token]': 'a'.repeat(70),
      'auth[refresh_token]': 'b'.repeat(70),
      'auth[expires_in]': '3600',
    };
  }

  function hook(fields: Fields) {
    return axios.post<string>(`${world.running.url}/hooks/bitrix24`, new URLSearchParams(fields).toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      validateStatus: () => true,
      responseType: 'text',
    });
  }

  async function timeOf(fields: Fields): Promise<number> {
    const began = performance.now();
    await hook(fields);
    return performance.now() - began;
  }

  async function frame(place: string, changes: Fields, domain: string): Promise<number> {
    const fields = { ...launchOf(world.running, adminId(), null).fields, ...changes };
    const query = new URLSearchParams({ DOMAIN: domain, PROTOCOL: '1', LANG: 'ru', APP_SID: 'sid' });
    const action = `${world.running.url}/embed/bitrix24/${place}?${query.toString()}`;
    return (await postFrame(world.running, { action, fields })).status;
  }

  function adminId(): number {
    return adminOf(world.running.portal);
  }

  /** Everything that a caller could leave behind; limits and the queue's own housekeeping move by themselves. */
  /** What a forged call could have changed. When a sweep last saw a deal is not of it: sweeps go on meanwhile. */
  async function stored(): Promise<readonly string[]> {
    const kept = [
      'account',
      'credential',
      'inbox',
      'deal',
      'plan',
      'outbox_task',
      'audit_log',
      'dead_letter',
    ];
    const rows = await Promise.all(
      kept.map((table) =>
        world.running.database.query<{ line: string }>(
          `SELECT (to_jsonb(t) - 'synced_at')::text AS line FROM ${table} t ORDER BY 1`,
        ),
      ),
    );
    return rows.flatMap((lines, at) => lines.map(({ line }) => `${kept[at] ?? ''} ${line}`));
  }

  async function refusals(): Promise<number> {
    const { values } = await world.running.app.get(Metrics).refusals.get();
    return values.reduce((sum, { value }) => sum + value, 0);
  }
});

function tokenOf(portal: TwoAccounts['neighbour']): string {
  return portal.store.applications.all()[0]?.applicationToken ?? '';
}

function adminOf(portal: TwoAccounts['neighbour']): number {
  return portal.context.users().find((user) => user.admin && user.active)?.id ?? 0;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'evil.com';
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

/** A server inside, which must never be called. */
async function startCanary(): Promise<{ url: string; paths(): readonly string[]; close(): Promise<void> }> {
  const paths: string[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths: () => paths,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
