import type { AccountCapabilities, HostClient } from '../../contract/client.js';
import { HostError } from '../../contract/failure.js';
import type {
  CrmHost,
  FrameReading,
  HookReading,
  HostRequest,
  HostSession,
  HostSurroundings,
  KnownInstallation,
  TokenPair,
} from '../../contract/host.js';
import type { AppPlace } from '../../contract/links.js';
import { type Surroundings, RestClient } from './client.js';
import { Bitrix24Connection } from './connection.js';
import { detectCapabilities } from './detect.js';
import { endpointsTrusting } from './endpoints.js';
import { exchangeCode, openFrame } from './frames.js';
import type { PortalLimits } from './limits.js';
import { linkPath } from './links.js';
import { type Application, requestGrant } from './oauth.js';
import { type Patience, PATIENCE } from '../common/patience.js';
import { axiosTransport } from '../common/transport.js';
import { readHook } from './webhooks.js';

export const HOST_ID = 'bitrix24';

export class Bitrix24Host implements CrmHost {
  readonly id = HOST_ID;
  readonly title = 'Bitrix24';
  readonly frame = 'posted';
  readonly #surroundings: Surroundings;

  constructor(
    private readonly application: Application,
    private readonly host: HostSurroundings,
    manner: { readonly limits?: PortalLimits; readonly patience?: Partial<Patience> } = {},
  ) {
    const endpoints = endpointsTrusting(host.trustedOrigins);
    this.#surroundings = {
      application,
      endpoints,
      transport: axiosTransport(endpoints),
      patience: { ...PATIENCE, ...manner.patience },
      limits: manner.limits ?? 'cloud',
    };
  }

  readHook(request: HostRequest): HookReading {
    return readHook(request);
  }

  async openFrame(
    request: HostRequest,
    known: (accountKey: string) => Promise<KnownInstallation | null>,
  ): Promise<FrameReading> {
    return openFrame(request, known, this.#door());
  }

  async refresh(tokens: TokenPair): Promise<TokenPair> {
    const wish = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken } as const;
    const { oauthEndpoint } = tokens;
    const grant = await requestGrant(
      oauthEndpoint,
      wish,
      this.application,
      this.#surroundings,
      this.host.clock,
    );
    return { ...grant.tokens, userId: grant.tokens.userId ?? tokens.userId };
  }

  authorizeUrl(portal: string, state: string): string | null {
    const domain = portal
      .trim()
      .replace(/^https:\/\//i, '')
      .replace(/\/.*$/, '');
    const endpoint = this.#surroundings.endpoints.portalOfDomain(domain, true);
    if (!endpoint) return null;
    const url = new URL('/oauth/authorize/', endpoint);
    url.searchParams.set('client_id', this.application.clientId);
    url.searchParams.set('state', state);
    return url.href;
  }

  async exchange(request: HostRequest): Promise<FrameReading> {
    return exchangeCode(request, this.#door());
  }

  async detect(session: HostSession): Promise<AccountCapabilities> {
    return detectCapabilities(this.#client(session));
  }

  connect(session: HostSession, capabilities: AccountCapabilities): HostClient {
    return new Bitrix24Connection(this.#client(session), capabilities);
  }

  frameOrigin(endpoint: string): string {
    const portal = this.#surroundings.endpoints.portal(endpoint);
    if (!portal) throw new HostError({ kind: 'malformed', where: 'a stored portal address' });
    return new URL(portal).origin;
  }

  taskPath(taskId: string, userId: string): string | null {
    if (!isNumber(taskId) || !isNumber(userId)) return null;
    return `/company/personal/user/${userId}/tasks/task/view/${taskId}/`;
  }

  dealPath(dealId: string): string | null {
    const [, prefix, id] = /^([DL])_(\d+)$/.exec(dealId) ?? [];
    return id ? `/crm/${prefix === 'L' ? 'lead' : 'deal'}/details/${id}/` : null;
  }

  screenPath(place: AppPlace): string {
    return linkPath(this.application, place);
  }

  #client(session: HostSession): RestClient {
    return new RestClient(session, this.#surroundings);
  }

  #door() {
    return { application: this.application, surroundings: this.#surroundings, clock: this.host.clock };
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
