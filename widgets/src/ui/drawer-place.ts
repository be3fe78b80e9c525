/** Room that a drawer's head and its first lines need below where they begin. */
const ROOM_PX = 480;
/** A browser answers within a frame or two; for a page that nobody sees it never does. */
const PATIENCE_MS = 200;

/**
 * A drawer fills its frame from top to bottom. Where the host has let the frame grow beyond the window, its top may be far out
 * of sight: the words then begin where the part that is seen begins.
 */
export async function beginInSight(body: HTMLElement | null | undefined): Promise<void> {
  if (!body) return;
  const topPx = Math.min(await seenFrom(), window.innerHeight - ROOM_PX);
  if (topPx > 0) body.style.marginTop = `${Math.round(topPx)}px`;
}

/** How many pixels of the frame lie above the window: frames of another origin learn of it in no other way. */
function seenFrom(): Promise<number> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(([entry]) => settle(entry?.intersectionRect.top ?? 0));
    const timer = setTimeout(() => settle(0), PATIENCE_MS);
    const settle = (topPx: number): void => {
      clearTimeout(timer);
      observer.disconnect();
      resolve(topPx);
    };
    observer.observe(document.documentElement);
  });
}
