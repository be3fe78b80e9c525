/**
 * What the portal's own page may see and do. Every change goes through the same store as REST does, so it writes
 * stage history, sends events and obeys rights. Instants are epoch milliseconds unless said otherwise; a method that
 * cannot do what is asked throws an Error with a plain message.
 */
export interface PortalContext {
  /** Origin of the portal, e.g. `http://localhost:3101`, no slash at the end. */
  readonly url: string;
  /** Host and port as frames name it, e.g. `localhost:3101`. */
  readonly domain: string;
  /** `1` when the portal is served over TLS. */
  readonly protocol: '0' | '1';
  readonly memberId: string;
  readonly companyName: string;
  readonly language: 'ru' | 'en';
  /** IANA name of the portal's server zone. */
  readonly timeZone: string;
  /** The portal's virtual clock: real time plus what the control API added. */
  now(): number;

  users(): readonly PortalUser[];
  user(userId: number): PortalUser | undefined;
  pipelines(): readonly PortalPipeline[];

  /** Newest first unless `order` says otherwise; `limit` is 50 when absent and at most 500. */
  deals(query: PortalDealQuery): PortalDealPage;
  deal(dealId: number): PortalDeal | undefined;
  stageHistory(dealId: number): readonly PortalStageEntry[];
  createDeal(draft: PortalDealDraft, asUserId: number): PortalDeal;
  /** `stageId` in the host's spelling (`NEW`, `C2:NEW`); a stage of another pipeline moves the deal there. */
  moveDeal(dealId: number, stageId: string, asUserId: number): PortalDeal;
  updateDeal(dealId: number, changes: PortalDealChanges, asUserId: number): PortalDeal;
  deleteDeal(dealId: number, asUserId: number): void;

  tasks(query: PortalTaskQuery): readonly PortalTask[];
  task(taskId: number): PortalTask | undefined;
  completeTask(taskId: number, asUserId: number): PortalTask;
  renewTask(taskId: number, asUserId: number): PortalTask;
  deleteTask(taskId: number, asUserId: number): void;

  activities(dealId: number): readonly PortalActivity[];
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

  /** Calls back after every change; returns the function that ends it. */
  subscribe(listener: (change: PortalChange) => void): () => void;
}

export interface PortalUser {
  readonly id: number;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly position: string;
  readonly admin: boolean;
  readonly active: boolean;
  readonly departmentIds: readonly number[];
  readonly timeZone: string;
}

export interface PortalPipeline {
  readonly id: number;
  readonly name: string;
  readonly stages: readonly PortalStage[];
}

export interface PortalStage {
  /** Host spelling: `NEW` in the default pipeline, `C2:NEW` in pipeline 2. */
  readonly id: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly kind: 'open' | 'won' | 'lost';
}

export interface PortalDealQuery {
  readonly pipelineId?: number;
  readonly stageId?: string;
  readonly ownerId?: number;
  /** Case-insensitive part of the title, or the id. */
  readonly search?: string;
  readonly open?: boolean;
  readonly order?: 'newest' | 'oldest' | 'changed';
  readonly offset?: number;
  readonly limit?: number;
}

export interface PortalDealPage {
  readonly deals: readonly PortalDeal[];
  readonly total: number;
}

export interface PortalDeal {
  readonly id: number;
  readonly title: string;
  readonly pipelineId: number;
  readonly stageId: string;
  readonly kind: 'open' | 'won' | 'lost';
  readonly ownerId: number;
  readonly amount: number;
  readonly currency: string;
  readonly companyId: number | null;
  readonly companyName: string | null;
  readonly contactId: number | null;
  readonly contactName: string | null;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly movedAt: number;
}

export interface PortalDealDraft {
  readonly title: string;
  readonly pipelineId?: number;
  readonly stageId?: string;
  readonly ownerId?: number;
  readonly amount?: number;
  readonly currency?: string;
}

export interface PortalDealChanges {
  readonly title?: string;
  readonly ownerId?: number;
  readonly amount?: number;
}

export interface PortalStageEntry {
  readonly at: number;
  readonly pipelineId: number;
  readonly stageId: string;
}

export interface PortalTaskQuery {
  readonly dealId?: number;
  /** Responsible. */
  readonly userId?: number;
  readonly open?: boolean;
}

export interface PortalTask {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  /** 2 waiting, 3 in progress, 4 awaiting control, 5 completed, 6 deferred. */
  readonly status: number;
  readonly completed: boolean;
  readonly responsibleId: number;
  readonly creatorId: number;
  readonly deadline: number | null;
  readonly createdAt: number;
  readonly closedAt: number | null;
  readonly dealIds: readonly number[];
}

export interface PortalActivity {
  readonly id: number;
  readonly subject: string;
  readonly description: string;
  readonly deadline: number | null;
  readonly completed: boolean;
  readonly responsibleId: number;
  readonly provider: string;
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
  | {
      readonly kind: 'deal';
      readonly action: 'created' | 'changed' | 'moved' | 'deleted';
      readonly id: number;
    }
  | {
      readonly kind: 'task';
      readonly action: 'created' | 'changed' | 'deleted';
      readonly id: number;
      readonly dealIds: readonly number[];
    }
  | { readonly kind: 'activity'; readonly id: number; readonly dealId: number }
  | { readonly kind: 'notification'; readonly id: number; readonly userId: number }
  | { readonly kind: 'application'; readonly id: string };
