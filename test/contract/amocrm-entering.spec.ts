import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { HostRequest } from '../../src/contract/host.js';
import { type AmocrmWorld, INTEGRATION, startAmocrmWorld } from '../support/amocrm-world.js';

let world: AmocrmWorld;

beforeEach(async () => {
  world = await startAmocrmWorld();
});

afterEach(async () => {
  await world.close();
});

async function restart(options: Parameters<typeof startAmocrmWorld>[0]): Promise<void> {
  await world.close();
  world = await startAmocrmWorld(options);
}

const nobody = () => Promise.resolve(null);

describe('test/contract/amocrm-entering', () => {
  describe('hooks', () => {
    it('wakes a subscription that the account disabled, and asks again for what is missing in it', async () => {
      const { webhooks } = world.portal.store;
      await world.client.embed(world.addresses);
      const [hook] = webhooks.all;
      if (!hook) throw new Error('no subscription');
      hook.disabled = true;
      expect((await world.client.embed(world.addresses)).added).toHaveLength(1);
      expect(webhooks.all.map(({ disabled }) => disabled)).toEqual([false]);
      for (const one of webhooks.all) one.settings = ['add_lead'];
      expect((await world.client.embed(world.addresses)).added).toHaveLength(1);
      expect((await world.client.embed(world.addresses)).kept).toHaveLength(1);
    });

    it('goes without hooks where the plan allows none', async () => {
      world.portal.store.settings.plan = 'basic';
      const report = await world.client.embed(world.addresses);
      expect(report).toEqual({ added: [], kept: [], unavailable: [expect.stringContaining('тариф')] });
    });

    it('reads the completion of a task', async () => {
      await world.client.embed(world.addresses);
      const [dealId = ''] = await world.addDeals(1);
      const [ownerId] = world.people;
      const task = { dealId, title: 'x', description: '', ownerId, dueAt: null, durationMinutes: null };
      const [made] = await world.client.writeTasks([{ kind: 'create', key: 'k', task }]);
      const taskId = made?.kind === 'ok' ? made.taskId : '';
      world.portal.context.completeTask(Number(taskId), Number(ownerId));
      await world.portal.store.sender.drained();
      const changes = world.posted.flatMap((call) => {
        const reading = world.host.readHook(call);
        return reading.kind === 'changes' ? reading.changes : [];
      });
      expect(changes).toContainEqual({ entity: 'task', id: taskId, change: 'saved' });
    });

    it.each([
      ['form', 'data'],
      ['json', 'data'],
      ['form', 'leads'],
      ['json', 'leads'],
    ] as const)(
      'reads the automation’s call (%s, %s) and believes only its own key',
      async (encoding, shape) => {
        const { store, context } = world.portal;
        const [dealId = ''] = await world.addDeals(1);
        const key = world.host.automationKey(world.session.accountKey);
        const place = await world.otherStage(dealId);
        for (const settings of [
          { key, template: 'b2b' },
          { key: 'false', template: 'b2b' },
        ]) {
          store.digitalPipeline.add({
            pipelineId: Number(place.pipelineId),
            statusId: Number(place.stageId),
            url: `${world.addresses.hook}/robot`,
            settings,
            encoding,
            shape,
            multiple: false,
          });
        }
        context.moveDeal(Number(dealId), `${place.pipelineId}:${place.stageId}`, Number(world.people[0]));
        await store.sender.drained();
        const readings = world.posted.map((call) => world.host.readHook(call));
        expect(readings).toContainEqual({
          kind: 'robot',
          accountKey: world.session.accountKey,
          secret: null,
          callId: expect.stringContaining(`${dealId}:${place.pipelineId}:${place.stageId}`),
          dealId,
          templateKey: 'b2b',
        });
        expect(readings).toContainEqual({ kind: 'refused', reason: 'a false key' });
      },
    );

    it('believes a farewell by its signature only', async () => {
      await world.portal.context.uninstall(INTEGRATION.clientId);
      const call = world.posted.find(({ method }) => method === 'GET');
      if (!call) throw new Error('no farewell');
      expect(world.host.readHook(call)).toEqual({
        kind: 'lifecycle',
        accountKey: world.session.accountKey,
        secret: null,
        event: 'uninstalled',
        purge: false,
      });
      const forged = { ...call, query: { ...call.query, account_id: '31000002' } };
      expect(world.host.readHook(forged)).toMatchObject({ kind: 'refused' });
    });
  });

  describe('entering', () => {
    it.each([
      ['another algorithm', { algorithm: 'HS512' }, 'notGenuine'],
      ['no algorithm', { algorithm: 'none' }, 'notGenuine'],
      ['another audience', { audience: 'https://other.example.com' }, 'notGenuine'],
      ['an end in the past', { expired: true }, 'expired'],
    ] as const)('refuses a token with %s', async (_what, wish, reason) => {
      const opening = await world.openingWith({ userId: Number(world.people[0]), ...wish }, '1');
      expect(await world.host.openFrame(opening, nobody)).toEqual({ kind: 'refused', reason });
    });

    it('refuses a genuine token from another account’s page', async () => {
      const opening = await world.openingWith({ userId: Number(world.people[0]) }, '1');
      const foreign = { ...opening, headers: { origin: 'https://other.amocrm.ru' } };
      expect(await world.host.openFrame(foreign, nobody)).toEqual({ kind: 'refused', reason: 'notGenuine' });
    });

    it('opens twice with one token and names it', async () => {
      const opening = await world.openingWith({ userId: Number(world.people[1]) }, '1');
      const [one, two] = [
        await world.host.openFrame(opening, nobody),
        await world.host.openFrame(opening, nobody),
      ];
      expect(one).toEqual(two);
      expect(one).toMatchObject({
        kind: 'open',
        user: { admin: false },
        proofId: expect.stringMatching(/-/),
      });
    });

    it('connects an account from our side by a code, which works once', async () => {
      const consent = await axios.get(world.host.authorizeUrl('', 'state-1'), {
        maxRedirects: 0,
        validateStatus: () => true,
        proxy: false,
      });
      const request = callOf(new URL(String(consent.headers['location'])));
      expect(request.query['state']).toBe('state-1');
      expect(world.host.isOwnInstallation(request)).toBe(false);
      expect(await world.host.exchange(request)).toMatchObject({
        kind: 'open',
        accountKey: world.session.accountKey,
        installation: { endpoint: world.portal.url, secret: world.known.secret },
        user: { id: world.people[0], admin: true, timeZone: 'Europe/Moscow' },
        tokens: { endpoint: world.portal.url },
      });
      expect(await world.host.exchange(request)).toEqual({ kind: 'refused', reason: 'notGenuine' });
    });

    it('takes the code that the account’s own server brings when a widget is installed', async () => {
      await world.portal.context.install(INTEGRATION.clientId, Number(world.people[0]));
      const call = world.posted.findLast(({ method }) => method === 'GET');
      if (!call) throw new Error('no code came');
      expect(world.host.isOwnInstallation(call)).toBe(true);
      expect(await world.host.exchange(call)).toMatchObject({ kind: 'open', user: { admin: true } });
    });

    it('finds no administrator behind an integration that may not read people, so it installs nothing', async () => {
      const integration = world.portal.store.integrations.get(INTEGRATION.clientId);
      if (integration) integration.kind = 'external';
      const code = world.portal.store.tokens.issueCode(INTEGRATION.clientId, Number(world.people[0]));
      const back = new URL('http://localhost/oauth/amocrm');
      back.search = new URLSearchParams({ code, referer: new URL(world.portal.url).host }).toString();
      expect(await world.host.exchange(callOf(back))).toMatchObject({ kind: 'open', user: { admin: false } });
    });

    it.each([
      ['evil.example.com'],
      ['amocrm.ru.evil.example.com'],
      ['127.0.0.1:1'],
      ['sub.amocrm.ru:8443'],
      ['www.amocrm.ru'],
    ])('sends its secret to no address like %s', async (referer) => {
      const request: HostRequest = {
        method: 'GET',
        query: { code: 'def5020011223344', referer },
        headers: {},
        contentType: '',
        body: Buffer.alloc(0),
      };
      expect(await world.host.exchange(request)).toEqual({ kind: 'refused', reason: 'notGenuine' });
    });

    it('takes a long-lived token for its own account, and proves it instead of renewing it', async () => {
      let revoke = (): void => undefined;
      await restart({
        longLivedToken: async ({ store }) => {
          const { id } = store.people.firstAdmin();
          const { access } = await store.tokens.issueLongLived(INTEGRATION.clientId, id, 20);
          revoke = () => store.tokens.revoke(access);
          return access;
        },
      });
      const reading = await world.host.openFrame(await world.opening('1'), nobody);
      const tokens = reading.kind === 'open' ? reading.tokens : null;
      if (!tokens) throw new Error('no tokens');
      expect(await world.host.refresh(tokens)).toEqual(tokens);
      revoke();
      await expect(world.host.refresh(tokens)).rejects.toThrow('reauthorise');
    });
  });
});

function callOf(url: URL): HostRequest {
  const query = Object.fromEntries(url.searchParams);
  return { method: 'GET', query, headers: {}, contentType: '', body: Buffer.alloc(0) };
}
