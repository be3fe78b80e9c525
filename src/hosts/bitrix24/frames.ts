import type {
  FrameReading,
  FrameUser,
  HostRequest,
  KnownInstallation,
  TokenPair,
} from '../../contract/host.js';
import type { Clock } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { sameText } from '../common/same-text.js';
import type { Surroundings } from './client.js';
import { samePortal } from './endpoints.js';
import { isDeadToken } from './error-codes.js';
import { type FramePost, placeOf, readFramePost } from './frame-post.js';
import { type Application, type Grant, requestGrant } from './oauth.js';
import { askAsUser } from './user-proof.js';

type KnownBy = (accountKey: string) => Promise<KnownInstallation | null>;
type Refusal = Extract<FrameReading, { kind: 'refused' }>['reason'];

export interface FrameDoor {
  readonly application: Application;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
}

/**
 * Proves a frame opening or an installation call. Every posted field can be forged, so the user is whom the *stored*
 * portal names for the posted token, and the portal of a first installation is the one that the OAuth server names for a
 * refresh with our secret. Nothing is ever sent to a posted address.
 */
export async function openFrame(
  request: HostRequest,
  known: KnownBy,
  door: FrameDoor,
): Promise<FrameReading> {
  const post = readFramePost(request);
  if (!post) return refused('badRequest');
  const installation = await known(post.memberId);
  try {
    if (installation && !post.isInstallCall && mayBeKnown(post, installation)) {
      return await openKnown(post, installation, door);
    }
    return await openByGrant(post, door);
  } catch (error) {
    if (error instanceof CallFault) return refused(reasonOf(error));
    throw error;
  }
}

/** A foreign token is no refusal yet: a reinstalled or updated app has a new one, which then must be proven anew. */
function mayBeKnown(post: FramePost, installation: KnownInstallation): boolean {
  if (post.applicationToken === '' || installation.secret === null) return true;
  return sameText(post.applicationToken, installation.secret);
}

async function openKnown(
  post: FramePost,
  installation: KnownInstallation,
  door: FrameDoor,
): Promise<FrameReading> {
  const answer = await askAsUser(installation.endpoint, post.accessToken, door);
  if (answer === 'moved') return openByGrant(post, door);
  const oauthEndpoint =
    door.surroundings.endpoints.oauth(post.oauthEndpoint) ?? door.surroundings.endpoints.defaultOauth;
  const tokens: TokenPair | null =
    post.refreshToken === ''
      ? null
      : {
          accessToken: post.accessToken,
          refreshToken: post.refreshToken,
          expiresAt: door.clock.now() + post.lifeSeconds * 1000,
          userId: answer.user.id,
          endpoint: installation.endpoint,
          oauthEndpoint,
        };
  // Anybody can post any token; only an administrator's frame may tell us one that we did not have.
  const learnt = installation.secret === null && answer.user.admin && post.applicationToken !== '';
  const facts = {
    endpoint: installation.endpoint,
    oauthEndpoint,
    secret: learnt ? post.applicationToken : null,
    scopes: post.scopes,
  };
  return opened(post, facts, tokens, answer);
}

async function openByGrant(post: FramePost, door: FrameDoor): Promise<FrameReading> {
  const { endpoints } = door.surroundings;
  if (post.refreshToken === '') return refused('unknownAccount');
  const oauthEndpoint =
    post.oauthEndpoint === '' ? endpoints.defaultOauth : endpoints.oauth(post.oauthEndpoint);
  if (!oauthEndpoint) return refused('notGenuine');
  const wish = { grant_type: 'refresh_token', refresh_token: post.refreshToken } as const;
  const grant = await requestGrant(oauthEndpoint, wish, door.application, door.surroundings, door.clock);
  if (grant.memberId !== post.memberId) return refused('notGenuine');
  if (post.domain !== '' && !samePortal(grant.tokens.endpoint, `https://${post.domain}/`)) {
    if (!samePortal(grant.tokens.endpoint, `http://${post.domain}/`)) return refused('notGenuine');
  }
  return openGranted(post, grant, door);
}

async function openGranted(post: FramePost, grant: Grant, door: FrameDoor): Promise<FrameReading> {
  const { tokens } = grant;
  const answer = await askAsUser(tokens.endpoint, tokens.accessToken, door);
  if (answer === 'moved') return refused('unavailable');
  const facts = {
    endpoint: tokens.endpoint,
    oauthEndpoint: tokens.oauthEndpoint,
    secret: post.applicationToken === '' ? null : post.applicationToken,
    scopes: grant.scopes.length > 0 ? grant.scopes : post.scopes,
  };
  return opened(post, facts, { ...tokens, userId: tokens.userId ?? answer.user.id }, answer);
}

/** What came back to our own address from the portal's consent page. */
export async function exchangeCode(request: HostRequest, door: FrameDoor): Promise<FrameReading> {
  const code = request.query['code'] ?? '';
  const memberId = request.query['member_id'] ?? '';
  const server = request.query['server_domain'] ?? '';
  if (!/^[\w.-]{8,256}$/.test(code)) return refused('badRequest');
  const { endpoints } = door.surroundings;
  const oauthEndpoint = server === '' ? endpoints.defaultOauth : endpoints.oauthOfDomain(server);
  if (!oauthEndpoint) return refused('notGenuine');
  try {
    const wish = { grant_type: 'authorization_code', code } as const;
    const grant = await requestGrant(oauthEndpoint, wish, door.application, door.surroundings, door.clock);
    if (memberId !== '' && grant.memberId !== memberId) return refused('notGenuine');
    const post: FramePost = { ...EMPTY_POST, memberId: grant.memberId };
    return await openGranted(post, grant, door);
  } catch (error) {
    if (error instanceof CallFault) return refused(reasonOf(error));
    throw error;
  }
}

const EMPTY_POST: FramePost = {
  memberId: '',
  domain: '',
  accessToken: '',
  refreshToken: '',
  lifeSeconds: 0,
  oauthEndpoint: '',
  applicationToken: '',
  scopes: [],
  placement: 'DEFAULT',
  options: {},
  language: 'en',
  isInstallCall: false,
};

function opened(
  post: FramePost,
  installation: Extract<FrameReading, { kind: 'open' }>['installation'],
  tokens: TokenPair | null,
  answer: { readonly user: FrameUser; readonly installed: boolean },
): FrameReading {
  return {
    kind: 'open',
    accountKey: post.memberId,
    installation,
    user: answer.user,
    tokens,
    place: placeOf(post, answer.installed),
    installing: !answer.installed,
  };
}

function reasonOf(fault: CallFault): Refusal {
  if (fault.code === 'expired_token') return 'expired';
  if (isDeadToken(fault) || fault.failure.kind === 'reauthorise') return 'notGenuine';
  return fault.failure.kind === 'forbidden' || fault.failure.kind === 'malformed'
    ? 'notGenuine'
    : 'unavailable';
}

function refused(reason: Refusal): FrameReading {
  return { kind: 'refused', reason };
}
