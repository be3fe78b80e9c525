import { isIP } from 'node:net';
import { isPrivateAddress } from '../common/private-address.js';

/** The two OAuth servers there are (global and eastern contour). Never derived from what somebody posts. */
export const OAUTH_ENDPOINTS: readonly string[] = [
  'https://oauth.bitrix.info/rest/',
  'https://oauth.bitrix24.tech/rest/',
];

const INTERNAL_SUFFIXES = [
  '.localhost',
  '.local',
  '.internal',
  '.lan',
  '.home',
  '.corp',
  '.intranet',
  '.arpa',
];

/**
 * Which addresses we call at all. Everything that names a host arrives from outside, so an address is parsed once,
 * judged here, and only the normalised text that comes out is ever used.
 */
export interface Endpoints {
  /** `https://portal.example.com/rest/` from any spelling of it; null when we do not call such an address. */
  portal(text: string): string | null;
  /** The same for a bare host name with optional port, as frames and OAuth redirects bring it. */
  portalOfDomain(domain: string, https: boolean): string | null;
  /** One of the allow-listed OAuth servers' bases, null for any other. */
  oauth(text: string): string | null;
  /** The allow-listed OAuth server with this host name, as the consent page's redirect names it. */
  oauthOfDomain(domain: string): string | null;
  /** Used where a message names no OAuth server (older self-hosted portals). */
  readonly defaultOauth: string;
  /** May be called though it is local or without TLS: only while the sandbox is on. */
  trusted(origin: string): boolean;
}

export function endpointsTrusting(trustedOrigins: readonly string[]): Endpoints {
  const origins = new Set(trustedOrigins.map((origin) => parseUrl(origin)?.origin ?? origin));
  const trusted = (origin: string): boolean => origins.has(origin);
  const portal = (text: string): string | null => portalEndpoint(text, trusted);
  const [firstTrusted] = origins;

  return {
    portal,
    portalOfDomain: (domain, https) =>
      /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/i.test(domain)
        ? portal(`${https ? 'https' : 'http'}://${domain}/rest/`)
        : null,
    oauth: (text) => oauthEndpoint(text, trusted),
    oauthOfDomain: (domain) => {
      const all = [...OAUTH_ENDPOINTS, ...[...origins].map((origin) => `${origin}/oauth/rest/`)];
      return all.find((endpoint) => new URL(endpoint).host === domain) ?? null;
    },
    defaultOauth: firstTrusted ? `${firstTrusted}/oauth/rest/` : (OAUTH_ENDPOINTS[0] ?? ''),
    trusted,
  };
}

/** The token address belongs to the OAuth server's origin, not under its API base. */
export function tokenUrl(oauthEndpoint: string): string {
  return new URL('/oauth/token/', oauthEndpoint).href;
}

/** Equal portals, whatever the path: compared by host and port. */
export function samePortal(one: string, other: string): boolean {
  return parseUrl(one)?.host === parseUrl(other)?.host;
}

function portalEndpoint(text: string, trusted: (origin: string) => boolean): string | null {
  const url = plainUrl(text);
  if (!url) return null;
  if (!/^(?:\/[\w.-]+)*\/rest\/?$/.test(url.pathname)) return null;
  if (!trusted(url.origin) && !isPublicHttps(url)) return null;
  return `${url.origin}${url.pathname.replace(/\/?$/, '/')}`;
}

function oauthEndpoint(text: string, trusted: (origin: string) => boolean): string | null {
  const url = plainUrl(text);
  if (!url) return null;
  const normal = `${url.origin}${url.pathname.replace(/\/?$/, '/')}`;
  if (OAUTH_ENDPOINTS.includes(normal)) return normal;
  return trusted(url.origin) ? normal : null;
}

function isPublicHttps(url: URL): boolean {
  if (url.protocol !== 'https:') return false;
  // The URL parser has turned decimal, octal and hexadecimal spellings into dotted ones by now.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return false;
  if (isPrivateAddress(host)) return false;
  if (!host.includes('.')) return false;
  return !INTERNAL_SUFFIXES.some((suffix) => host.endsWith(suffix));
}

function plainUrl(text: string): URL | null {
  if (text.length > 512 || /[\s\\]/.test(text)) return null;
  const url = parseUrl(text);
  if (!url || url.username || url.password || url.search || text.includes('#')) return null;
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
