import type { ApiFailure } from '../api/failure.js';

/** Key of the sentence for a failure; the server's own sentence goes first where it wrote one. */
export function failureKey(failure: ApiFailure): string {
  if (failure.status === 0) return 'error.network';
  if (failure.status === 401) return 'error.session';
  if (failure.status === 403) return 'error.forbidden';
  if (failure.status === 404) return 'error.notFound';
  if (failure.status === 409) return 'error.conflict';
  if (failure.status === 429 || failure.status === 503) return 'error.busy';
  return failure.status >= 500 ? 'error.server' : 'error.other';
}

export function failureText(failure: ApiFailure, t: (key: string) => string): string {
  return failure.readable ? failure.message : t(failureKey(failure));
}
