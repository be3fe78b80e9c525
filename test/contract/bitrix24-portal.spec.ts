import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { HostAction } from '../../src/contract/actions.js';
import type { EntityChange, NamedKind } from '../../src/contract/client.js';
import type { AppPlace } from '../../src/contract/links.js';
import { APPLICATION, type Bitrix24World, openingOf, startBitrix24World } from '../support/bitrix24-world.js';
import { tinyCompany } from '../support/tiny-company.js';

let world: Bitrix24World;

beforeEach(async () => {
  world = await startBitrix24World();
});

afterEach(async () => {
  await world.close();
});

async function control(path: string, body: object = {}): Promise<void> {
  await axios.post(`${world.portal.control}${path}`, body, { proxy: false });
}

async function drained(confirm: boolean): Promise<readonly EntityChange[]> {
  const changes: EntityChange[] = [];
  for await (const taken of world.client.drainQueue()) {
    changes.push(...taken.changes);
    if (confirm) await taken.confirm();
  }
  return changes;
}

describe('test/contract/bitrix24-portal', () => {
  it('detects what the portal offers', async () => {
    expect(await world.host.detect(world.session)).toEqual({
      offlineQueue: true,
      robots: true,
      idempotentTaskWrites: true,
      departments: true,
      stageHistory: true,
    });
  });

  it('knows companies, contacts and sources by name', async () => {
    const { companies, contacts } = world.portal.store;
    const named = async (kind: NamedKind, ids: readonly string[]) =>
      world.client.readNames?.(kind, ids, 'low');
    const [company] = [...companies];
    const [contact] = [...contacts];
    expect(await named('company', [String(company?.id), '999999', 'x'])).toEqual(
      new Map([[String(company?.id), expect.stringMatching(/./)]]),
    );
    expect(await named('contact', [String(contact?.id)])).toEqual(
      new Map([[String(contact?.id), expect.stringMatching(/./)]]),
    );
    expect(await named('source', ['WEB', 'NOWHERE'])).toEqual(new Map([['WEB', 'Web site']]));
  });

  it('detects a portal without REST 3.0, and writes tasks there as well', async () => {
    await control('/settings', { v3: false });
    const capabilities = await world.host.detect(world.session);
    expect(capabilities.idempotentTaskWrites).toBe(false);
    const client = world.host.connect(world.session, { ...capabilities, idempotentTaskWrites: true });
    const task = {
      dealId: 'D_1',
      title: 'x',
      description: '',
      ownerId: '1',
      dueAt: null,
      durationMinutes: null,
    };
    const [outcome] = await client.writeTasks([{ kind: 'create', key: 'k', task }]);
    expect(outcome?.kind).toBe('ok');
  });

  it('embeds everything that a full portal offers', async () => {
    const report = await world.client.embed(world.addresses);
    expect(report.unavailable).toEqual([]);
    const application = world.portal.store.applications.get(APPLICATION.clientId);
    expect(application?.placements.map(({ code }) => code).toSorted()).toEqual([
      'CRM_ANALYTICS_MENU',
      'CRM_DEAL_DETAIL_TAB',
      'CRM_LEAD_DETAIL_TAB',
      'LEFT_MENU',
      'REST_APP_URI',
    ]);
    expect([...(application?.robots.keys() ?? [])]).toEqual(['dozhim_generate_plan']);
    expect(application?.handlers.some(({ offline }) => offline)).toBe(true);
  });

  it('embeds the rest when the portal refuses one part, and says so in words', async () => {
    const capabilities = { ...world.client.capabilities, robots: false };
    const client = world.host.connect(world.session, capabilities);
    world.portal.faults.add({ kind: 'inner-error', method: 'placement.bind', code: 'ACCESS_DENIED' });
    const report = await client.embed(world.addresses);
    expect(report.added.length).toBeGreaterThan(10);
    expect(report.unavailable).toEqual([
      expect.stringContaining('робот'),
      'План (CRM_DEAL_DETAIL_TAB): нет прав или тарифа',
    ]);
  });

  it('keeps what was bound although the answer was lost', async () => {
    world.portal.faults.add({ kind: 'answer-lost', method: 'batch', after: 1 });
    const report = await world.client.embed(world.addresses);
    expect(report.unavailable).toEqual([]);
  });

  it('drains the offline queue, and again what was not confirmed', async () => {
    await world.client.embed(world.addresses);
    const ids = await world.addDeals(3);
    const made = ids.map((id) => ({ entity: 'deal', id, change: 'saved' }));
    expect(await drained(false)).toEqual(made);
    // The process "died" before it confirmed.
    expect(await drained(true)).toEqual(made);
    expect(await drained(true)).toEqual([]);
  });

  it('reads leads behind the deals, moves them and finds them again', async () => {
    const made = await axios.post<{ result: { item: { id: number } } }>(
      `${world.portal.webhook}crm.item.add`,
      { entityTypeId: 1, fields: { title: 'Лид', assignedById: 1 } },
      { proxy: false },
    );
    const leadId = `L_${made.data.result.item.id}`;
    const ids: string[] = [];
    for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
      ids.push(...page.rows.map(({ id }) => id));
    }
    expect(ids.at(-1)).toBe(leadId);
    const move = { kind: 'moveStage', dealId: leadId, pipelineId: 'L', stageId: 'IN_PROCESS' } as const;
    const join = { kind: 'join', dealId: leadId, userId: '2' } as const;
    const done = await world.client.act([
      { key: 'move', action: move },
      { key: 'join', action: join },
      { key: 'note', action: { kind: 'comment', dealId: leadId, text: 'Лид принят' } },
      { key: 'stray', action: { ...move, pipelineId: 'D_0', stageId: 'NEW' } },
    ]);
    expect(done.map((outcome) => (outcome.kind === 'refused' ? outcome.failure.kind : outcome.kind))).toEqual(
      ['ok', 'ok', 'ok', 'malformed'],
    );
    expect(world.portal.store.leads.get(made.data.result.item.id)?.values['observers']).toEqual([2]);
    const [lead] = await world.client.readDeals([leadId, 'L_999'], 'high');
    expect(lead).toMatchObject({ id: leadId, pipelineId: 'L', stageId: 'IN_PROCESS', stageKind: 'open' });
  });

  it('tells during a full copy how many deals there are', async () => {
    await world.close();
    world = await startBitrix24World({ company: tinyCompany(6000) });
    const totals = new Set<number | undefined>();
    for await (const page of world.client.read('deals', { cursor: null, lane: 'low' }))
      totals.add(page.total);
    expect([...totals].at(-1)).toBe(6000);
  });

  it('follows a renamed portal once the OAuth server confirms it', async () => {
    await world.close();
    world = await startBitrix24World({ trustRenamed: true });
    const renamed = world.portal.url.replace('localhost', '127.0.0.1');
    await control('/rename', { to: renamed });
    await expect(world.client.serverTime()).resolves.toBeGreaterThan(0);
    expect(world.session.moves).toEqual([`${renamed}/rest/`]);
  });

  it('does not follow a renamed portal to an address that it would not call', async () => {
    await control('/rename', { to: world.portal.url.replace('localhost', '127.0.0.1') });
    await expect(world.client.serverTime()).rejects.toThrow('a redirect to an address that we do not call');
    expect(world.session.moves).toEqual([]);
  });

  it('reads the robot’s call', async () => {
    const [dealId = ''] = await world.addDeals(1);
    await world.hookOfChange(dealId);
    await world.portal.context.runRobot('dozhim_generate_plan', Number(dealId.slice(2)), { template: 'b2b' });
    const call = world.posted.findLast(({ body }) => body.toString().includes('document_id'));
    const reading = call && world.host.readHook(call);
    expect(reading).toMatchObject({ kind: 'robot', dealId, templateKey: 'b2b', secret: world.known.secret });
  });

  it('reads that the application was removed together with its data', async () => {
    const [dealId = ''] = await world.addDeals(1);
    await world.hookOfChange(dealId);
    await world.portal.context.uninstall(APPLICATION.clientId, true);
    await world.portal.store.sender.drained();
    const call = world.posted.findLast(({ body }) => body.toString().includes('ONAPPUNINSTALL'));
    expect(call && world.host.readHook(call)).toMatchObject({
      kind: 'lifecycle',
      event: 'uninstalled',
      purge: true,
    });
  });

  it('connects a portal from our side by a code', async () => {
    const url = world.host.authorizeUrl(new URL(world.portal.url).host, 'state-1');
    // A portal without TLS has no consent page that we would lead anybody to.
    expect(url).toBeNull();
    const consent = await axios.get(
      `${world.portal.url}/oauth/authorize/?client_id=${APPLICATION.clientId}&state=s`,
      {
        maxRedirects: 0,
        validateStatus: () => true,
        proxy: false,
      },
    );
    const query = Object.fromEntries(new URL(String(consent.headers['location'])).searchParams);
    const request = { method: 'GET', query, headers: {}, contentType: '', body: Buffer.alloc(0) };
    expect(await world.host.exchange(request)).toMatchObject({
      kind: 'open',
      accountKey: world.portal.memberId,
      user: { admin: true },
      tokens: { endpoint: `${world.portal.url}/rest/` },
    });
    // A code works once.
    expect(await world.host.exchange(request)).toEqual({ kind: 'refused', reason: 'notGenuine' });
  });

  it('leads an administrator to the installer until the installation is finished', async () => {
    await world.close();
    world = await startBitrix24World({ installed: false });
    const opening = openingOf(world.portal, 1, null);
    const reading = await world.host.openFrame(opening, () => Promise.resolve(null));
    expect(reading).toMatchObject({ kind: 'open', installing: true, place: { screen: 'install' } });
    world.portal.context.finishInstall(APPLICATION.clientId);
    const known = () => Promise.resolve(world.known);
    const later = await world.host.openFrame(openingOf(world.portal, 1, null), known);
    expect(later).toMatchObject({ kind: 'open', installing: false, place: { screen: 'home' } });
  });

  it('tells a person without rights from an administrator', async () => {
    const reading = await world.host.openFrame(openingOf(world.portal, 2, 'D_1'), () =>
      Promise.resolve(world.known),
    );
    expect(reading).toMatchObject({ user: { id: '2', admin: false }, place: { dealId: 'D_1' } });
  });

  async function asked(): Promise<string> {
    const [dealId = ''] = await world.addDeals(1);
    const action = {
      kind: 'ask',
      dealId,
      userId: '1',
      title: 'Где сделка?',
      text: '',
      dueAt: Date.now(),
    } as const;
    const [outcome] = await world.client.act([
      { key: `ask-${dealId.toLowerCase().replace('_', '-')}`, action },
    ]);
    if (outcome?.kind !== 'ok' || outcome.hostId === null) throw new Error(JSON.stringify(outcome));
    return outcome.hostId;
  }

  it('leads a notification to our screen where it names one, else to the deal’s card', async () => {
    const [userId] = world.people;
    const [dealId = ''] = await world.addDeals(1);
    const notice = (key: string, place?: AppPlace): HostAction => ({
      key,
      action: { kind: 'notify', userId, text: 'Пора', dealId, ...(place ? { place } : {}) },
    });
    const outcomes = await world.client.act([
      notice('screen', { screen: 'exceptions', params: { day: '2026-11-21' } }),
      notice('card'),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'ok']);
    const seen = await world.seen.notifications(userId);
    const code = encodeURIComponent(APPLICATION.clientId);
    expect(seen.map((text) => text.split('\n').at(-1)).toSorted()).toEqual([
      `${world.portal.url}/crm/deal/details/${dealId.slice(2)}/`,
      `${world.portal.url}/marketplace/view/${code}/?params%5Bview%5D=exceptions&params%5Bday%5D=2026-11-21`,
    ]);
  });

  it('hears an answer by the button of its question, and opens the deal by the other button', async () => {
    await world.client.embed(world.addresses);
    const hostId = await asked();
    const [, id = ''] = hostId.split(':');
    await control(`/activities/${id}/press`, { button: 'done', as: 1 });
    await world.portal.store.sender.drained();
    const call = world.posted.findLast(({ body }) => body.toString().includes('onCrmTimelineItemAction'));
    if (!call) throw new Error('the portal told nothing');
    expect(world.host.readHook(call)).toMatchObject({
      kind: 'answer',
      hostId,
      userId: '1',
      answer: 'done',
      secret: world.known.secret,
    });
    const { context } = world.portal;
    const press = context.pressButton(Number(id), 'open', 1);
    if (press.type !== 'openRestApp') throw new Error(press.type);
    const opening = openingOf(world.portal, 1, null, { PLACEMENT_OPTIONS: JSON.stringify(press.options) });
    const reading = await world.host.openFrame(opening, () => Promise.resolve(world.known));
    expect(reading).toMatchObject({
      kind: 'open',
      place: { screen: 'plan', dealId: `D_${press.options['entityId']}` },
    });
  });

  it.each([
    ['a todo', ['crm.activity.configurable.add'], /^todo:/],
    ['a task', ['crm.activity.configurable.add', 'crm.activity.todo.add'], /^task:/],
  ])(
    'asks by %s where the portal refuses what is better, finds it and takes it away',
    async (_by, refused, id) => {
      for (const method of refused)
        world.portal.faults.add({ kind: 'inner-error', method, code: 'ERROR_WRONG_CONTEXT' });
      const hostId = await asked();
      expect(hostId).toMatch(id);
      const dealId = `D_${String(world.portal.store.deals.nextId() - 1)}`;
      const action = { kind: 'ask', dealId, userId: '1', title: '', text: '', dueAt: 0 } as const;
      const key = `ask-${dealId.toLowerCase().replace('_', '-')}`;
      expect(await world.client.findActions([{ key, action, since: 0 }])).toEqual(new Map([[key, hostId]]));
      const close = { kind: 'closeAsk', dealId, hostId, text: 'Ответ дан.' } as const;
      for (let repetition = 0; repetition < 2; repetition += 1)
        expect(await world.client.act([{ key: 'close', action: close }])).toEqual([
          { kind: 'ok', hostId: null },
        ]);
      expect((await world.seen.questions(dealId)).filter(({ open }) => open)).toEqual([]);
    },
  );
});
