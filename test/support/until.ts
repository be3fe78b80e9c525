import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; fails with a message instead of hanging. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 30_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await sleep(20);
  }
}
