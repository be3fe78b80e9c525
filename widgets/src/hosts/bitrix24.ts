import type { B24Frame } from '@bitrix24/b24jssdk';
import { answered, BridgeFailure, type BridgeContext, type HostBridge } from './bridge.js';
import { tradeForm } from './session-renewal.js';

/** The portal answers in tens of milliseconds; a slow laptop with a heavy card in seconds. Beyond that it never will. */
const HANDSHAKE_MS = 10_000;
const REFRESH_MS = 11_000;
const CALL_MS = 1_500;
/** `openPath` answers when the slider is closed, at once only when it is refused. */
const REFUSAL_MS = 600;

/** Opens the bridge to a Bitrix24 portal over its own SDK. The one file of the widget that talks to the portal's page. */
export async function openBridge(portalOrigin: string): Promise<HostBridge> {
  const framedBy = originOfName(window.name);
  if (framedBy === null) throw new BridgeFailure('outside', 'the page does not stand in a portal');
  if (framedBy !== portalOrigin)
    throw new BridgeFailure('foreign', `framed by ${framedBy}, not ${portalOrigin}`);
  // Destructured on purpose: keeping the module object would carry the whole SDK (125 kB instead of 71).
  const { initializeB24Frame } = await import('@bitrix24/b24jssdk');
  // On the first run after the installation the SDK waits for an answer without a limit of its own.
  const frame = await answered(initializeB24Frame(), HANDSHAKE_MS, 'handshake');
  return bridgeOf(frame);
}

/** The frame's name is `DOMAIN|1 for https|SID`; null when it is anything else. */
export function originOfName(name: string): string | null {
  const [domain, protocol, sid] = name.split('|');
  if (!domain || !sid) return null;
  return `${protocol === '1' ? 'https' : 'http'}://${domain.replace(/:(80|443)$/, '')}`;
}

function bridgeOf(frame: B24Frame): HostBridge {
  return {
    context: contextOf(frame),
    renewSession: async () => tradeForm('bitrix24', await renewForm(frame)),
    resize: (heightPx) => resize(frame, heightPx),
    openPath: (path, onClosed) => openPath(frame, path, onClosed),
    openApp: (onClosed) => openedOrRefused(frame.slider.openSliderAppPage({ view: 'home' }), onClosed),
    reloadCard: async () => !unanswered(await quietly(frame.placement.call('reloadData'))),
    finishInstall: () => finishInstall(frame),
    close: async () => {
      await quietly(frame.parent.closeApplication());
    },
    destroy: () => frame.destroy(),
  };
}

function contextOf(frame: B24Frame): BridgeContext {
  // PHP's empty list and an empty text both stand for "no options".
  const options: unknown = frame.placement.options;
  return {
    place: frame.placement.placement,
    options:
      typeof options === 'object' && options !== null && !Array.isArray(options)
        ? (options as Readonly<Record<string, unknown>>)
        : {},
    admin: frame.auth.isAdmin,
    installing: frame.isInstallMode,
  };
}

async function renewForm(frame: B24Frame): Promise<Readonly<Record<string, string>>> {
  const auth = await answered(frame.auth.refreshAuth(), REFRESH_MS, 'refreshAuth');
  if (!auth) throw new BridgeFailure('silent', 'refreshAuth: the portal gave no token');
  const origin = new URL(frame.getTargetOrigin());
  return {
    AUTH_ID: auth.access_token,
    REFRESH_ID: auth.refresh_token,
    AUTH_EXPIRES: String(auth.expires_in),
    member_id: auth.member_id,
    DOMAIN: origin.host,
    PROTOCOL: origin.protocol === 'https:' ? '1' : '0',
    PLACEMENT: frame.placement.placement,
    PLACEMENT_OPTIONS: JSON.stringify(frame.placement.options || {}),
  };
}

async function resize(frame: B24Frame, heightPx: number): Promise<boolean> {
  if (frame.placement.isSliderMode) return false;
  // Not `fitWindow`: it measures the document, which never shrinks below the frame; nor `resizeWindow`, which would nail
  // the width in pixels and break the card's own reflow.
  const answer = await quietly(
    frame.parent.message.send('resizeWindow', { width: '100%', height: Math.ceil(heightPx), isSafely: true }),
  );
  return !unanswered(answer);
}

function openPath(frame: B24Frame, path: string, onClosed?: () => void): Promise<'opened' | 'refused'> {
  if (!path.startsWith('/') || path.startsWith('//')) return Promise.resolve('refused');
  return openedOrRefused(frame.slider.openPath(frame.slider.getUrl(path)), onClosed);
}

async function openedOrRefused(call: Promise<unknown>, onClosed?: () => void): Promise<'opened' | 'refused'> {
  let open = false;
  const refusal = call.then(
    () => {
      onClosed?.();
      return 'opened' as const;
    },
    () => (open ? ('opened' as const) : ('refused' as const)),
  );
  const silence = new Promise<'opened'>((resolve) => {
    setTimeout(() => {
      open = true;
      resolve('opened');
    }, REFUSAL_MS);
  });
  return Promise.race([refusal, silence]);
}

async function finishInstall(frame: B24Frame): Promise<void> {
  if (!frame.isInstallMode) return;
  // No answer is the portal's answer: it reloads the page.
  await quietly(frame.installFinish());
}

/** The SDK's own sign that nobody answered a call that may stay unanswered. */
function unanswered(answer: unknown): boolean {
  return answer === null || (typeof answer === 'object' && 'isSafely' in answer);
}

async function quietly(call: Promise<unknown>): Promise<unknown> {
  try {
    return (await answered(call, CALL_MS, 'call')) ?? '';
  } catch {
    return null;
  }
}
