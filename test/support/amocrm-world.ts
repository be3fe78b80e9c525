import type { EmbedAddresses } from '../../src/contract/client.js';
import type { HostRequest, TokenPair } from '../../src/contract/host.js';
import type { Clock } from '../../src/domain/crm/time.js';
import { AmocrmHost } from '../../src/hosts/amocrm/host.js';
import { hookKey } from '../../src/hosts/amocrm/hook-keys.js';
import { PATIENCE, type Patience } from '../../src/hosts/common/patience.js';
import { type AmocrmPortal, startAmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import {
  disposableToken,
  type DisposableTokenWish,
} from '../../src/sandbox/amocrm/store/disposable-token.js';
import type { Company } from '../../src/sandbox/company/company.js';
import type { BatteryWorld, Place, WorldFault } from '../contract/battery-world.js';
import { startInbox } from './inbox.js';
import { fieldHandsOf } from './amocrm-fields.js';
import { realClock, silentLog, TestSession } from './session.js';
import { tinyCompany } from './tiny-company.js';

export const INTEGRATION = {
  clientId: '5b3e1c8a-0000-4000-8000-00000000d0a5',
  clientSecret: 'test-secret-of-the-integration-0123456789',
} as const;

export interface AmocrmWorld extends BatteryWorld {
  readonly portal: AmocrmPortal;
  readonly host: AmocrmHost;
  /** What the account sent to our addresses, oldest first. */
  readonly posted: readonly HostRequest[];
  readonly addresses: EmbedAddresses;
  /** The tokens as they are now. */
  tokens(): TokenPair;
  /** An opening by a token of this making. */
  openingWith(wish: DisposableTokenWish, dealId?: string): Promise<HostRequest>;
}

export interface AmocrmWorldOptions {
  readonly company?: Company;
  readonly limits?: boolean;
  readonly patience?: Partial<Patience>;
  readonly clock?: Clock;
  /** Absent: amocrm.ru. The other one answers 429 in JSON and lets a lost refresh be asked for again. */
  readonly platform?: 'kommo';
  /** The paid extra; absent: filters on deals are ignored. */
  readonly filters?: boolean;
  /** The account’s other spelling, with 127.0.0.1, may be called as well. */
  readonly trustRenamed?: boolean;
  readonly longLivedToken?: (portal: AmocrmPortal) => Promise<string>;
}

/** Hardly any pauses: a test's faults are over at once. */
export const IMPATIENT: Patience = {
  ...PATIENCE,
  requestTimeoutMs: 5_000,
  firstDelayMs: 2,
  longestDelayMs: 20,
};

const FAULTS: Readonly<Record<WorldFault, 'http500-html' | 'answer-lost' | 'empty-page'>> = {
  passing: 'http500-html',
  answerLost: 'answer-lost',
  emptyPage: 'empty-page',
};

/** The simulated account with our host connected to it through a real token chain. */
export async function startAmocrmWorld(options: AmocrmWorldOptions = {}): Promise<AmocrmWorld> {
  const inbox = await startInbox();
  const publicUrl = inbox.url;
  const portal = await startAmocrmPortal({
    port: 0,
    limits: options.limits ?? false,
    company: options.company ?? tinyCompany(),
    application: {
      ...INTEGRATION,
      redirectUri: `${publicUrl}/oauth/amocrm`,
      uninstallUrl: `${publicUrl}/hooks/amocrm/uninstalled`,
      title: 'Dozhim',
    },
  });
  const { store } = portal;
  store.settings.filterAddOn = options.filters ?? false;
  if (options.platform === 'kommo') playKommo(portal);
  const clock = options.clock ?? realClock;
  const renamed = options.trustRenamed ? [portal.url.replace('localhost', '127.0.0.1')] : [];
  const trustedOrigins = [portal.url, ...renamed];
  const surroundings = { clock: realClock, log: silentLog, trustedOrigins, publicUrl };
  const longLivedToken = (await options.longLivedToken?.(portal)) ?? null;
  const application = { ...INTEGRATION, platform: options.platform ?? 'ru', longLivedToken } as const;
  const host = new AmocrmHost(application, surroundings, options.patience ?? IMPATIENT);
  const admin = store.people.firstAdmin();
  const accountKey = String(portal.accountId);
  let tokens = await firstTokens(portal, admin.id);
  const session = new TestSession({
    clock,
    accountKey,
    endpoint: portal.url,
    oauthEndpoint: portal.url,
    accessToken: tokens.accessToken,
    renew: async () => {
      const before = tokens;
      tokens = await host.refresh(tokens);
      if (tokens.endpoint !== before.endpoint) await session.moved(tokens.endpoint);
      return tokens.accessToken;
    },
  });
  const capabilities = await host.detect(session);
  const client = host.connect(session, capabilities);
  const fieldHands = fieldHandsOf(portal, admin.id);
  const other = store.people.all.find(({ id, active }) => id !== admin.id && active);
  const openingWith = (wish: DisposableTokenWish, dealId = ''): Promise<HostRequest> =>
    openingOf(portal, wish, dealId);

  return {
    portal,
    host,
    session,
    client,
    posted: inbox.posted,
    addresses: inbox.addresses,
    people: [String(admin.id), String(other?.id)],
    origin: portal.url,
    known: { endpoint: portal.url, secret: hookKey({ ...application, redirectUri: '' }, accountKey) },
    ...handsOf(portal, admin.id),
    ...fieldHands,
    watching: (keys) => host.connect(session.watching(keys), capabilities),
    hookOfWork: async (dealId) => {
      await client.embed(inbox.addresses);
      await fieldHands.work(dealId);
      await store.sender.drained();
      const last = inbox.posted.findLast(({ method }) => method === 'POST');
      if (!last) throw new Error('the account sent no hook');
      return last;
    },
    tokens: () => tokens,
    expireAccess: () => store.tokens.expireAll(),
    killTokens: () => store.tokens.dropIntegration(INTEGRATION.clientId),
    openingWith,
    opening: (dealId) => openingWith({ userId: admin.id }, dealId),
    following: async (path) => {
      const opening = await openingWith({ userId: admin.id });
      const fields = new URLSearchParams(opening.body.toString());
      fields.set('screen', 'home');
      fields.set('link', new URL(path, portal.url).hash.slice(1));
      return { ...opening, body: Buffer.from(fields.toString()) };
    },
    forgedOpening: (dealId) => openingWith({ userId: admin.id, secret: 'somebody else’s secret' }, dealId),
    hookOfChange: async (dealId) => {
      await client.embed(inbox.addresses);
      portal.context.updateDeal(Number(dealId), { title: 'changed' }, admin.id);
      await store.sender.drained();
      const last = inbox.posted.findLast(({ method }) => method === 'POST');
      if (!last) throw new Error('the account sent no hook');
      return last;
    },
    close: async () => {
      await portal.close();
      await inbox.close();
    },
  };
}

function playKommo({ store, limits }: AmocrmPortal): void {
  store.settings.platform = 2;
  store.tokens.graceRefresh = true;
  limits.settings.style = 'json';
}

async function firstTokens({ store, url }: AmocrmPortal, userId: number): Promise<TokenPair> {
  const pair = await store.tokens.issuePair(INTEGRATION.clientId, userId);
  return {
    accessToken: pair.access,
    refreshToken: pair.refresh,
    expiresAt: Date.now() + pair.expiresIn * 1000,
    userId: String(userId),
    endpoint: url,
    oauthEndpoint: url,
  };
}

type Hands = Pick<
  BatteryWorld,
  | 'addDeals'
  | 'moveByHand'
  | 'otherStage'
  | 'deleteDeal'
  | 'deleteTask'
  | 'tasksWithKey'
  | 'seen'
  | 'forbid'
  | 'allow'
  | 'fail'
>;

function handsOf(portal: AmocrmPortal, userId: number): Hands {
  const { context, store, faults } = portal;
  const nextStage = (dealId: string): { readonly place: Place; readonly pageId: string } => {
    const deal = context.deal(Number(dealId));
    const stages = context.pipelines().find(({ id }) => id === deal?.pipelineId)?.stages ?? [];
    const next = stages.findLast(({ id, kind }) => kind === 'open' && id !== deal?.stageId);
    if (!deal || !next) throw new Error('no other stage');
    const stageId = next.id.split(':')[1] ?? '';
    return { place: { pipelineId: String(deal.pipelineId), stageId }, pageId: next.id };
  };
  return {
    addDeals: (count) => {
      const made = Array.from({ length: count }, (_, index) =>
        context.createDeal({ title: `Сделка ${index}` }, userId),
      );
      return Promise.resolve(made.map(({ id }) => String(id)));
    },
    moveByHand: (dealId) => {
      const { place, pageId } = nextStage(dealId);
      context.moveDeal(Number(dealId), pageId, userId);
      return Promise.resolve(place);
    },
    otherStage: (dealId) => Promise.resolve(nextStage(dealId).place),
    deleteDeal: (dealId) => Promise.resolve(context.deleteDeal(Number(dealId), userId)),
    deleteTask: (taskId) => Promise.resolve(context.deleteTask(Number(taskId), userId)),
    tasksWithKey: (key) =>
      Promise.resolve([...store.tasks].filter(({ text }) => text.endsWith(`[#=${key}]`)).length),
    seen: seenIn(portal),
    forbid: () => void faults.add({ kind: 'access-denied', times: 1_000 }),
    allow: () => faults.clear(),
    fail: (fault) => void faults.add({ kind: FAULTS[fault] }),
  };
}

/** Questions and invitations are tasks here: an invitation is one of somebody who does not own the deal. */
function seenIn({ context }: AmocrmPortal): BatteryWorld['seen'] {
  return {
    comments: (dealId) => Promise.resolve(context.notes(Number(dealId)).map(({ text }) => text)),
    questions: (dealId) =>
      Promise.resolve(
        context.tasks({ dealId: Number(dealId) }).map(({ responsibleId, title, completed }) => ({
          userId: String(responsibleId),
          title,
          open: !completed,
        })),
      ),
    notifications: () => Promise.resolve([]),
    followers: (dealId) =>
      Promise.resolve(
        context.tasks({ dealId: Number(dealId) }).map(({ responsibleId }) => String(responsibleId)),
      ),
  };
}

/** What our server makes of the page's call: the person's token and where the frame stands. */
async function openingOf(
  portal: AmocrmPortal,
  wish: DisposableTokenWish,
  dealId: string,
): Promise<HostRequest> {
  const integration = portal.store.integrations.get(INTEGRATION.clientId);
  if (!integration) throw new Error('the integration is not registered');
  const token = await disposableToken(portal.store, integration, wish);
  const screen = dealId === '' ? 'home' : 'plan';
  const form = new URLSearchParams({ token, screen, dealId, language: 'ru' });
  return {
    method: 'POST',
    query: {},
    headers: { origin: portal.url },
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(form.toString()),
  };
}
