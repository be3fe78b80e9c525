import type { Instant } from '../domain/crm/time.js';

/** What the caller should do, not what HTTP said. */
export type HostFailure =
  /** Come back at `retryAt`; with `method`, only that method is paused and the others go on. */
  | { readonly kind: 'throttled'; readonly retryAt: Instant; readonly method?: string }
  /** A passing fault: network, 5xx, HTML instead of JSON, garbage, a page that breaks off. Retry with back-off. */
  | { readonly kind: 'unavailable'; readonly detail: string }
  /** The request went out and no answer came back: a write may have happened and is looked up before it is repeated. */
  | { readonly kind: 'unknownOutcome'; readonly detail: string }
  /** Our tokens are dead; a person of the account must open the app again. */
  | { readonly kind: 'reauthorise'; readonly detail: string }
  /** The account's trial or paid period is over: pause its jobs, keep its data. */
  | { readonly kind: 'paymentRequired' }
  /** Not allowed or not on this plan. `scope` names what is missing. */
  | { readonly kind: 'forbidden'; readonly scope: string }
  /** The thing is not there (deleted, or hidden from us). */
  | { readonly kind: 'gone' }
  /** Ask for less at once. */
  | { readonly kind: 'tooLarge' }
  /** We sent or read something that cannot be right; retrying the same does not help. */
  | { readonly kind: 'malformed'; readonly where: string };

/** The only error class that hosts throw on purpose. Its message carries no secret and no customer text. */
export class HostError extends Error {
  constructor(
    readonly failure: HostFailure,
    readonly method?: string,
  ) {
    super(`${failure.kind}${method ? ` at ${method}` : ''}${describeFailure(failure)}`);
    this.name = 'HostError';
  }
}

function describeFailure(failure: HostFailure): string {
  if ('detail' in failure) return `: ${failure.detail}`;
  if (failure.kind === 'forbidden') return `: ${failure.scope}`;
  if (failure.kind === 'malformed') return `: ${failure.where}`;
  return '';
}
