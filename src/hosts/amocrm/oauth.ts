import type { TokenPair } from '../../contract/host.js';
import type { Clock } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, parseObject } from '../common/json.js';
import { persist } from '../common/patience.js';
import { type HttpAnswer, type HttpCall, WireFault } from '../common/transport.js';
import { numberOf, textOf } from '../common/values.js';
import { accessTokenFacts } from './access-token.js';
import { readBody } from './answers.js';
import type { Surroundings } from './client.js';

type Wish =
  | { readonly grant_type: 'authorization_code'; readonly code: string }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string };

const METHOD = 'oauth';
const DAY_S = 86_400;

/**
 * Asks an account for tokens. `endpoint` must have come through `Endpoints`. Throws `CallFault`: `reauthorise` when the
 * code or the chain is dead, `unavailable` when the host or our address is blocked.
 */
export async function requestTokens(
  endpoint: string,
  wish: Wish,
  surroundings: Surroundings,
  clock: Clock,
): Promise<TokenPair> {
  const { clientId, clientSecret, redirectUri } = surroundings.application;
  const secrets = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
  const body = { contentType: 'application/json' as const, text: JSON.stringify({ ...secrets, ...wish }) };
  const call: HttpCall = { method: 'POST', url: `${endpoint}/oauth2/access_token`, body };
  return persist(async () => {
    const answer = await sendOnce(call, surroundings);
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, clock);
    return readTokens(answer, endpoint, surroundings, clock);
  }, surroundings.patience);
}

function readTokens(
  answer: HttpAnswer,
  endpoint: string,
  { endpoints }: Surroundings,
  clock: Clock,
): TokenPair {
  const body = parseObject(answer.body);
  const accessToken = textOf(body?.['access_token']);
  const refreshToken = textOf(body?.['refresh_token']);
  if (!accessToken || !refreshToken) throw unavailable(`HTTP ${answer.status} without tokens`);
  const facts = accessTokenFacts(accessToken);
  // Counted from our clock by its length: a wrong clock of ours then shifts both ends alike.
  const lifeS = numberOf(body?.['expires_in']) ?? DAY_S;
  return {
    accessToken,
    refreshToken,
    expiresAt: clock.now() + lifeS * 1000,
    userId: facts.userId,
    endpoint,
    oauthEndpoint: (facts.apiDomain && endpoints.accountOfDomain(facts.apiDomain)) ?? endpoint,
  };
}

/**
 * A new pair for an old one. A renamed account refuses the right token under its old name, so before a refusal is
 * believed, the platform is asked for the account's present name; the pair then carries it.
 */
export async function refreshTokens(
  tokens: TokenPair,
  surroundings: Surroundings,
  clock: Clock,
): Promise<TokenPair> {
  if (tokens.refreshToken === '') return proveLongLived(tokens, surroundings, clock);
  const wish = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken } as const;
  const keepUser = (pair: TokenPair): TokenPair => ({ ...pair, userId: pair.userId ?? tokens.userId });
  try {
    return keepUser(await requestTokens(tokens.endpoint, wish, surroundings, clock));
  } catch (error) {
    const refused = error instanceof CallFault && error.failure.kind === 'reauthorise';
    if (!refused) throw error;
    const home = await presentHome(tokens, surroundings, clock);
    if (home === null || home === tokens.endpoint) throw error;
    return keepUser(await requestTokens(home, wish, surroundings, clock));
  }
}

/** The account's present address by its refresh token; null when the platform does not say. */
async function presentHome(
  tokens: TokenPair,
  surroundings: Surroundings,
  clock: Clock,
): Promise<string | null> {
  const { endpoints } = surroundings;
  const domain = accessTokenFacts(tokens.accessToken).apiDomain;
  const shared = (domain && endpoints.accountOfDomain(domain)) ?? endpoints.account(tokens.oauthEndpoint);
  if (shared === null) return null;
  const url = `${shared}/oauth2/account/current/subdomain`;
  try {
    const headers = { 'x-refresh-token': tokens.refreshToken };
    const body = readBody(await sendOnce({ method: 'GET', url, headers }, surroundings), METHOD, clock.now());
    if (!isObject(body)) return null;
    const [told, name] = [textOf(body['domain']) ?? '', textOf(body['subdomain']) ?? ''];
    const parent = new URL(tokens.endpoint).host.split('.').slice(1).join('.');
    // Whether the domain has the account's own name in front is not documented for certain.
    const names = [told, `${name}.${told}`, `${name}.${parent}`];
    return names.map((one) => endpoints.accountOfDomain(one)).find((one) => one !== null) ?? null;
  } catch (error) {
    if (error instanceof CallFault && error.failure.kind !== 'reauthorise' && error.failure.kind !== 'gone')
      throw error;
    return null;
  }
}

/** A token that was made by hand is not renewed: it works, or a person has to make another one. */
async function proveLongLived(
  tokens: TokenPair,
  surroundings: Surroundings,
  clock: Clock,
): Promise<TokenPair> {
  await authorizedGet(tokens.endpoint, '/api/v4/account', tokens.accessToken, surroundings, clock);
  return tokens;
}

/** A call with a token that no session holds yet. Throws `CallFault`. */
export async function authorizedGet(
  endpoint: string,
  path: string,
  token: string,
  surroundings: Surroundings,
  clock: Clock,
): Promise<unknown> {
  const call: HttpCall = {
    method: 'GET',
    url: `${endpoint}${path}`,
    headers: { authorization: `Bearer ${token}` },
  };
  return persist(async () => {
    const answer = await sendOnce(call, surroundings);
    return readBody(answer, METHOD, clock.now());
  }, surroundings.patience);
}

async function sendOnce(call: HttpCall, { transport, patience }: Surroundings): Promise<HttpAnswer> {
  try {
    return await transport.send(call, patience.requestTimeoutMs);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw unavailable(error.code, error.timedOut);
  }
}

/** Dead codes and chains come as 400 or 401 with a hint; what is no JSON at all is the web server's block. */
function refusal(answer: HttpAnswer, clock: Clock): CallFault {
  const body = parseObject(answer.body);
  if (body && (answer.status === 400 || answer.status === 401 || answer.status === 404)) {
    const hint = (textOf(body['hint']) ?? 'refused').replace(/[^\w .,-]/g, '').slice(0, 80);
    return new CallFault({ kind: 'reauthorise', detail: hint }, 'never', false, '', METHOD);
  }
  if (answer.status === 404) {
    return new CallFault({ kind: 'reauthorise', detail: 'no such account' }, 'never', false, '', METHOD);
  }
  try {
    readBody(answer, METHOD, clock.now());
  } catch (error) {
    if (error instanceof CallFault) return error;
  }
  return unavailable(`HTTP ${answer.status}`);
}

function unavailable(detail: string, timedOut = false): CallFault {
  return new CallFault({ kind: 'unavailable', detail }, timedOut ? 'timeout' : 'doubtful', true, '', METHOD);
}
