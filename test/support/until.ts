import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_MS = 20;
const LONGEST_MS = 100;

/**
 * Waits until the condition holds; fails with a message instead of hanging. What lasts is looked at less and less often:
 * the looks cost the time of whatever is waited for.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 30_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    const waitedMs = performance.now() - start;
    if (waitedMs > timeoutMs) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await sleep(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitedMs / 20)));
  }
}
