import type { HostBridge } from './bridge.js';

/** Smaller changes are rounding, not content; answering each would make two pages resize each other for ever. */
const STEP_PX = 2;
const SETTLE_MS = 60;
/** A dialog with its fields needs this much, whatever the page behind it is. */
const LOWEST_PX = 420;
/** A busy page may answer late once; a host that will not answer never does. */
const SILENCES = 3;
const SILENCE_PAUSE_MS = 1_000;

/**
 * Grows the frame with its content while the host allows it. Where it does not (a slider, a page of its own), the calls go
 * unanswered and the document scrolls inside the frame, which it does by itself.
 */
export function keepFrameSize(bridge: HostBridge): void {
  const content = document.getElementById('app');
  if (!content) return;
  let toldPx = 0;
  let silences = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new ResizeObserver(() => later(SETTLE_MS));

  function later(pauseMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void tell(), pauseMs);
  }

  async function tell(): Promise<void> {
    const height = Math.max(LOWEST_PX, Math.ceil(content?.getBoundingClientRect().height ?? 0));
    if (Math.abs(height - toldPx) <= STEP_PX) return;
    toldPx = height;
    if (await bridge.resize(height)) {
      silences = 0;
      return;
    }
    silences += 1;
    if (silences >= SILENCES) return observer.disconnect();
    toldPx = 0;
    later(SILENCE_PAUSE_MS);
  }

  observer.observe(content);
  window.addEventListener('pagehide', () => {
    observer.disconnect();
    clearTimeout(timer);
    bridge.destroy();
  });
}
