import type {
  FramePlace,
  FrameReading,
  HostRequest,
  KnownInstallation,
  TokenPair,
} from '../../contract/host.js';
import type { AppPlace } from '../../contract/links.js';
import type { Clock } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import { phpQuery } from '../common/query.js';
import { flagOf, textOf } from '../common/values.js';
import { ACCOUNT_REQUEST, type AccountFacts, toAccountFacts } from './account-facts.js';
import { accessTokenFacts } from './access-token.js';
import type { Surroundings } from './client.js';
import { type PersonProof, verifyPerson } from './disposable-token.js';
import { hookKey } from './hook-keys.js';
import { linkOf } from './links.js';
import { authorizedGet, requestTokens } from './oauth.js';
import { numericId } from './schema.js';
import { readFields } from './webhooks.js';

type KnownBy = (accountKey: string) => Promise<KnownInstallation | null>;
type Refusal = Extract<FrameReading, { kind: 'refused' }>['reason'];

export interface FrameDoor {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
}

/**
 * Proves a frame opening by the token that the host's page fetched for the person. The token is signed, so it also
 * tells the account's present name; where the frame stands comes unproven beside it. Whose page sent it is in the header
 * `origin`, and must be the account's own.
 */
export async function openFrame(
  request: HostRequest,
  known: KnownBy,
  { surroundings, clock }: FrameDoor,
): Promise<FrameReading> {
  const post = readPost(request);
  if (!post) return refused('badRequest');
  const { application, endpoints } = surroundings;
  const proof = await verifyPerson(post.token, application, endpoints, clock);
  if (typeof proof === 'string') return refused(proof);
  const { origin } = request.headers;
  if (origin !== undefined && endpoints.account(origin) !== proof.endpoint) return refused('notGenuine');
  // Asked though the token is proof enough: an account that we do not know must not be told from one that we know.
  await known(proof.accountKey);
  const tokens = longLivedOf(proof, surroundings);
  const { dealId, screen, language, link } = post;
  return {
    kind: 'open',
    accountKey: proof.accountKey,
    installation: {
      endpoint: proof.endpoint,
      oauthEndpoint: tokens?.oauthEndpoint ?? proof.endpoint,
      secret: hookKey(application, proof.accountKey),
      scopes: tokens ? accessTokenFacts(tokens.accessToken).scopes : [],
    },
    user: { id: proof.userId, name: '', admin: proof.admin, timeZone: null },
    tokens,
    place: { screen, dealId, language, ...(link === null ? {} : { link }) },
    installing: false,
    proofId: proof.proofId,
  };
}

interface FramePost {
  readonly token: string;
  readonly screen: FramePlace['screen'];
  readonly dealId: string | null;
  readonly language: string;
  readonly link: AppPlace | null;
}

