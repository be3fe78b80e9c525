import type { BootView } from '../../../src/features/embed/boot.view.js';

/**
 * What the widget may ask of the page that frames it. Hosts have no error channel: a call that is refused is simply never
 * answered, so every implementation gives each call its own time-out and none of these promises stays open for ever.
 */
export interface HostBridge {
  /** Where the frame stands, as the host tells it. */
  readonly context: BridgeContext;
  /**
   * All that the widget begins with; only where the page comes without it.
   * Rejects with `BridgeFailure` when the host stays silent, with `ApiFailure` when our server refuses.
   */
  enter?(): Promise<BootView>;
  /** A new session of ours, proven by the host anew. Rejects like `enter`. */
  renewSession(): Promise<string>;
  /** Asks for a frame of this height in CSS pixels. False: the frame is fixed and the page must scroll inside. */
  resize(heightPx: number): Promise<boolean>;
  /** Opens a page of the host over the current one. `onClosed` runs when the person has closed it. */
  openPath(path: string, onClosed?: () => void): Promise<'opened' | 'refused'>;
  /** Opens the app's own page over the current one. */
  openApp(onClosed?: () => void): Promise<'opened' | 'refused'>;
  /** Lets the host's card read its data again. False when the place has no such command. */
  reloadCard(): Promise<boolean>;
  /** Tells the host that the installation is finished; the host reloads the page and never answers. */
  finishInstall(): Promise<void>;
  /** Closes the slider that we stand in, if any. */
  close(): Promise<void>;
  /** Lets go of every listener; the bridge is dead afterwards. */
  destroy(): void;
}

export interface BridgeContext {
  readonly place: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly admin: boolean;
  readonly installing: boolean;
}

/** Opens the bridge to a host's page; rejects with `BridgeFailure`. */
export type OpenBridge = (portalOrigin: string) => Promise<HostBridge>;

export type BridgeFault = 'outside' | 'foreign' | 'silent' | 'broken';

/** Why the page that frames us cannot be spoken to. */
export class BridgeFailure extends Error {
  override readonly name = 'BridgeFailure';

  constructor(
    readonly fault: BridgeFault,
    what: string,
  ) {
    super(what);
  }
}

/** Rejects with `BridgeFailure('silent')` when the host has not answered in time. */
export async function answered<T>(call: Promise<T>, withinMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new BridgeFailure('silent', `${what}: no answer from the portal`)),
      withinMs,
    );
  });
  try {
    return await Promise.race([call, silence]);
  } finally {
    clearTimeout(timer);
  }
}
