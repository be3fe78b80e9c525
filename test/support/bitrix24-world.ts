import type { EmbedAddresses } from '../../src/contract/client.js';
import type { HostRequest, TokenPair } from '../../src/contract/host.js';
import type { Clock } from '../../src/domain/crm/time.js';
import { Bitrix24Host } from '../../src/hosts/bitrix24/host.js';
import { PATIENCE, type Patience } from '../../src/hosts/common/patience.js';
import { type Bitrix24Portal, startBitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import type { Company } from '../../src/sandbox/company/company.js';
import type { BatteryWorld, Place, WorldFault } from '../contract/battery-world.js';
import { fieldHandsOf } from './bitrix24-fields.js';
import { startInbox } from './inbox.js';
import { realClock, silentLog, TestSession } from './session.js';
import { tinyCompany } from './tiny-company.js';

export const APPLICATION = { clientId: 'local.test', clientSecret: 'test-secret' } as const;

export interface Bitrix24World extends BatteryWorld {
  readonly portal: Bitrix24Portal;
  readonly host: Bitrix24Host;
  /** What the portal posted to our hook address, oldest first. */
  readonly posted: readonly HostRequest[];
  /** Addresses of ours, on the application's own origin. */
  readonly addresses: EmbedAddresses;
}

export interface Bitrix24WorldOptions {
  readonly company?: Company;
  readonly limits?: boolean;
  readonly patience?: Partial<Patience>;
  readonly installed?: boolean;
  readonly clock?: Clock;
  /** The portal’s other spelling, with 127.0.0.1, may be called as well. */
  readonly trustRenamed?: boolean;
}

/** Hardly any pauses: a test's faults are over at once. */
export const IMPATIENT: Patience = { ...PATIENCE, firstDelayMs: 2, longestDelayMs: 20 };

const FAULTS: Readonly<Record<WorldFault, 'http500-html' | 'answer-lost' | 'empty-page'>> = {
  passing: 'http500-html',
  answerLost: 'answer-lost',
  emptyPage: 'empty-page',
};

/** The simulated portal with our host connected to it through a real token chain. */
export async function startBitrix24World(options: Bitrix24WorldOptions = {}): Promise<Bitrix24World> {
  const inbox = await startInbox();
  const portal = await startBitrix24Portal({
    port: 0,
    limits: options.limits ?? false,
    company: options.company ?? tinyCompany(),
    application: {
      ...APPLICATION,
      handlerUrl: `${inbox.url}/frame`,
      installUrl: `${inbox.url}/install`,
      title: 'Dozhim',
    },
  });
  const { store } = portal;
  const application = store.applications.get(APPLICATION.clientId);
  if (!application) throw new Error('the application is not registered');
  if (options.installed ?? true) portal.context.finishInstall(application.id);

  const trustedOrigins = [
    portal.url,
    ...(options.trustRenamed ? [portal.url.replace('localhost', '127.0.0.1')] : []),
  ];
  const publicUrl = inbox.url;
  const surroundings = { clock: realClock, log: silentLog, trustedOrigins, publicUrl };
  const host = new Bitrix24Host(APPLICATION, surroundings, { patience: options.patience ?? IMPATIENT });
  const admin = store.people.firstAdmin();
  const pair = store.tokens.issuePair(application.id, admin.id);
  const endpoint = `${portal.url}/rest/`;
  let tokens: TokenPair = {
    accessToken: pair.access,
    refreshToken: pair.refresh,
    expiresAt: Date.now() + 3_600_000,
    userId: String(admin.id),
    endpoint,
    oauthEndpoint: `${portal.url}/oauth/rest/`,
  };
  const session = new TestSession({
    clock: options.clock ?? realClock,
    accountKey: portal.memberId,
    endpoint,
    oauthEndpoint: tokens.oauthEndpoint,
    accessToken: tokens.accessToken,
    renew: async () => {
      tokens = await host.refresh(tokens);
      return tokens.accessToken;
    },
  });
  const capabilities = await host.detect(session);
  const client = host.connect(session, capabilities);
  const fieldHands = fieldHandsOf(portal, admin.id);
  const other = store.people.all.find(({ id }) => id !== admin.id);

  return {
    portal,
    host,
    session,
    client,
    posted: inbox.posted,
    addresses: inbox.addresses,
    people: [String(admin.id), String(other?.id)],
    origin: portal.url,
    known: { endpoint, secret: application.applicationToken },
    ...handsOf(portal, admin.id),
    ...fieldHands,
    watching: (keys) => host.connect(session.watching(keys), capabilities),
    hookOfWork: async (dealId) => {
      await client.embed(inbox.addresses);
      await fieldHands.work(dealId);
      await store.sender.drained();
      const last = inbox.posted.findLast(({ body }) => /OnCrmActivityAdd/i.test(body.toString()));
      if (!last) throw new Error('the portal sent no event');
      return last;
    },
    expireAccess: () => store.tokens.expireAll(),
    killTokens: () => {
      store.tokens.dropUser(admin.id);
    },
    opening: (dealId) => Promise.resolve(openingOf(portal, admin.id, dealId)),
    following: (path) => {
      const options: Record<string, string> = {};
      for (const [name, value] of new URL(path, portal.url).searchParams) {
        const [, key] = /^params\[(.+)\]$/.exec(name) ?? [];
        if (key !== undefined) options[key] = value;
      }
      // The portal tells besides from where somebody came.
      const PLACEMENT_OPTIONS = JSON.stringify({ ...options, URI: '/stream/' });
      return Promise.resolve(
        openingOf(portal, admin.id, null, { PLACEMENT: 'REST_APP_URI', PLACEMENT_OPTIONS }),
      );
    },
    forgedOpening: (dealId) => {
      const forged = { AUTH_ID: 'f'.repeat(32), REFRESH_ID: 'e'.repeat(32) };
      return Promise.resolve(openingOf(portal, admin.id, dealId, forged));
    },
    hookOfChange: async (dealId) => {
      await client.embed(inbox.addresses);
      portal.context.updateDeal(numberOf(dealId), { title: 'changed' }, admin.id);
      await store.sender.drained();
      // The bell of the offline queue rings as well.
      const last = inbox.posted.findLast(({ body }) => body.toString().includes('ONCRMDEALUPDATE'));
      if (!last) throw new Error('the portal sent no event');
      return last;
    },
    close: async () => {
      await portal.close();
      await inbox.close();
    },
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

function handsOf(portal: Bitrix24Portal, userId: number): Hands {
  const { context, store, faults } = portal;
  const nextStage = (dealId: string): Place => {
    const deal = context.deal(numberOf(dealId));
    const stages = context.pipelines().find(({ id }) => id === deal?.pipelineId)?.stages ?? [];
    const next = stages.find(({ id, kind }) => kind === 'open' && id !== deal?.stageId);
    if (!deal || !next) throw new Error('no other stage');
    return { pipelineId: `D_${deal.pipelineId}`, stageId: next.id };
  };
  return {
    addDeals: (count) => {
      const made = Array.from({ length: count }, (_, index) =>
        context.createDeal({ title: `Сделка ${index}` }, userId),
      );
      return Promise.resolve(made.map(({ id }) => `D_${id}`));
    },
    moveByHand: (dealId) => {
      const place = nextStage(dealId);
      context.moveDeal(numberOf(dealId), place.stageId, userId);
      return Promise.resolve(place);
    },
    otherStage: (dealId) => Promise.resolve(nextStage(dealId)),
    deleteDeal: (dealId) => Promise.resolve(context.deleteDeal(numberOf(dealId), userId)),
    deleteTask: (taskId) => Promise.resolve(context.deleteTask(Number(taskId), userId)),
    tasksWithKey: (key) => Promise.resolve([...store.tasks].filter(({ xmlId }) => xmlId === key).length),
    seen: seenIn(portal),
    forbid: () => void faults.add({ kind: 'inner-error', code: 'ACCESS_DENIED', times: 1_000 }),
    allow: () => faults.clear(),
    fail: (fault) => void faults.add({ kind: FAULTS[fault] }),
  };
}

function seenIn({ context, store }: Bitrix24Portal): BatteryWorld['seen'] {
  return {
    comments: (dealId) => Promise.resolve(context.timeline(numberOf(dealId)).map(({ text }) => text)),
    questions: (dealId) =>
      Promise.resolve(
        context.activities(numberOf(dealId)).map(({ responsibleId, subject, completed }) => ({
          userId: String(responsibleId),
          title: subject,
          open: !completed,
        })),
      ),
    notifications: (userId) =>
      Promise.resolve(context.notifications(Number(userId)).map(({ message }) => message)),
    followers: (dealId) => {
      const observers = store.deals.get(numberOf(dealId))?.extra?.['observers'];
      return Promise.resolve(Array.isArray(observers) ? observers.map(String) : []);
    },
  };
}

/** The form that the browser posts into our frame; `changes` overwrite its fields. */
export function openingOf(
  portal: Bitrix24Portal,
  userId: number,
  dealId: string | null,
  changes: Readonly<Record<string, string>> = {},
): HostRequest {
  const placement = dealId === null ? 'DEFAULT' : 'CRM_DEAL_DETAIL_TAB';
  const application = portal.store.applications.get(APPLICATION.clientId);
  if (!application) throw new Error('the application is not registered');
  // The launch itself needs a bound placement; only its form matters here.
  const launch = portal.context.issueFrameAuth(application.id, userId, 'DEFAULT', {});
  const options = dealId === null ? '' : JSON.stringify({ ID: String(numberOf(dealId)) });
  const fields = { ...launch.fields, PLACEMENT: placement, PLACEMENT_OPTIONS: options, ...changes };
  return {
    method: 'POST',
    query: Object.fromEntries(new URL(launch.action).searchParams),
    headers: {},
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(new URLSearchParams(fields).toString()),
  };
}

function numberOf(dealId: string): number {
  return Number(dealId.replace(/^D_/, ''));
}
