import type { OriginJudge } from '../common/transport.js';

/** The two platforms are separate worlds: an integration of one does not exist in the other. */
export type Platform = 'ru' | 'kommo';

interface PlatformFacts {
  readonly title: string;
  /** Registered names under which accounts live. */
  readonly domains: readonly string[];
  readonly consentPage: string;
}

export const PLATFORMS: Readonly<Record<Platform, PlatformFacts>> = {
  ru: { title: 'amoCRM', domains: ['amocrm.ru'], consentPage: 'https://www.amocrm.ru/oauth' },
  kommo: {
    title: 'Kommo',
    domains: ['kommo.com', 'amocrm.com'],
    consentPage: 'https://www.kommo.com/oauth',
  },
};

/**
 * Which addresses we call at all. Account names arrive from outside, in redirects and tokens, and we post our client
 * secret to what they name: an address is parsed once, judged here, and only the origin that comes out is ever used.
 */
export interface Endpoints extends OriginJudge {
  /** `https://sub.amocrm.ru` from an origin or an address; null when we do not call such an address. */
  account(text: string): string | null;
  /** The same for a bare host name, as redirects and access tokens bring it. */
  accountOfDomain(domain: string): string | null;
  readonly consentPage: string;
}

/** `trustedOrigins` may be called though they are local or without TLS: only while the sandbox is on. */
export function endpointsOf(platform: Platform, trustedOrigins: readonly string[]): Endpoints {
  const { domains, consentPage } = PLATFORMS[platform];
  const origins = trustedOrigins.flatMap((origin) => (URL.canParse(origin) ? [new URL(origin).origin] : []));
  const account = (text: string): string | null => {
    const url = plainUrl(text);
    if (!url) return null;
    if (origins.includes(url.origin)) return url.origin;
    return url.protocol === 'https:' && url.port === '' && isAccountName(url.hostname, domains)
      ? url.origin
      : null;
  };
  return {
    account,
    accountOfDomain: (domain) => {
      const local = origins.find((origin) => new URL(origin).host === domain);
      return local ?? (/^[a-z0-9.-]{1,253}$/i.test(domain) ? account(`https://${domain}`) : null);
    },
    consentPage: origins[0] === undefined ? consentPage : `${origins[0]}/oauth`,
    trusted: (origin) => origins.includes(origin),
  };
}

function isAccountName(hostname: string, domains: readonly string[]): boolean {
  const [name, ...rest] = hostname.toLowerCase().split('.');
  if (!name || !/^[a-z0-9-]+$/.test(name) || name === 'www') return false;
  return domains.includes(rest.join('.'));
}

function plainUrl(text: string): URL | null {
  if (text.length > 512 || /[\s\\]/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username || url.password || url.search || text.includes('#') ? null : url;
}
