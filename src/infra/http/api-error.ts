/** A text for people, in both languages that we speak. */
export interface Bilingual {
  readonly ru: string;
  readonly en: string;
}

/** An answer of `/api` that is not a success: what happened and what to do, in words for the person. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 503,
    /** Stable, kebab-case: what programs branch on. */
    readonly code: string,
    readonly text: Bilingual,
    /** What exactly, for programs: the faults of a file, say. No secret, and nothing that the person may not see. */
    readonly details?: unknown,
  ) {
    super(code);
    this.name = 'ApiError';
  }
}

/** One answer for "there is none" and "not yours", so that nobody can find out which ids exist. */
export function notFound(what: Bilingual): ApiError {
  return new ApiError(404, 'not-found', what);
}
