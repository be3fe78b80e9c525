import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Company } from '../company/company.js';
import type { ControlParts } from './control/control-parts.js';
import { registerControl } from './control/control-routes.js';
import type { PortalAddress } from './events/event-bus.js';
import { registerPortalPage } from './page/portal-page.js';
import type { PortalContext } from './portal-context.js';
import { PortalFacade } from './portal-facade.js';
import { CrmLists } from './rest/crm-lists.js';
import { MethodRegistry } from './rest/registry.js';
import { RestApi } from './rest/rest-api.js';
import { IdempotencyStore } from './rest/task-v3-methods.js';
import { Faults } from './server/faults.js';
import { Limits } from './server/limits.js';
import { registerOauth } from './server/oauth-server.js';
import { RequestLog } from '../common/request-log.js';
import { registerRest } from './server/rest-server.js';
import { makeCertificate } from '../common/certificate.js';
import { listen, makeServer, mountRaw } from '../common/web-server.js';
import { loadCompany } from './store/company-load.js';
import { PortalStore } from './store/portal-store.js';

export interface Bitrix24PortalOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: boolean;
  /** The host's request and operating limits. */
  readonly limits: boolean;
  readonly company: Company;
  /** Seed of what happens by chance, such as a share of lost events. */
  readonly seed?: number;
  /** Name in addresses; `localhost` listens on the loopback only, anything else on every interface. */
  readonly host?: string;
  readonly application?: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly handlerUrl: string;
    readonly installUrl: string;
    readonly title: string;
  };
  /** One line of JSON a request on the standard output. */
  readonly logRequests?: boolean;
}

export interface Bitrix24Portal {
  readonly host: 'bitrix24';
  /** Origin. */
  readonly url: string;
  /** Incoming webhook with all rights, ends with a slash. */
  readonly webhook: string;
  /** Base of the control API, no slash at the end. */
  readonly control: string;
  readonly memberId: string;
  readonly domain: string;
  /** What the page sees, for tests. */
  readonly context: PortalContext;
  readonly store: PortalStore;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly log: RequestLog;
  /** PEM of the authority that signed the certificate; nothing without TLS. */
  readonly authority: string | null;
  close(): Promise<void>;
}

/** Starts a portal and its OAuth server behind one listener. */
export async function startBitrix24Portal(options: Bitrix24PortalOptions): Promise<Bitrix24Portal> {
  const certificate = options.tls === true ? await makeCertificate() : null;
  const app = makeServer(certificate);
  const settings = { v3: true, renamedTo: null as string | null };
  let origin = '';
  const address = () => {
    const at = settings.renamedTo ?? origin;
    return {
      domain: new URL(at).host,
      clientEndpoint: `${at}/rest/`,
      serverEndpoint: `${origin}/oauth/rest/`,
      memberId: store.memberId,
    };
  };
  const store: PortalStore = fillStore(options, address);
  const limits = new Limits(options.limits, store.clock);
  const faults = new Faults();
  const log = new RequestLog(options.logRequests === true);
  const context = new PortalFacade(store, certificate === null ? '0' : '1');
  mountRoutes(app, { store, limits, faults, log, settings, context });
  registerPortalPage(app, context);
  origin = await listen(app, { port: options.port, host: options.host, tls: certificate !== null });
  return {
    host: 'bitrix24',
    url: origin,
    webhook: `${origin}/rest/${store.people.firstAdmin().id}/${store.webhookSecret}/`,
    control: `${origin}/__sandbox`,
    memberId: store.memberId,
    domain: new URL(origin).host,
    context,
    store,
    faults,
    limits,
    log,
    authority: certificate?.authority ?? null,
    close: async () => {
      store.sender.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function fillStore(options: Bitrix24PortalOptions, address: () => PortalAddress): PortalStore {
  const seed = options.seed ?? 1;
  const store = new PortalStore(
    options.company,
    {
      memberId: digest(`member ${seed}`),
      webhookSecret: digest(`webhook ${seed}`).slice(0, 16),
      random: seeded(seed),
    },
    address,
  );
  loadCompany(store, options.company);
  if (options.application !== undefined) {
    store.applications.register(options.application);
  }
  return store;
}

function mountRoutes(app: FastifyInstance, parts: ControlParts): void {
  const { store, limits, faults } = parts;
  const idempotency = new IdempotencyStore(() => store.clock.seconds());
  const registry = new MethodRegistry(store, new CrmLists(store));
  const api = new RestApi(store, registry, limits, faults, idempotency);
  // REST reads every body by itself; the page keeps the server's own parsers.
  mountRaw(app, (scope) => {
    registerRest(scope, { ...parts, api });
    registerOauth(scope, parts);
    registerControl(scope, parts);
  });
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Numbers from 0 to 1 that repeat with the seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
