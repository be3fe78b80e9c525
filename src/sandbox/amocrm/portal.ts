import { makeCertificate } from '../common/certificate.js';
import { RequestLog } from '../common/request-log.js';
import { listen, makeServer, mountRaw } from '../common/web-server.js';
import type { Company } from '../company/company.js';
import { Random } from '../company/random.js';
import type { AccountContext } from './account-context.js';
import { AccountFacade } from './account-facade.js';
import { registerControl } from './control/control-routes.js';
import { registerAccountPage } from './page/account-page.js';
import { WidgetShelf } from './page/widget-shelf.js';
import { registerApi } from './server/api-server.js';
import { Faults } from './server/fault-kinds.js';
import { Limits } from './server/limits.js';
import { registerOauth } from './server/oauth-server.js';
import { AccountStore } from './store/account-store.js';
import { loadCompany } from './store/company-load.js';
import type { IntegrationDraft } from './store/integrations.js';

export interface AmocrmPortalOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: boolean;
  /** More names for the certificate, for clients that insist on the host's own domain. */
  readonly names?: readonly string[];
  /** Requests a second, and the ban behind them. */
  readonly limits: boolean;
  readonly company: Company;
  /** Seed of what happens by chance, and of the account's own number. */
  readonly seed?: number;
  /** Name in addresses; `localhost` listens on the loopback only, anything else on every interface. */
  readonly host?: string;
  readonly application?: IntegrationDraft;
  /** Folder or zip of the application's widget. */
  readonly widget?: string;
  /** One line of JSON a request on the standard output. */
  readonly logRequests?: boolean;
}

export interface AmocrmPortal {
  readonly host: 'amocrm';
  /** Origin. */
  readonly url: string;
  /** There is no such thing here; {@link token} opens the same doors. */
  readonly webhook: null;
  /** A long-lived token of the first admin, for tools that want to look around. */
  readonly token: string;
  /** Base of the control API, no slash at the end. */
  readonly control: string;
  readonly accountId: number;
  readonly subdomain: string;
  /** What the page sees, for tests. */
  readonly context: AccountContext;
  readonly store: AccountStore;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly log: RequestLog;
  readonly widgets: WidgetShelf;
  /** PEM of the authority that signed the certificate; nothing without TLS. */
  readonly authority: string | null;
  close(): Promise<void>;
}

const FIRST_ACCOUNT = 31_000_000;
const TOKEN_DAYS = 1825;

/** Starts an account, the platform's OAuth server and the pages behind one listener. */
export async function startAmocrmPortal(options: AmocrmPortalOptions): Promise<AmocrmPortal> {
  const certificate = options.tls === true ? await makeCertificate(options.names) : null;
  const app = makeServer(certificate);
  let origin = '';
  const store = fillStore(options, () => origin);
  const limits = new Limits(options.limits, store.clock);
  const faults = new Faults();
  const log = new RequestLog(options.logRequests === true);
  const context = new AccountFacade(store);
  const widgets = new WidgetShelf();
  const first = store.integrations.all()[0];
  if (options.widget !== undefined && first !== undefined) await widgets.put(first.id, options.widget);
  mountRaw(app, (scope) => {
    const parts = { store, limits, faults, log };
    registerApi(scope, parts);
    registerOauth(scope, parts);
    registerControl(scope, { ...parts, context, widgets });
  });
  registerAccountPage(app, context, widgets);
  origin = await listen(app, { port: options.port, host: options.host, tls: certificate !== null });
  return {
    host: 'amocrm',
    url: origin,
    webhook: null,
    token: await serviceToken(store),
    control: `${origin}/__sandbox`,
    accountId: store.accountId,
    subdomain: store.settings.subdomain,
    context,
    store,
    faults,
    limits,
    log,
    widgets,
    authority: certificate?.authority ?? null,
    close: async () => {
      store.courier.close();
      store.sender.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function fillStore(options: AmocrmPortalOptions, origin: () => string): AccountStore {
  const seed = options.seed ?? 1;
  const random = new Random(seed);
  const store = new AccountStore(
    options.company,
    { accountId: FIRST_ACCOUNT + (seed % 1_000_000), subdomain: 'demo', random: () => random.next() },
    origin,
  );
  loadCompany(store, options.company);
  if (options.application !== undefined) store.integrations.register(options.application);
  return store;
}

async function serviceToken(store: AccountStore): Promise<string> {
  const service = store.integrations.register({
    clientId: '00000000-0000-4000-8000-000000000000',
    title: 'Sandbox',
    redirectUri: 'http://localhost/',
    hidden: true,
  });
  return (await store.tokens.issueLongLived(service.id, store.people.firstAdmin().id, TOKEN_DAYS)).access;
}
