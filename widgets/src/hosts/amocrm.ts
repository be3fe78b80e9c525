import type { BootView } from '../../../src/features/embed/boot.view.js';
import { ApiFailure, failureOf } from '../api/failure.js';
import { readBoot } from '../boot.js';
import { answered, BridgeFailure, type BridgeContext, type HostBridge } from './bridge.js';

/** The account's page has our script already: it made this frame. A slow laptop with a heavy card takes seconds. */
const HANDSHAKE_MS = 10_000;
/** A token of the account's own server, then our answer. */
const SESSION_MS = 25_000;
const CALL_MS = 1_500;

/** What `widgets/amocrm/script.js` answers over the port. */
type Answer =
  { readonly value: unknown } | { readonly failure: { readonly status: number; readonly body: string } };

type Call = (name: string, params?: Readonly<Record<string, unknown>>) => Promise<Answer>;

/** Opens the bridge to the script of the widget's archive in an amoCRM or Kommo page. */
export async function openBridge(portalOrigin: string): Promise<HostBridge> {
  if (window.parent === window) throw new BridgeFailure('outside', 'the page does not stand in an account');
  const { port, context } = await answered(shakeHands(portalOrigin), HANDSHAKE_MS, 'hello');
  const closings = new Set<() => void>();
  const call = callsOver(port, closings);
  return {
    context,
    enter: () => enter(call, portalOrigin),
    renewSession: async () => (await enter(call, portalOrigin)).session,
    resize: (heightPx) => quietly(call('resize', { height: Math.ceil(heightPx) })),
    openPath: (path, onClosed) => openPath(call, path, onClosed),
    openApp: async (onClosed) => {
      const opened = await quietly(call('app', {}));
      if (opened && onClosed) closings.add(onClosed);
      return opened ? 'opened' : 'refused';
    },
    // The card has no such command, and shows our tasks by itself.
    reloadCard: async () => false,
    // Nobody waits for it: the account installs the archive itself.
    finishInstall: async () => undefined,
    close: async () => undefined,
    destroy: () => port.close(),
  };
}

interface Handshake {
  readonly port: MessagePort;
  readonly context: BridgeContext;
}

function shakeHands(portalOrigin: string): Promise<Handshake> {
  return new Promise((resolve) => {
    function hear(event: MessageEvent<unknown>): void {
      const [port] = event.ports;
      const data = fieldsOf(event.data);
      if (event.origin !== portalOrigin || event.source !== window.parent) return;
      if (data['dozhim'] !== 'port' || !port) return;
      window.removeEventListener('message', hear);
      resolve({ port, context: contextOf(fieldsOf(data['context'])) });
    }
    window.addEventListener('message', hear);
    window.parent.postMessage({ dozhim: 'hello' }, portalOrigin);
  });
}

/** Who looks is told by the session, not by the page around us. */
function contextOf(context: Readonly<Record<string, unknown>>): BridgeContext {
  const { screen } = context;
  return {
    place: typeof screen === 'string' ? screen : '',
    options: context,
    admin: false,
    installing: false,
  };
}

function callsOver(port: MessagePort, closings: Set<() => void>): Call {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const answer = fieldsOf(data);
    if (answer['closed'] === true) {
      for (const closed of closings) closed();
      closings.clear();
    }
    const id = Number(answer['id']);
    waiting.get(id)?.(answer as Answer);
    waiting.delete(id);
  });
  port.start();
  return (name, params = {}) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      port.postMessage({ id: last, call: name, params });
    });
}

/** The account's page fetches our session with the person's own token and hands it over. */
async function enter(call: Call, portalOrigin: string): Promise<BootView> {
  const answer = await answered(call('session'), SESSION_MS, 'session');
  if ('failure' in answer) throw await failureIn(answer.failure);
  const boot = readBoot(JSON.stringify(answer.value));
  if (!boot || !('session' in boot) || boot.portalOrigin !== portalOrigin) {
    throw new BridgeFailure('broken', 'session: the page handed over something else');
  }
  return boot;
}

async function failureIn(failure: { readonly status: number; readonly body: string }): Promise<ApiFailure> {
  const status = Number(failure.status);
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    return new ApiFailure(0, 'network', 'no answer', null, false);
  }
  return failureOf(new Response(String(failure.body), { status }));
}

/** A new tab: the card around us keeps its unsaved fields. */
async function openPath(call: Call, path: string, onClosed?: () => void): Promise<'opened' | 'refused'> {
  if (!/^\/(?!\/)/.test(path) || path.includes('\\')) return 'refused';
  if (!(await quietly(call('open', { path })))) return 'refused';
  if (onClosed) whenBack(onClosed);
  return 'opened';
}

function whenBack(then: () => void): void {
  document.addEventListener('visibilitychange', function back() {
    if (document.hidden) return;
    document.removeEventListener('visibilitychange', back);
    then();
  });
}

/** False: refused, or no answer. */
async function quietly(call: Promise<Answer>): Promise<boolean> {
  const answer = await answered(call, CALL_MS, 'call').catch(() => null);
  return answer !== null && 'value' in answer && answer.value === true;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
