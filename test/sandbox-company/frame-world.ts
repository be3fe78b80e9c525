import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import axios from 'axios';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Frame, Page } from 'playwright-core';
import { startBitrix24Portal, type Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import { generateCompany } from '../../src/sandbox/company/generator.js';

/** A portal with a small company, and an application of another origin whose frames carry the host's own SDK. */
export interface FrameWorld {
  readonly portal: Bitrix24Portal;
  readonly applicationId: string;
  /** Forms the portal's page posted into frames, oldest first. */
  readonly posted: { readonly url: string; readonly form: Record<string, string> }[];
  close(): Promise<void>;
}

/** @param hosts names of the two machines; whatever ends in `.localhost` is resolved by the browser itself. */
export async function openFrameWorld(hosts = { portal: 'localhost', app: 'localhost' }): Promise<FrameWorld> {
  const posted: FrameWorld['posted'] = [];
  const app = await openApplication(posted);
  await app.listen({ port: 0, host: '::' });
  const appUrl = `http://${hosts.app}:${portOf(app.server.address())}`;
  const application = {
    clientId: 'local.test',
    clientSecret: 'secret',
    handlerUrl: `${appUrl}/frame`,
    installUrl: `${appUrl}/install`,
    title: 'Test application',
  };
  const company = generateCompany({ seed: 4, deals: 90, language: 'ru', now: Date.now() });
  const portal = await startBitrix24Portal({
    port: 0,
    limits: false,
    company,
    application,
    host: hosts.portal,
  });
  return {
    portal,
    applicationId: application.clientId,
    posted,
    async close() {
      await portal.close();
      await app.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

async function openApplication(posted: FrameWorld['posted']): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true });
  const entry = createRequire(import.meta.url).resolve('@bitrix24/b24jssdk');
  const root = entry.slice(0, entry.lastIndexOf(`${path.sep}dist${path.sep}`));
  const sdk = await readFile(path.join(root, 'dist/umd/index.min.js'));
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.get('/sdk.js', (_request, reply) => reply.type('text/javascript').send(sdk));
  for (const address of ['/frame', '/install']) {
    app.post<{ Body: Record<string, string> }>(address, (request, reply) => {
      posted.push({ url: request.url, form: request.body });
      const scripts =
        '<script src="/sdk.js"></script><script>window.b24 = B24Js.initializeB24Frame()</script>';
      return reply.type('text/html').send(`<!doctype html><title>app</title><p>application</p>${scripts}`);
    });
  }
  return app;
}

/** Binds the application's places over REST with the token of a posted form, as an installer does. */
export async function bindTab(world: FrameWorld): Promise<void> {
  const auth = world.posted.at(-1)?.form['AUTH_ID'];
  const handler = world.portal.context.applications()[0]?.handlerUrl;
  for (const placement of ['CRM_DEAL_DETAIL_TAB', 'LEFT_MENU']) {
    await axios.post(`http://127.0.0.1:${new URL(world.portal.url).port}/rest/placement.bind.json`, {
      auth,
      PLACEMENT: placement,
      HANDLER: handler,
      TITLE: 'План',
      LANG_ALL: { ru: { TITLE: 'План' }, en: { TITLE: 'Plan' } },
    });
  }
}

/** Installs the application without a browser, for tests of what comes afterwards. */
export async function installQuietly(world: FrameWorld): Promise<void> {
  const { context } = world.portal;
  const { fields } = context.issueFrameAuth(world.applicationId, 1, 'DEFAULT', {});
  world.posted.push({ url: '', form: { ...fields } });
  await bindTab(world);
  context.finishInstall(world.applicationId);
}

/** The frame of the application, when its SDK has shaken hands. */
export async function applicationFrame(page: Page, place = 'iframe.appframe'): Promise<Frame> {
  const element = await page.waitForSelector(place);
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('the element is no frame');
  await frame.waitForFunction('window.b24 !== undefined');
  await frame.evaluate('window.b24');
  return frame;
}