function readPost(request: HostRequest): FramePost | null {
  if (request.method !== 'POST') return null;
  const fields = readFields(request);
  if (!('tree' in fields)) return null;
  const token = textOf(fields.tree['token']);
  if (token === null || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return null;
  const id = textOf(fields.tree['dealId']) ?? '';
  const dealId = numericId(id) === null ? null : id;
  const screen = fields.tree['screen'];
  const language = textOf(fields.tree['language']) ?? '';
  return {
    token,
    dealId,
    screen: screenOf(screen, dealId),
    language: /^[a-z]{2}(?:[-_][a-z]{2})?$/i.test(language) ? language.toLowerCase().slice(0, 2) : '',
    link: linkOf(textOf(fields.tree['link']) ?? ''),
  };
}

/** The page says which of our screens it made room for; a deal's card without a deal is the app's own page. */
function screenOf(said: unknown, dealId: string | null): FramePlace['screen'] {
  const found = OWN_PAGES.find((one) => one === said);
  if (found !== undefined) return found;
  return dealId === null ? 'home' : 'plan';
}

const OWN_PAGES = ['install', 'home', 'panel', 'insight'] as const;

/** The token that somebody made by hand for this very account; it never becomes another one's. */
function longLivedOf(proof: PersonProof, { application }: Surroundings): TokenPair | null {
  const { longLivedToken } = application;
  if (longLivedToken === null) return null;
  const facts = accessTokenFacts(longLivedToken);
  if (facts.accountId !== proof.accountKey) return null;
  return {
    accessToken: longLivedToken,
    refreshToken: '',
    expiresAt: facts.expiresAt ?? Number.MAX_SAFE_INTEGER,
    userId: facts.userId,
    endpoint: proof.endpoint,
    oauthEndpoint: proof.endpoint,
  };
}

/** The host's own installation comes from server to server: it knows no state of ours. */
export function isOwnInstallation({ query }: HostRequest): boolean {
  return query['from_widget'] !== undefined;
}

/**
 * What came back from the consent page, or from the host's server when somebody installed the widget. Nothing in it is
 * believed but what the account answers to our secret: the tokens work there, so it is the account's own address.
 */
export async function exchangeCode(request: HostRequest, door: FrameDoor): Promise<FrameReading> {
  const { surroundings, clock } = door;
  const code = request.query['code'] ?? '';
  const endpoint = surroundings.endpoints.accountOfDomain(request.query['referer'] ?? '');
  if (!/^[\w.~+/=-]{8,2048}$/.test(code)) return refused('badRequest');
  if (!endpoint) return refused('notGenuine');
  try {
    const wish = { grant_type: 'authorization_code', code } as const;
    const tokens = await requestTokens(endpoint, wish, surroundings, clock);
    return await readGranted(tokens, door);
  } catch (error) {
    if (error instanceof CallFault) return refused(reasonOf(error));
    throw error;
  }
}

async function readGranted(tokens: TokenPair, { surroundings, clock }: FrameDoor): Promise<FrameReading> {
  const { application } = surroundings;
  const get = (path: string): Promise<unknown> =>
    authorizedGet(tokens.endpoint, path, tokens.accessToken, surroundings, clock);
  const account = toAccountFacts(await get(`${ACCOUNT_REQUEST.path}?${phpQuery(ACCOUNT_REQUEST.query)}`));
  if (!account) return refused('unavailable');
  const userId = tokens.userId ?? account.currentUserId;
  if (userId === null) return refused('unavailable');
  const person = await personOf(userId, get);
  return {
    kind: 'open',
    accountKey: account.accountId,
    installation: {
      endpoint: tokens.endpoint,
      oauthEndpoint: tokens.oauthEndpoint,
      secret: hookKey(application, account.accountId),
      scopes: accessTokenFacts(tokens.accessToken).scopes,
    },
    user: {
      id: userId,
      name: textOf(person['name']) ?? '',
      admin: isObject(person['rights']) && flagOf(person['rights']['is_admin']),
      timeZone: account.timeZone,
    },
    tokens: { ...tokens, userId },
    place: { screen: 'home', dealId: null, language: languageOf(account, application.platform) },
    installing: false,
  };
}

/** Only an administrator may read people; whoever may not is none, and an installation needs one. */
async function personOf(userId: string, get: (path: string) => Promise<unknown>): Promise<JsonObject> {
  try {
    const body = await get(`/api/v4/users/${userId}`);
    return isObject(body) ? body : {};
  } catch (error) {
    if (error instanceof CallFault && error.failure.kind === 'forbidden') return {};
    throw error;
  }
}

function languageOf({ country }: AccountFacts, platform: 'ru' | 'kommo'): string {
  if (country !== null) return ['RU', 'BY', 'KZ', 'UA'].includes(country.toUpperCase()) ? 'ru' : 'en';
  return platform === 'ru' ? 'ru' : 'en';
}

function reasonOf({ failure }: CallFault): Refusal {
  return ['reauthorise', 'forbidden', 'malformed', 'gone'].includes(failure.kind)
    ? 'notGenuine'
    : 'unavailable';
}

function refused(reason: Refusal): FrameReading {
  return { kind: 'refused', reason };
}
