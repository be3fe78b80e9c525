/** What the server, or the way to it, answered instead of what was asked for. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    /** HTTP status; 0 when nothing came back at all. */
    readonly status: number,
    /** Kebab-case code of the server, or `network`, `bad-answer`. */
    readonly code: string,
    /** In the person's language when the server wrote it; else a text for the log. */
    message: string,
    /** For support to find the request by; null when it never reached the server. */
    readonly requestId: string | null,
    /** True when `message` came from the server and may be shown as it is. */
    readonly readable: boolean,
    /** What exactly, where the server tells it: the faults of a file, say. Untrusted as any answer. */
    readonly details: unknown = null,
  ) {
    super(message);
  }

  /** Worth trying again unchanged: the way was broken, or the server asked for patience. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Reads the server's error form; anything else (a proxy's page, an empty body) becomes a failure that says so. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const headerId = response.headers.get('x-request-id');
  const body: unknown = await response.json().catch(() => null);
  const error = fieldsOf(fieldsOf(body)['error']);
  const { code, message, requestId } = error;
  const readable = typeof message === 'string' && message !== '';
  return new ApiFailure(
    response.status,
    typeof code === 'string' ? code : `http-${response.status}`,
    readable ? message : `HTTP ${response.status}`,
    typeof requestId === 'string' ? requestId : headerId,
    readable,
    error['details'],
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Anything thrown on the way as a failure; what is no failure of the API is one of ours. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, 'unexpected', error instanceof Error ? error.message : 'unexpected', null, false);
}
