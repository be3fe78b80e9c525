import { withinMs } from '../within-ms.js';

/**
 * One attempt of a job. After `seconds` it counts as failed: the next job begins, and the signal tells the late one that
 * nobody waits for it. `stopping` ends it in the same way.
 */
export async function attempt(
  seconds: number,
  stopping: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  try {
    await withinMs(seconds * 1000, work(AbortSignal.any([stopping, over.signal])));
  } catch (error) {
    over.abort();
    throw error;
  }
}
