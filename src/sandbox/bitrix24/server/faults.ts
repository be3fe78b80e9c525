import {
  FaultQueue,
  type Fault as QueuedFault,
  type FaultDraft as QueuedDraft,
} from '../../common/fault-queue.js';

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

export type Fault = QueuedFault<FaultKind>;
export type FaultDraft = QueuedDraft<FaultKind>;

/** Inside a batch these concern single commands, not the whole answer. */
const INNER: ReadonlySet<FaultKind> = new Set(['empty-page', 'inner-error', 'drift']);

/** The faults of this portal that wait to happen. */
export class Faults extends FaultQueue<FaultKind> {
  constructor() {
    super(INNER);
  }
}
