import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { EntityChange } from '../../src/contract/client.js';
import type { HostRequest } from '../../src/contract/host.js';
import type { StageTransition } from '../../src/domain/crm/records.js';
import { type AmocrmWorld, INTEGRATION, startAmocrmWorld } from '../support/amocrm-world.js';
import { tinyCompany } from '../support/tiny-company.js';

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

describe('test/contract/amocrm-portal', () => {
  describe('reading', () => {
    it('detects what the account allows', async () => {
      expect(await world.host.detect(world.session)).toEqual({
        offlineQueue: true,
        robots: true,
        idempotentTaskWrites: false,
        departments: true,
        stageHistory: true,
      });
    });

    it('loses no deal though others are deleted behind it, page by page', async () => {
      await restart({ company: tinyCompany(1600) });
      const seen = new Set<string>();
      let doomed = 1;
      for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
        for (const { id } of page.rows) seen.add(id);
        // Always rows that were read already: they pull all others forward.
        for (let count = 0; count < 7 && doomed < 40; count += 1, doomed += 1) {
          await world.deleteDeal(String([...world.portal.store.leads][0]?.id));
        }
      }
      const live = [...world.portal.store.leads].map(({ id }) => String(id));
      expect(live.length).toBeGreaterThan(1500);
      expect(live.filter((id) => !seen.has(id))).toEqual([]);
    });

    it('reads pages in smaller portions when the account is too slow', async () => {
      await restart({ company: tinyCompany(300) });
      world.portal.faults.add({ kind: 'http504', method: 'leads.list', times: 3 });
      const ids: string[] = [];
      for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
        ids.push(...page.rows.map(({ id }) => id));
      }
      expect(new Set(ids).size).toBe(300);
      expect(ids.length).toBe(300);
    });

    it.each([[true], [false]])('reads many deals again (filters: %s), in few requests', async (filters) => {
      await restart({ company: tinyCompany(900), filters });
      const { store, log } = world.portal;
      const ids = [...store.leads].map(({ id }) => String(id)).slice(100, 700);
      const before = log.total;
      const deals = await world.client.readDeals([...ids, '4294967999', 'D_1'], 'high');
      expect(deals.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(log.total - before).toBeLessThan(20);
    });

    it('tells where each deal began and how it went on, moved or not', async () => {
      const { portal, client } = world;
      const rows = await historyOf();
      for (const { id } of portal.store.leads) {
        const told = rows.filter(({ dealId }) => dealId === String(id));
        const truth = portal.context.stageHistory(id);
        expect(told.map(({ at, pipelineId, stageId }) => [at, `${pipelineId}:${stageId}`])).toEqual(
          truth.map(({ at, stageId }) => [at, stageId]),
        );
      }
      expect(client.streams.has('stageHistory')).toBe(true);
    });

    it('tells in a sweep where a deal began that was made since', async () => {
      const since = await world.client.serverTime();
      const [dealId = ''] = await world.addDeals(1);
      const began = world.portal.context.deal(Number(dealId))?.stageId;
      const place = await world.moveByHand(dealId);
      const rows = (await historyOf(since)).filter((row) => row.dealId === dealId);
      expect(rows.map(({ pipelineId, stageId }) => `${pipelineId}:${stageId}`)).toEqual([
        began,
        `${place.pipelineId}:${place.stageId}`,
      ]);
    });

    it('finds deletions in the log of events, and again what was not confirmed', async () => {
      const [dealId = ''] = await world.addDeals(1);
      await world.deleteDeal(dealId);
      const gone = [{ entity: 'deal', id: dealId, change: 'deleted' }];
      expect(await drained(false)).toEqual(gone);
      expect(await drained(true)).toEqual(gone);
      expect(await drained(true)).toEqual([]);
    });

    it('reads an incoming deal in its own stage, and where it goes when it is accepted', async () => {
      const incoming = await control('/unsorted', { name: 'Заявка', contactName: 'Вера', category: 'forms' });
      const [lead] = [...world.portal.store.leads].slice(-1);
      expect(incoming).toBe(200);
      const [deal] = await world.client.readDeals([String(lead?.id)], 'high');
      expect(deal).toMatchObject({ stageKind: 'open', stageId: String(lead?.status.id) });
    });
  });

  describe('writing', () => {
    const draft = async (title: string, ownerId?: string) => {
      const [dealId = ''] = await world.addDeals(1);
      const [first] = world.people;
      const dueAt = Date.UTC(2027, 0, 15, 9);
      return {
        dealId,
        title,
        description: 'Что сказать',
        ownerId: ownerId ?? first,
        dueAt,
        durationMinutes: 30,
      };
    };

    it('puts aside the elements that the account refuses and writes the others', async () => {
      const [good, bad] = [await draft('Позвонить'), await draft('Чужой', '77')];
      const outcomes = await world.client.writeTasks([
        { kind: 'create', key: 'a', task: good },
        { kind: 'create', key: 'b', task: bad },
        { kind: 'create', key: 'c', task: { ...good, ownerId: 'nobody' } },
        { kind: 'create', key: 'd', task: good },
      ]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'refused', 'refused', 'ok']);
      expect(outcomes[1]).toMatchObject({ failure: { kind: 'malformed' } });
      expect(await world.tasksWithKey('a')).toBe(1);
      expect(await world.tasksWithKey('d')).toBe(1);
    });

    it('keeps the description when the title changes, and what the seller wrote as the result', async () => {
      const [made] = await world.client.writeTasks([
        { kind: 'create', key: 'k', task: await draft('Позвонить') },
      ]);
      const taskId = made?.kind === 'ok' ? made.taskId : '';
      await world.client.writeTasks([{ kind: 'update', taskId, changes: { title: 'Встретиться' } }]);
      const task = world.portal.store.tasks.get(Number(taskId));
      expect(task?.text).toBe('Встретиться\nЧто сказать\n\n[#=k]');
      world.portal.context.completeWithResult(Number(taskId), 'договорились', Number(world.people[1]));
      await world.client.writeTasks([{ kind: 'cancel', taskId, comment: 'снято планом' }]);
      expect(task?.result).toBe('договорились');
    });

    it('passes on what a person did with a task', async () => {
      const [made] = await world.client.writeTasks([
        { kind: 'create', key: 'k', task: await draft('Позвонить') },
      ]);
      const taskId = made?.kind === 'ok' ? made.taskId : '';
      const [, seller] = world.people;
      world.portal.context.completeWithResult(Number(taskId), 'договорились', Number(seller));
      const [task] = await world.client.readTasks([taskId], 'high');
      expect(task).toMatchObject({ state: 'completed', completedBy: seller, ourKey: 'k' });
    });

    it('says that nothing can be written when the account is not paid', async () => {
      world.portal.store.settings.paid = false;
      world.portal.store.settings.unpaidSince = world.portal.store.clock.seconds();
      const task = await draft('Позвонить');
      const [outcome] = await world.client.writeTasks([{ kind: 'create', key: 'k', task }]);
      expect(outcome).toEqual({ kind: 'refused', failure: { kind: 'paymentRequired' } });
      const tasks = await world.client.findTasks([{ key: 'k', dealId: task.dealId, since: 0 }]);
      expect(tasks.size).toBe(0);
    });
  });

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

  async function historyOf(modifiedSince?: number): Promise<readonly StageTransition[]> {
    const rows: StageTransition[] = [];
    const request = {
      cursor: null,
      lane: 'low',
      ...(modifiedSince !== undefined && { modifiedSince }),
    } as const;
    for await (const page of world.client.read('stageHistory', request)) rows.push(...page.rows);
    return rows.toSorted((one, other) => one.at - other.at);
  }

  async function drained(confirm: boolean): Promise<readonly EntityChange[]> {
    const changes: EntityChange[] = [];
    for await (const taken of world.client.drainQueue()) {
      changes.push(...taken.changes);
      if (confirm) await taken.confirm();
    }
    return changes;
  }

  async function control(path: string, body: object): Promise<number> {
    const answer = await axios.post(`${world.portal.control}${path}`, body, {
      proxy: false,
      validateStatus: () => true,
    });
    return answer.status;
  }
});

function callOf(url: URL): HostRequest {
  const query = Object.fromEntries(url.searchParams);
  return { method: 'GET', query, headers: {}, contentType: '', body: Buffer.alloc(0) };
}
