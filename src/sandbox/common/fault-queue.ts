/** A fault that waits to happen. */
export interface Fault<Kind extends string = string> {
  readonly id: number;
  readonly kind: Kind;
  /** A method, or a prefix that ends with a dot or star; nothing for any but the OAuth server's. */
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

export interface FaultDraft<Kind extends string = string> {
  readonly kind: Kind;
  readonly method?: string | undefined;
  readonly times?: number | undefined;
  readonly after?: number | undefined;
  readonly amount?: number | undefined;
  readonly code?: string | undefined;
}

const DEFAULT_AMOUNT: Readonly<Record<string, number>> = { latency: 1000, slow: 1, drift: 1 };

/** The faults that wait to happen. `inner` are those that spoil what is inside an answer, not the answer. */
export class FaultQueue<Kind extends string> {
  private readonly waiting: Fault<Kind>[] = [];
  private lastId = 0;

  constructor(private readonly inner: ReadonlySet<Kind>) {}

  add(draft: FaultDraft<Kind>): Fault<Kind> {
    this.lastId += 1;
    const fault: Fault<Kind> = {
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

  list(): readonly Fault<Kind>[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting.length = 0;
  }

  /** The fault this request meets, used up by one. */
  takeOuter(method: string): Fault<Kind> | null {
    return this.take(method, (fault) => !this.inner.has(fault.kind));
  }

  /** The fault this single call or command of a batch meets. */
  takeInner(method: string): Fault<Kind> | null {
    return this.waiting.length === 0 ? null : this.take(method, (fault) => this.inner.has(fault.kind));
  }

  private take(method: string, suits: (fault: Fault<Kind>) => boolean): Fault<Kind> | null {
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
