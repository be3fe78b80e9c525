import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { startAmocrmPortal, type AmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { openBrowser } from '../support/browser.js';
import { smallCompany } from '../sandbox/small-company.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Backend {
  readonly url: string;
  readonly requests: { method: string; path: string; origin: string; token: string }[];
  readonly close: () => Promise<void>;
}

/** A widget's own server on another origin: answers preflights and verifies tokens as an integrator should. */
async function openBackend(portalOrigin: () => string): Promise<Backend> {
  const requests: Backend['requests'] = [];
  const server: Server = createServer((request, response) => {
    const { headers, method = '', url = '' } = request;
    const token = String(headers['x-auth-token'] ?? '');
    requests.push({ method, path: url, origin: String(headers.origin ?? ''), token });
    response.setHeader('access-control-allow-origin', portalOrigin());
    response.setHeader('access-control-allow-headers', 'x-auth-token, content-type');
    response.setHeader('content-type', 'application/json');
    void verified(token).then((claims) => {
      if (method !== 'POST') return response.writeHead(204).end();
      return response.writeHead(claims === null ? 401 : 200).end(JSON.stringify({ hello: claims }));
    });
  });
  const verified = async (token: string) => {
    const key = new TextEncoder().encode('the integration secret');
    const audience = `http://127.0.0.1:${portOf(server)}`;
    const checked = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience,
      issuer: portalOrigin(),
    }).catch(() => null);
    return checked === null ? null : `user ${String(checked.payload['user_id'])}`;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

