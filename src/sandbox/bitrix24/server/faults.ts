/** What can go wrong on demand; the readme says which row of the fault matrix each one is for. */
export const FAULT_KINDS = [
  'http500-html',
  'http502-html',
  'http500',
  'query-limit',
  'operation-limit',
  'overload',
  'html-200',
  'garbage',
  'empty-body',
  'truncated',
  'reset',
  'result-null',
  'error-200',
  'empty-page',
  'inner-error',
  'hang',
  'slow',
  'latency',
  'answer-lost',
  'expired-token',
  'invalid-token',
  'portal-deleted',
  'access-denied',
  'payment-required',
  'invalid-grant',
  'drift',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly id: number;
  readonly kind: FaultKind;
  /** A method, a prefix that ends with a dot or star, `batch`, `oauth.token`; nothing for any REST request. */
  readonly method: string | null;
  times: number;
  /** Matching requests to let pass first. */
  after: number;
  /** Milliseconds of `latency`; bytes a second of `slow`; rows of `drift`. */
  readonly amount: number;
  /** Code of `inner-error`. */
  readonly code: string;
  fired: number;
}

export interface FaultDraft {
  readonly kind: FaultKind;
  readonly method?: string | undefined;
  readonly times?: number | undefined;
  readonly after?: number | undefined;
  readonly amount?: number | undefined;
  readonly code?: string | undefined;
}

const DEFAULT_AMOUNT: Partial<Record<FaultKind, number>> = { latency: 1000, slow: 1, drift: 1 };

/** Inside a batch these concern single commands, not the whole answer. */
const INNER: ReadonlySet<FaultKind> = new Set(['empty-page', 'inner-error', 'drift']);

/** The faults that wait to happen. */
export class Faults {
  private readonly waiting: Fault[] = [];
  private lastId = 0;

  add(draft: FaultDraft): Fault {
    this.lastId += 1;
    const fault: Fault = {
      id: this.lastId,
      kind: draft.kind,
      method: draft.method ?? null,
      times: draft.times ?? 1,
      after: draft.after ?? 0,
      amount: draft.amount ?? DEFAULT_AMOUNT[draft.kind] ?? 0,
      code: draft.code ?? 'INTERNAL_SERVER_ERROR',
      fired: 0,
    };
    this.waiting.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting.length = 0;
  }

  /** The fault this request meets, used up by one. */
  takeOuter(method: string): Fault | null {
    return this.take(method, (fault) => !INNER.has(fault.kind));
  }

  /** The fault this single call or command of a batch meets. */
  takeInner(method: string): Fault | null {
    return this.waiting.length === 0 ? null : this.take(method, (fault) => INNER.has(fault.kind));
  }

  private take(method: string, suits: (fault: Fault) => boolean): Fault | null {
    for (const fault of this.waiting) {
      if (!suits(fault) || !matches(fault.method, method)) {
        continue;
      }
      if (fault.after > 0) {
        fault.after -= 1;
        continue;
      }
      if (fault.times <= 0) {
        continue;
      }
      fault.times -= 1;
      fault.fired += 1;
      return fault;
    }
    return null;
  }
}

function matches(pattern: string | null, method: string): boolean {
  if (pattern === null) {
    return !method.startsWith('oauth.');
  }
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  return (
    method === pattern || ((pattern.endsWith('*') || pattern.endsWith('.')) && method.startsWith(prefix))
  );
}
