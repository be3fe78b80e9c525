import type { HostBridge } from './bridge.js';

/** Smaller changes are rounding, not content; answering each would make two pages resize each other for ever. */
const STEP_PX = 2;
const SETTLE_MS = 60;
/** A dialog with its fields needs this much, whatever the page behind it is. */
const LOWEST_PX = 420;

/**
 * Grows the frame with its content while the host allows it. Where it does not (a slider, a page of its own), the first
 * call goes unanswered and the document scrolls inside the frame, which it does by itself.
 */
export function keepFrameSize(bridge: HostBridge): void {
  const content = document.getElementById('app');
  if (!content) return;
  let told = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void tell(), SETTLE_MS);
  });

  async function tell(): Promise<void> {
    const height = Math.max(LOWEST_PX, Math.ceil(content?.getBoundingClientRect().height ?? 0));
    if (Math.abs(height - told) <= STEP_PX) return;
    told = height;
    if (!(await bridge.resize(height))) observer.disconnect();
  }

  observer.observe(content);
  window.addEventListener('pagehide', () => {
    observer.disconnect();
    bridge.destroy();
  });
}
