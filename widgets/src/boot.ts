import type { BootView, DoorView } from '../../src/features/embed/boot.view.js';

/** What the page carries, or null when the page was opened without it (a bare address, a proxy's error page). */
export function readBoot(text: string | null | undefined): BootView | DoorView | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isBoot(value) || isDoor(value) ? value : null;
  } catch {
    return null;
  }
}

function isBoot(value: unknown): value is BootView {
  const fields = fieldsOf<BootView>(value);
  return (
    isPlaced(fields) &&
    typeof fields.session === 'string' &&
    typeof fields.screen === 'string' &&
    typeof fields.user === 'object' &&
    fields.user !== null
  );
}

/** A page with a spoiled session is no page without one: asking the host would only hide the fault. */
function isDoor(value: unknown): value is DoorView {
  const fields = fieldsOf<BootView>(value);
  return isPlaced(fields) && fields.session === undefined;
}

function isPlaced(fields: { readonly host?: unknown; readonly portalOrigin?: unknown }): boolean {
  return typeof fields.host === 'string' && typeof fields.portalOrigin === 'string';
}

function fieldsOf<T>(value: unknown): Partial<Record<keyof T, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
