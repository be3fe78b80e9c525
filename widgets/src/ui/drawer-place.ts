/** Room that a drawer's head and its first lines need below where they begin. */
const ROOM_PX = 480;
const ABOVE_PX = 80;

/**
 * A drawer fills its frame from top to bottom. Where the host has let the frame grow beyond the window, its top may be far out
 * of sight: the words then begin beside what was pressed, and nobody is carried away from there.
 */
export function besideOpener(body: HTMLElement | null | undefined, opener: Element | null): void {
  if (!body || !opener || window.innerHeight <= window.screen.availHeight) return;
  const topPx = Math.min(opener.getBoundingClientRect().top - ABOVE_PX, window.innerHeight - ROOM_PX);
  if (topPx > 0) body.style.marginTop = `${Math.round(topPx)}px`;
}
