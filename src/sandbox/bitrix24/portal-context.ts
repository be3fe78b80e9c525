import type { CrmChange, CrmContext } from '../common/page/crm-context.js';

/** What the portal's own page may see and do beyond what every host's page may. */
export interface PortalContext extends CrmContext<PortalChange> {
  /** Origin of the portal, e.g. `http://localhost:3101`, no slash at the end. */
  readonly url: string;
  /** Host and port as frames name it, e.g. `localhost:3101`. */
  readonly domain: string;
  /** `1` when the portal is served over TLS. */
  readonly protocol: '0' | '1';
  readonly memberId: string;
  /** IANA name of the portal's server zone. */
  readonly timeZone: string;
  activities(dealId: number): readonly PortalActivity[];
  /** Comments and log messages of the deal, newest first. */
  timeline(dealId: number): readonly PortalTimelineEntry[];
  completeActivity(activityId: number, asUserId: number): PortalActivity;
  /** What a click on a button of an application's activity does; the button's own kind of action is told back. */
  pressButton(activityId: number, button: string, asUserId: number): PortalPress;
  /** Newest first. */
  notifications(userId: number): readonly PortalNotification[];

  applications(): readonly PortalApplication[];
  /** Placements bound for a code by installed applications only, as users see them. */
  placements(code: string): readonly PortalPlacement[];
  /**
   * Opens a chain of tokens for the user and returns what the browser has to post into the frame. An application that
   * is not installed yet answers with its installer, and only for an admin.
   */
  issueFrameAuth(
    applicationId: string,
    userId: number,
    placement: string,
    placementOptions: Readonly<Record<string, unknown>>,
    placementId?: number,
  ): FrameLaunch;
  /** What `refreshAuth` of the frame protocol answers with. */
  refreshFrameAuth(applicationId: string, userId: number): FrameAuth;
  /** The page's `installFinish`: idempotent; withheld events and placements become live. */
  finishInstall(applicationId: string): void;
  /** Sends ONAPPUNINSTALL, then drops everything the application bound. */
  uninstall(applicationId: string, clean: boolean): Promise<void>;
  appOptions(applicationId: string): Readonly<Record<string, unknown>>;
  setAppOption(applicationId: string, name: string, value: unknown): Readonly<Record<string, unknown>>;
  userOptions(applicationId: string, userId: number): Readonly<Record<string, unknown>>;
  setUserOption(
    applicationId: string,
    userId: number,
    name: string,
    value: unknown,
  ): Readonly<Record<string, unknown>>;

  robots(): readonly PortalRobot[];
  /** Posts the robot's call to its handler, as an automation rule would; nobody's tokens go along. */
  runRobot(code: string, dealId: number, properties: Readonly<Record<string, string>>): Promise<void>;
}

export interface PortalActivity {
  readonly id: number;
  readonly subject: string;
  readonly description: string;
  readonly deadline: number | null;
  readonly completed: boolean;
  readonly responsibleId: number;
  readonly provider: string;
  readonly createdAt: number;
  /** Of an application's activity; none on the others. */
  readonly buttons: readonly PortalButton[];
  /** The button that was pressed and keeps the record blocked until its application updates it; empty: none. */
  readonly pressed: string;
}

export interface PortalButton {
  readonly key: string;
  readonly title: string;
  readonly primary: boolean;
}

/** `openRestApp`: the page has to open the application with these options. */
export type PortalPress =
  | { readonly type: 'restEvent' }
  | { readonly type: 'redirect'; readonly uri: string }
  | {
      readonly type: 'openRestApp';
      readonly applicationId: string;
      readonly options: Readonly<Record<string, string>>;
    };

export interface PortalTimelineEntry {
  readonly id: number;
  readonly kind: 'comment' | 'log';
  readonly title: string;
  readonly text: string;
  readonly authorId: number;
  readonly at: number;
}

export interface PortalNotification {
  readonly id: number;
  readonly userId: number;
  readonly message: string;
  readonly at: number;
  readonly tag: string;
}

export interface PortalApplication {
  /** The client id. */
  readonly id: string;
  readonly title: string;
  readonly handlerUrl: string;
  readonly installUrl: string;
  /** `new`: never opened; `installing`: the installer was opened, not finished; `installed`. */
  readonly state: 'new' | 'installing' | 'installed';
}

export interface PortalPlacement {
  /** Number of this binding in the portal. */
  readonly id: number;
  readonly code: string;
  readonly applicationId: string;
  readonly handler: string;
  readonly title: string;
  /** `{ru:{TITLE:…}}` as it was bound. */
  readonly titles: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface PortalRobot {
  readonly code: string;
  readonly name: string;
  readonly applicationId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface FrameAuth {
  readonly AUTH_ID: string;
  /** Seconds, as text. */
  readonly AUTH_EXPIRES: string;
  readonly REFRESH_ID: string;
}

export interface FrameLaunch {
  /** Address with the query (`DOMAIN`, `PROTOCOL`, `LANG`, `APP_SID`) to post the fields to. */
  readonly action: string;
  /** `HOST|PROTO|APP_SID`: the frame's `name`. */
  readonly frameName: string;
  readonly sid: string;
  /** Origin of the application: the only one whose messages are to be answered. */
  readonly origin: string;
  /** True when this opens the installer. */
  readonly installer: boolean;
  /** Form fields of the post, text only. */
  readonly fields: Readonly<Record<string, string>>;
}

export type PortalChange =
  | CrmChange
  | { readonly kind: 'activity'; readonly id: number; readonly dealId: number }
  | { readonly kind: 'timeline'; readonly id: number; readonly dealId: number }
  | { readonly kind: 'notification'; readonly id: number; readonly userId: number };
