import { HostError, type HostFailure } from '../../contract/failure.js';

/** How a failed call may be tried again inside the client. */
export type Persistence =
  /** A passing fault: again with growing pauses. */
  | 'transient'
  /** No answer in time: again, but only twice, each costs a minute. */
  | 'timeout'
  /** The host counted us out and did nothing: again for as long as it takes. */
  | 'throttle'
  /** An answer that may be a passing fault or our mistake: a few times, then it is our mistake. */
  | 'doubtful'
  | 'never';

/**
 * A failed call with what only this host's code needs to know. `executed` is false when the host surely did nothing:
 * only then is a write that must not happen twice repeated without looking.
 */
export class CallFault extends HostError {
  constructor(
    failure: HostFailure,
    readonly persistence: Persistence,
    readonly executed: boolean,
    /** The host's own code in lower case, `` when there was none. */
    readonly code: string,
    method?: string,
  ) {
    super(failure, method);
  }
}
