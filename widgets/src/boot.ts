import type { BootView } from '../../src/features/embed/boot.view.js';

/** What the page carries, or null when the page was opened without it (a bare address, a proxy's error page). */
export function readBoot(text: string | null | undefined): BootView | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isBoot(value) ? value : null;
  } catch {
    return null;
  }
}

function isBoot(value: unknown): value is BootView {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof BootView, unknown>>;
  return (
    typeof fields.session === 'string' &&
    typeof fields.host === 'string' &&
    typeof fields.portalOrigin === 'string' &&
    (fields.screen === 'plan' || fields.screen === 'home' || fields.screen === 'install') &&
    typeof fields.user === 'object' &&
    fields.user !== null
  );
}
