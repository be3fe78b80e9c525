import { ToyCrm } from '../support/toy-host/toy-crm.js';
import { ToyHost } from '../support/toy-host/toy-host.js';
import { TestSession } from '../support/session.js';
import { hostBattery } from './battery.js';
import type { BatteryWorld, WorldFault } from './battery-world.js';
import type { HostRequest } from '../../src/contract/host.js';
import type { ToyDeal, ToyDone, ToyFault } from '../support/toy-host/toy-crm.js';

const FAULTS: Readonly<Record<WorldFault, ToyFault>> = {
  passing: 'error500',
  answerLost: 'answerLost',
  emptyPage: 'emptyPage',
};

async function startToyWorld(): Promise<BatteryWorld> {
  const crm = await ToyCrm.start();
  const host = new ToyHost(crm.url);
  const session = new TestSession({
    accountKey: crm.account,
    endpoint: crm.url,
    accessToken: crm.access,
    renew: async () => {
      const tokens = await host.refresh({
        accessToken: '',
        refreshToken: crm.refresh ?? '',
        expiresAt: 0,
        userId: null,
        endpoint: crm.url,
        oauthEndpoint: crm.url,
      });
      return tokens.accessToken;
    },
  });
  const capabilities = await host.detect();
  const client = host.connect(session, capabilities);
  crm.tickets.set('ticket', 'u1');
  const opening = (ticket: string, deal: string) => json({ account: crm.account, ticket, deal });
  return {
    host,
    session,
    client,
    people: ['u1', 'u2'],
    origin: crm.url,
    known: { endpoint: crm.url, secret: crm.secret },
    ...fieldHandsOf(crm),
    watching: (keys) => host.connect(session.watching(keys), capabilities),
    hookOfWork: (id) =>
      Promise.resolve(
        json({ account: crm.account, secret: crm.secret, changed: [], worked: [crm.work(id)] }),
      ),
    addDeals: (count) =>
      Promise.resolve(Array.from({ length: count }, (_, index) => crm.addDeal(`Deal ${index}`).id)),
    moveByHand: (id) => {
      crm.move(id, 'talk');
      return Promise.resolve({ pipelineId: 'main', stageId: 'talk' });
    },
    otherStage: () => Promise.resolve({ pipelineId: 'main', stageId: 'talk' }),
    deleteDeal: (id) => Promise.resolve(void crm.deals.delete(id)),
    deleteTask: (id) => Promise.resolve(void crm.tasks.delete(id)),
    tasksWithKey: (key) => Promise.resolve([...crm.tasks.values()].filter((task) => task.key === key).length),
    seen: {
      comments: (dealId) =>
        Promise.resolve(done(crm, dealId, 'comment').map(({ action }) => String(action.text))),
      questions: (dealId) =>
        Promise.resolve(
          done(crm, dealId, 'ask').map(({ action, open }) => ({
            userId: String(action.userId),
            title: String(action.title),
            open,
          })),
        ),
      notifications: (userId) =>
        Promise.resolve(
          [...crm.done.values()]
            .filter(({ action }) => action.kind === 'notify' && action.userId === userId)
            .map(({ action }) => String(action.text)),
        ),
      followers: (dealId) =>
        Promise.resolve(done(crm, dealId, 'join').map(({ action }) => String(action.userId))),
    },
    forbid: (dealId) => void crm.closedDeals.add(dealId),
    allow: () => crm.closedDeals.clear(),
    fail: (fault) => void crm.faults.push(FAULTS[fault]),
    expireAccess: () => void (crm.access = 'another'),
    killTokens: () => {
      crm.access = 'another';
      crm.refresh = null;
    },
    opening: (dealId) => Promise.resolve(opening('ticket', dealId)),
    following: (path) =>
      Promise.resolve(
        json({ account: crm.account, ticket: 'ticket', link: new URL(path, crm.url).search.slice(1) }),
      ),
    forgedOpening: (dealId) => Promise.resolve(opening('forged', dealId)),
    hookOfChange: (dealId) =>
      Promise.resolve(json({ account: crm.account, secret: crm.secret, changed: [dealId] })),
    close: () => crm.close(),
  };
}

function done(crm: ToyCrm, dealId: string, kind: string): readonly ToyDone[] {
  return [...crm.done.values()].filter(({ action }) => action.kind === kind && action.dealId === dealId);
}

type FieldHands = Pick<BatteryWorld, 'addField' | 'fill' | 'sell' | 'tag' | 'lose' | 'work' | 'passTime'>;

function fieldHandsOf(crm: ToyCrm): FieldHands {
  const change = (id: string, changes: Partial<ToyDeal>): void => {
    Object.assign(crm.deals.get(id) ?? {}, changes, { modified: Date.now() });
  };
  return {
    addField: ({ kind, name, choices = [] }) => {
      const id = `f${crm.fields.length + 1}`;
      crm.fields.push({
        id,
        name,
        kind: kind === 'choices' ? 'choice' : kind,
        several: kind === 'choices',
        choices,
      });
      return Promise.resolve(id);
    },
    fill: (id, values) => {
      Object.assign(crm.deals.get(id)?.own ?? {}, values);
      return Promise.resolve(change(id, {}));
    },
    sell: (id) => {
      change(id, { products: ['p1'] });
      return Promise.resolve('p1');
    },
    tag: (id) => {
      change(id, { labels: ['fair'] });
      return Promise.resolve(['fair']);
    },
    lose: (id) => {
      crm.move(id, 'lost');
      change(id, { reason: 'price' });
      return Promise.resolve('price');
    },
    work: (id) => Promise.resolve(void crm.work(id)),
    passTime: () => new Promise((resolve) => setTimeout(resolve, 1_100)),
  };
}

function json(value: unknown): HostRequest {
  const body = Buffer.from(JSON.stringify(value));
  return { method: 'POST', query: {}, headers: {}, contentType: 'application/json', body };
}

hostBattery('test/contract/toy-host', startToyWorld);