describe('test/sandbox-amocrm/widget-page', () => {
  let browser: Browser;
  let backend: Backend;
  let portal: AmocrmPortal;
  let folder: string;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'widget-'));
    await cp(path.join(import.meta.dirname, 'fixture-widget'), folder, { recursive: true });
    await cp(path.join(ROOT, 'widgets/amocrm/images'), path.join(folder, 'images'), { recursive: true });
    backend = await openBackend(() => portal.url);
    portal = await startAmocrmPortal({
      port: 0,
      limits: false,
      company: smallCompany(),
      widget: folder,
      application: {
        clientId: '6f1c2f52-6a5b-4f0e-8b8e-2b0a3d6c9e11',
        clientSecret: 'the integration secret',
        title: 'Trial',
        redirectUri: `${backend.url}/oauth/callback?x=1`,
      },
    });
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await portal.close();
    await backend.close();
    await rm(folder, { recursive: true, force: true });
    expect(faults).toEqual([]);
  });

  const calls = () => page.evaluate<string[]>('window.trialCalls ?? []');
  const complaints = () => page.evaluate<string[]>('window.sandboxComplaints ?? []');

  it('installs a widget: asks onSave, calls the redirect address without a state, and draws the settings again', async () => {
    await page.goto(`${portal.url}/settings/widgets/?lang=en`);
    await page.getByRole('button', { name: /Configure: Trial/u }).click();
    await page.getByLabel('Greeting').fill(`${backend.url}/session`);
    await page.locator('.js-widget-install').click();
    await page.getByText('The integration is installed').waitFor();
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    const callback = backend.requests.find((one) => one.path.startsWith('/oauth/callback'));
    const query = new URL(callback?.path ?? '/', backend.url).searchParams;
    expect([...query.keys()]).toEqual(['x', 'code', 'referer', 'platform', 'from_widget']);
    expect(query.get('referer')).toBe(new URL(portal.url).host);
    expect(await calls()).toEqual(
      expect.arrayContaining(['settings settings 1', 'settings onSave Y greeting']),
    );
    expect(portal.store.integrations.all()[0]).toMatchObject({ state: 'installed' });
  });

  it('draws in the lead’s right column, in the host’s order, and proves its user across origins', async () => {
    await page.goto(`${portal.url}/leads/detail/3/?lang=en&user=2`);
    await page.locator('.trial-answer', { hasText: 'user 2' }).waitFor();
    expect(await page.locator('.trial-text').textContent()).toBe('TRIAL IN THE CARD');
    expect(await calls()).toEqual(['lcard render', 'lcard bind_actions', 'lcard init']);
    const asked = backend.requests.filter((one) => one.path === '/session');
    expect(asked.map((one) => one.method)).toEqual(['OPTIONS', 'POST']);
    expect(asked[1]?.origin).toBe(portal.url);
    const card = await page.evaluate('[APP.data.current_card.id, APP.isCard(), APP.getWidgetsArea()]');
    expect(card).toEqual([3, true, 'leads_card']);
    expect(await complaints()).toEqual([]);
  });

  it('takes the other order when asked to, and destroys the widget when the person leaves', async () => {
    await page.goto(`${portal.url}/leads/detail/3/?lang=en&order=late`);
    await page.locator('.trial-answer', { hasText: 'user 1' }).waitFor();
    expect(await calls()).toEqual(['lcard render', 'lcard init', 'lcard bind_actions']);
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.waitForFunction("window.trialCalls.includes('lcard destroy')");
  });

  it('opens the page of advanced settings with its work area and the host’s modal', async () => {
    await page.goto(`${portal.url}/settings/widgets/?lang=en`);
    await page.getByRole('link', { name: 'Settings of the integration' }).click();
    await page.locator('.trial-open').click();
    await page.locator('.trial-modal .modal-body', { hasText: 'in a modal' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.trial-modal').waitFor({ state: 'detached' });
  });

  it('tells a widget of the leads that were chosen in the list', async () => {
    await page.goto(`${portal.url}/leads/list/?lang=en`);
    await page.waitForFunction("(window.trialCalls ?? []).includes('llist init')");
    await page.evaluate('sandboxSelect([3, 5])');
    expect(await calls()).toContain('llist selected 3,5');
  });

  it('puts an action on a stage through the form that the widget fills in', async () => {
    await page.goto(`${portal.url}/settings/pipeline/?lang=en`);
    const stage = page.getByRole('combobox', { name: 'Stage' });
    await stage.selectOption({ index: 1 });
    await page.getByRole('button', { name: /Add an action/u }).click();
    await page.waitForFunction(
      "(window.trialCalls ?? []).includes('digital_pipeline dpSettings digital_pipeline 1')",
    );
    await page.locator('[data-action=send_widget_hook]').click();
    await page.getByText('The action is added').waitFor();
    const [status] = portal.store.pipelines.all[0]?.statuses.slice(1) ?? [];
    expect(portal.store.digitalPipeline.triggers).toEqual([
      expect.objectContaining({
        statusId: status?.id,
        url: 'https://example.com/trigger',
        settings: { key: 'the key' },
        encoding: 'form',
      }),
    ]);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove' }).waitFor({ state: 'detached' });
    expect(portal.store.digitalPipeline.triggers).toEqual([]);
  });

  it.each(['expired', 'wrong-audience', 'wrong-secret'])(
    'gives a token that is refused (%s), and the widget hears of it',
    async (disposable) => {
      await fetch(`${portal.control}/settings`, { method: 'POST', body: JSON.stringify({ disposable }) });
      await page.goto(`${portal.url}/leads/detail/3/?lang=en`);
      await page.locator('.trial-answer', { hasText: 'refused 401' }).waitFor();
      await fetch(`${portal.control}/settings`, {
        method: 'POST',
        body: JSON.stringify({ disposable: 'good' }),
      });
    },
  );

  it('disables: the widget is asked, its tokens die, its box is gone', async () => {
    await page.goto(`${portal.url}/settings/widgets/?lang=en`);
    await page.getByRole('button', { name: /Configure: Trial/u }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('The integration is disabled').waitFor();
    expect(await calls()).toContain('settings onSave N greeting');
    expect(portal.store.integrations.all()[0]?.state).toBe('not_installed');
    await page.goto(`${portal.url}/leads/detail/3/?lang=en`);
    await page.locator('.card-widgets__none').waitFor();
    expect(await page.locator('.trial-text').count()).toBe(0);
  });
});
