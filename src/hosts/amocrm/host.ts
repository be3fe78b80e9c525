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
import { type Patience, PATIENCE } from '../common/patience.js';
import { axiosTransport } from '../common/transport.js';
import { ApiClient, type Application, type Surroundings } from './client.js';
import { AmocrmConnection } from './connection.js';
import { detectCapabilities } from './detect.js';
import { endpointsOf, PLATFORMS } from './endpoints.js';
import { exchangeCode, isOwnInstallation, openFrame } from './frames.js';
import { automationKey } from './hook-keys.js';
import { Pace } from './limits.js';
import { linkPath } from './links.js';
import { refreshTokens } from './oauth.js';
import { numericId } from './schema.js';
import { readHook } from './webhooks.js';

export const HOST_ID = 'amocrm';

/** What the official client waits for. */
const REQUEST_TIMEOUT_MS = 20_000;

export class AmocrmHost implements CrmHost {
  readonly id = HOST_ID;
  readonly title: string;
  readonly frame = 'token';
  readonly #surroundings: Surroundings;

  constructor(
    application: Omit<Application, 'redirectUri'>,
    private readonly host: HostSurroundings,
    patience: Partial<Patience> = {},
    sharedRate: number | null = null,
  ) {
    this.title = PLATFORMS[application.platform].title;
    const endpoints = endpointsOf(application.platform, host.trustedOrigins);
    this.#surroundings = {
      application: { ...application, redirectUri: `${host.publicUrl}/oauth/${HOST_ID}` },
      endpoints,
      transport: axiosTransport(endpoints),
      patience: { ...PATIENCE, requestTimeoutMs: REQUEST_TIMEOUT_MS, ...patience },
      pace: sharedRate === null ? null : new Pace(sharedRate),
    };
  }

  readHook(request: HostRequest): HookReading {
    return readHook(request, this.#surroundings.application);
  }

  async openFrame(
    request: HostRequest,
    known: (accountKey: string) => Promise<KnownInstallation | null>,
  ): Promise<FrameReading> {
    return openFrame(request, known, this.#door());
  }

  async refresh(tokens: TokenPair): Promise<TokenPair> {
    return refreshTokens(tokens, this.#surroundings, this.host.clock);
  }

  /** The consent page is one for all accounts: the person chooses there. */
  authorizeUrl(_portal: string, state: string): string {
    const url = new URL(this.#surroundings.endpoints.consentPage);
    url.searchParams.set('client_id', this.#surroundings.application.clientId);
    url.searchParams.set('state', state);
    url.searchParams.set('mode', 'post_message');
    return url.href;
  }

  isOwnInstallation(request: HostRequest): boolean {
    return isOwnInstallation(request);
  }

  async exchange(request: HostRequest): Promise<FrameReading> {
    return exchangeCode(request, this.#door());
  }

  automationKey(accountKey: string): string {
    return automationKey(this.#surroundings.application, accountKey);
  }

  async detect(session: HostSession): Promise<AccountCapabilities> {
    return detectCapabilities(this.#client(session));
  }

  connect(session: HostSession, capabilities: AccountCapabilities): HostClient {
    return new AmocrmConnection(this.#client(session), capabilities);
  }

  frameOrigin(endpoint: string): string {
    const origin = this.#surroundings.endpoints.account(endpoint);
    if (!origin) throw new HostError({ kind: 'malformed', where: 'a stored account address' });
    return origin;
  }

  dealPath(dealId: string): string | null {
    return numericId(dealId) === null ? null : `/leads/detail/${dealId}`;
  }

  screenPath(place: AppPlace): string {
    return linkPath(place);
  }

  #client(session: HostSession): ApiClient {
    return new ApiClient(session, this.#surroundings);
  }

  #door() {
    return { surroundings: this.#surroundings, clock: this.host.clock };
  }
}
