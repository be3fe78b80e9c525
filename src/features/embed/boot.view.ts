import type { LibraryTemplateFacts, PipelinePlanFacts, ProgressFacts } from '../../contract/plan-switch.js';
/** Screens of the widget: those that frames open on, and the app's own pages that its menu leads to. */
export type Screen =
  | 'plan'
  | 'home'
  | 'install'
  | 'panel'
  | 'insight'
  | 'diagnosis'
  | 'exceptions'
  | 'alerts'
  | 'reasons'
  | 'book'
  | 'rules'
  | 'templates'
  | 'company';

/** What the frame's page carries in `<script type="application/json" id="boot">`. */
export interface BootView {
  /** Bearer token of ours, in memory only; 10 minutes. */
  readonly session: string;
  readonly sessionExpiresAt: string;
  readonly host: string;
  /** Origin of the portal that frames us; the only one whose messages count. */
  readonly portalOrigin: string;
  readonly screen: Screen;
  readonly dealId: string | null;
  readonly language: 'ru' | 'en';
  readonly theme: 'auto' | 'light' | 'dark';
  /** IANA zone in which the person works. */
  readonly timeZone: string;
  /** `HH:MM` at which the person's working day ends, Monday first: a promised day means its end. */
  readonly dayEnds: readonly string[];
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly admin: boolean;
    /** Leads a department: offered the head's pages. Every answer is cut to the person's reach all the same. */
    readonly head: boolean;
  };
  /** True while the host waits for the installer page's `installFinish`. */
  readonly installing: boolean;
  /** Absent: the frame was opened by no address of ours. */
  readonly asked?: AskedView;
}

/** What an address asked for; it counts once, on the screen that it names. */
export interface AskedView {
  readonly screen: Screen;
  /** Small facts such as a day or a push; what a screen does not know it passes over. */
  readonly params: Readonly<Record<string, string>>;
  /** The kept view, as the screen itself wrote it down; null: none is shown. */
  readonly state: Readonly<Record<string, unknown>> | null;
  /** Why something else is seen: the page is for heads, there is no such view in this account, or its time is over. */
  readonly problem: 'notYours' | 'unknown' | 'expired' | null;
}

/** `POST /api/links` */
export interface LinkView {
  /** In the host's own interface; opens for everybody of the account, with the rights of each. */
  readonly address: string;
  readonly expiresAt: string;
}

/** What the page carries where its session comes later, from the host's page: the widget asks there for a `BootView`. */
export interface DoorView extends Pick<BootView, 'host' | 'portalOrigin' | 'language' | 'theme'> {
  /** Colours of the page around ours, where it tells them. */
  readonly around?: 'light' | 'dark';
}

/** `POST /api/session`: the bridge brings a fresh host token, we answer with a new session. */
export interface SessionView {
  readonly session: string;
  readonly sessionExpiresAt: string;
}

/** `GET /api/install` and `POST /api/install`. */
export interface InstallView {
  readonly state: 'new' | 'connecting' | 'copying' | 'ready' | 'failed';
  readonly account: { readonly name: string; readonly health: string; readonly problem: string | null };
  /** What embedding did, in words; `unavailable` says what the portal's plan does not allow. */
  readonly steps: readonly InstallStepView[];
  readonly sync: import('../plans/plan.view.js').SyncView;
  readonly pipelines: readonly PipelinePlanView[];
  readonly templates: readonly LibraryTemplateView[];
  readonly progress: readonly ProgressView[];
}

export interface InstallStepView {
  readonly key: 'verify' | 'embed' | 'copy' | 'finish';
  readonly state: 'todo' | 'doing' | 'done' | 'failed';
  readonly detail: string | null;
}

export type PipelinePlanView = PipelinePlanFacts;
export type LibraryTemplateView = LibraryTemplateFacts;
export type ProgressView = ProgressFacts;
