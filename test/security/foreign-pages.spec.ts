import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { bodyFor, documentedRoutes, type DocumentedRoute } from '../support/documented-routes.js';
import { startEverything, settled, type Running } from '../support/running.js';
import { dumpOf } from '../support/secrets.js';
import { openFrame, type WidgetPerson } from '../support/widget-person.js';

const EVIL = 'https://evil.example.com';

describe('test/security/foreign-pages', () => {
  let running: Running;
  let person: WidgetPerson;
  let writing: readonly DocumentedRoute[];

  beforeAll(async () => {
    running = await startEverything({ plans: [{ pipelineId: 1, templateKey: 'transactional' }] });
    await settled(running);
    const admin = running.portal.context.users().find((user) => user.admin && user.active);
    person = await openFrame(running, admin?.id ?? 0);
    writing = (await documentedRoutes(running.url)).filter((route) => route.method !== 'get');
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', { 'content-type': 'text/plain' }],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['JSON named as text', { 'content-type': 'text/plain;application/json' }],
    ['another origin', { 'content-type': 'application/json', origin: EVIL }],
    ['an opaque origin', { 'content-type': 'application/json', origin: 'null' }],
    ['a cross-site request', { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }],
    ['a same-site request', { 'content-type': 'application/json', 'sec-fetch-site': 'same-site' }],
    [
      'an origin that begins like ours',
      { 'content-type': 'application/json', origin: 'http://localhost.evil.com' },
    ],
  ])('row 40: refuses %s on every route that changes something, even with a session', async (_, headers) => {
    const before = await changeable();
    expect(writing.length).toBeGreaterThan(9);
    for (const route of writing) {
      const status = await sent(route, { ...headers, authorization: `Bearer ${person.boot.session}` });
      expect([route.method, route.path, [403, 415].includes(status)]).toEqual([
        route.method,
        route.path,
        true,
      ]);
    }
    expect(await changeable()).toBe(before);
  });

  it('row 40: has no use for cookies and sets none', async () => {
    for (const route of writing.filter((one) => one.path !== '/api/session')) {
      const status = await sent(route, {
        'content-type': 'application/json',
        cookie: `session=${person.boot.session}; token=${person.boot.session}`,
      });
      expect([route.path, status]).toEqual([route.path, 401]);
    }
    const answers = await Promise.all(
      ['/health/live', '/docs', '/api/home', '/embed/bitrix24/frame'].map((path) =>
        axios.get(`${running.url}${path}`, { validateStatus: () => true }),
      ),
    );
    expect(answers.map(({ headers }) => headers['set-cookie'])).toEqual(answers.map(() => undefined));
    expect(person.page.headers['set-cookie']).toBeUndefined();
  });

  it('allows no other origin to read our answers', async () => {
    const headers = { origin: EVIL, 'access-control-request-method': 'POST' };
    const answer = await axios.options(`${running.url}/api/install`, { headers, validateStatus: () => true });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const read = await axios.get(`${running.url}/api/home`, { headers, validateStatus: () => true });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('says in every answer that it is not to be framed, sniffed or kept, but for the frame of its portal', async () => {
    for (const path of [
      '/health/live',
      '/docs',
      '/api/home',
      '/metrics',
      '/embed/bitrix24/frame',
      '/nothing',
    ]) {
      const { headers } = await axios.get(`${running.url}${path}`, { validateStatus: () => true });
      expect([path, String(headers['content-security-policy']).includes(`frame-ancestors 'none'`)]).toEqual([
        path,
        true,
      ]);
      expect([path, headers['x-content-type-options'], headers['referrer-policy']]).toEqual([
        path,
        'nosniff',
        'no-referrer',
      ]);
      expect([path, headers['strict-transport-security']]).toEqual([
        path,
        expect.stringContaining('max-age='),
      ]);
    }
    const policy = String(person.page.headers['content-security-policy']);
    expect(policy).toContain(`frame-ancestors ${new URL(running.portal.url).origin}`);
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(person.page.headers['x-frame-options']).toBeUndefined();
    expect(person.page.headers['cache-control']).toBe('no-store');
    const home = await person.get('/api/home');
    expect(String(home.headers['cache-control'])).toContain('no-store');
  });

  async function sent(route: DocumentedRoute, headers: Readonly<Record<string, string>>): Promise<number> {
    const path = route.path.replaceAll(/\{\w+\}/g, 'D_1');
    const { status } = await axios.request({
      method: route.method,
      url: `${running.url}${path}`,
      headers,
      data: JSON.stringify(bodyFor(path)),
      transformRequest: (data: unknown) => data,
      validateStatus: () => true,
      maxRedirects: 0,
    });
    return status;
  }

  async function changeable(): Promise<string> {
    const lines = (await dumpOf(running.database)).split('\n');
    const tables = /^-- public\.(plan|plan_step|pipeline_plan|progress|preference|audit_log|api_replay)$/;
    let inside = false;
    return lines
      .filter((line) => (line.startsWith('-- ') ? (inside = tables.test(line)) : inside))
      .join('\n');
  }
});
