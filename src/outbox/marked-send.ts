import type { StillInTime } from '../contract/client.js';

/** How a request goes out so that a process that dies at any point leaves rows that say what may have happened. */
export interface MarkedSend<Outcome> {
  /** How many rows the request is about. */
  readonly count: number;
  /** How long the mark holds the rows for this process. */
  readonly leaseMs: number;
  /** Commits that they go out now; answers how many of them are still ours. */
  readonly mark: () => Promise<number>;
  /** Right before the first byte, in the same turn. */
  readonly departs?: () => void;
  readonly request: (beforeSend: () => Promise<StillInTime>) => Promise<readonly Outcome[]>;
  /** The host or the connection failed as a whole. */
  readonly failed: (error: unknown) => Promise<unknown>;
}

/**
 * A mark that took longer says that this process stood still: by now another one may have taken the rows over. Far more
 * than a busy database needs for one statement. A connection may take longer; for both together half of the lease is left.
 */
const STALE_MARK_MS = 2_000;

/** Thrown through the host's client when rows are no longer ours: nothing was sent. */
class ClaimLost extends Error {}

/**
 * `unsent`: nothing went out, though rows may be marked: the caller, who is alive to know it, gives them back as they were,
 * or they would wait until no host could still be working on them. `uncertain`: nobody knows, so each one is looked up.
 * Throws when our own database does not take the mark.
 */
export async function sendMarked<Outcome>(
  parts: MarkedSend<Outcome>,
): Promise<readonly Outcome[] | 'unsent' | 'uncertain'> {
  let sent = false;
  let ownFault: Error | null = null;
  const beforeSend = async (): Promise<StillInTime> => {
    try {
      const before = performance.now();
      const took = (): number => performance.now() - before;
      if ((await parts.mark()) < parts.count) throw new ClaimLost();
      if (took() > Math.min(STALE_MARK_MS, parts.leaseMs / 2)) throw new ClaimLost();
      parts.departs?.();
      sent = true;
      return () => took() < parts.leaseMs / 2;
    } catch (error) {
      ownFault = error instanceof Error ? error : new Error(String(error));
      throw ownFault;
    }
  };
  try {
    return await parts.request(beforeSend);
  } catch (error) {
    const fault = ownFault as Error | null;
    if (fault instanceof ClaimLost) return sent ? 'uncertain' : 'unsent';
    if (fault) throw fault;
    await parts.failed(error);
    return sent ? 'uncertain' : 'unsent';
  }
}
