import { createHmac } from 'node:crypto';
import { sameText } from '../common/same-text.js';
import type { Application } from './client.js';

/**
 * The host signs neither hooks nor its automation's calls, so each account's calls carry keys that only we can make.
 * They come from our integration's secret: nothing is stored, and whoever holds one account's key cannot make another's.
 */
export function hookKey(application: Application, accountKey: string): string {
  return derived(application, 'hooks', accountKey);
}

/** Of the automation's action: visible to the administrators who set it up, so it proves nothing but that. */
export function automationKey(application: Application, accountKey: string): string {
  return derived(application, 'automation', accountKey);
}

/** The farewell is the one call that the host itself signs: over `client|account`, joined by a pipe. */
export function isFarewellSigned(application: Application, accountKey: string, signature: string): boolean {
  const { clientId, clientSecret } = application;
  const expected = createHmac('sha256', clientSecret).update(`${clientId}|${accountKey}`).digest('hex');
  return sameText(signature.toLowerCase(), expected);
}

function derived({ clientSecret, clientId }: Application, purpose: string, accountKey: string): string {
  return createHmac('sha256', clientSecret)
    .update(JSON.stringify(['dozhim', purpose, clientId, accountKey]))
    .digest('base64url');
}
