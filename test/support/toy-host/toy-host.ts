import axios from 'axios';
import type { AccountCapabilities, EntityChange, HostClient } from '../../../src/contract/client.js';
import { HostError } from '../../../src/contract/failure.js';
import type {
  CrmHost,
  FrameReading,
  HookReading,
  HostRequest,
  HostSession,
  KnownInstallation,
  TokenPair,
} from '../../../src/contract/host.js';
import { type AppPlace, fieldsOfPlace, placeOfFields } from '../../../src/contract/links.js';
import { ToyClient } from './toy-client.js';

/**
 * A third host for ever: it proves that a CRM is one folder that implements the port, and that nothing in the port is a
 * habit of the first two.
 */
export class ToyHost implements CrmHost {
  readonly id = 'toy';
  readonly title = 'Toy CRM';
  readonly frame = 'posted';

  constructor(
    /** The vendor's own address: the only one that a first installation is believed from. */
    private readonly vendor: string,
  ) {}

  readHook(request: HostRequest): HookReading {
    const body = parse(request);
    if (!body) return { kind: 'refused', reason: 'not JSON' };
    const { account, secret, changed, worked } = body;
    if (typeof account !== 'string' || typeof secret !== 'string' || !Array.isArray(changed)) {
      return { kind: 'refused', reason: 'not a hook' };
    }
    const hintsOf = (entity: EntityChange['entity'], ids: readonly unknown[]): readonly EntityChange[] =>
      ids.map((id) => ({ entity, id: String(id), change: 'saved' }));
    const works: readonly unknown[] = Array.isArray(worked) ? worked : [];
    const changes = [...hintsOf('deal', changed), ...hintsOf('activity', works)];
    return { kind: 'changes', accountKey: account, secret, changes, sentAt: null };
  }

  async openFrame(
    request: HostRequest,
    known: (accountKey: string) => Promise<KnownInstallation | null>,
  ): Promise<FrameReading> {
    const body = parse(request);
    if (!body || typeof body['account'] !== 'string') return { kind: 'refused', reason: 'badRequest' };
    const installation = await known(body['account']);
    const endpoint = installation?.endpoint ?? this.vendor;
    const { status, data } = await axios.post<{ account: string; user: string; admin: boolean }>(
      `${endpoint}/whois`,
      { ticket: body['ticket'] },
      { validateStatus: () => true, proxy: false },
    );
    if (status !== 200 || data.account !== body['account']) return { kind: 'refused', reason: 'notGenuine' };
    const dealId = typeof body['deal'] === 'string' ? body['deal'] : null;
    return {
      kind: 'open',
      accountKey: data.account,
      installation: { endpoint, oauthEndpoint: endpoint, secret: null, scopes: [] },
      user: { id: data.user, name: data.user, admin: data.admin, timeZone: null },
      tokens: null,
      place: {
        ...{ screen: dealId === null ? 'home' : 'plan', dealId, language: 'en' },
        ...linkIn(body['link']),
      },
      installing: false,
    };
  }

  screenPath(place: AppPlace): string {
    return `/ours?${new URLSearchParams(fieldsOfPlace(place)).toString()}`;
  }

  async refresh(tokens: TokenPair): Promise<TokenPair> {
    const { status, data } = await axios.post<{ access: string; refresh: string }>(
      `${tokens.endpoint}/token`,
      { refresh: tokens.refreshToken },
      { validateStatus: () => true, proxy: false },
    );
    if (status !== 200) throw new HostError({ kind: 'reauthorise', detail: 'toy' });
    return { ...tokens, accessToken: data.access, refreshToken: data.refresh };
  }

  detect(): Promise<AccountCapabilities> {
    return Promise.resolve({
      offlineQueue: false,
      robots: false,
      idempotentTaskWrites: true,
      departments: false,
      stageHistory: true,
    });
  }

  connect(session: HostSession, capabilities: AccountCapabilities): HostClient {
    return new ToyClient(session, capabilities);
  }

  frameOrigin(endpoint: string): string {
    return new URL(endpoint).origin;
  }
}

function linkIn(text: unknown): { readonly link?: AppPlace } {
  if (typeof text !== 'string') return {};
  const link = placeOfFields(Object.fromEntries(new URLSearchParams(text)));
  return link ? { link } : {};
}

function parse(request: HostRequest): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(request.body.toString());
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
