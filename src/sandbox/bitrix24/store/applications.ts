import { randomBytes } from 'node:crypto';

export interface ApplicationDraft {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly title?: string | undefined;
  readonly handlerUrl: string;
  readonly installUrl: string;
  readonly scopes?: readonly string[] | undefined;
  /** `pages`: a browser opens the installer; `script`: the portal posts to the install address by itself. */
  readonly flavour?: 'pages' | 'script' | undefined;
}

export interface EventHandler {
  readonly id: number;
  /** Upper case. */
  readonly event: string;
  readonly handler: string;
  /** User whose tokens come along; 0 for the acting user. */
  readonly authType: number;
  readonly offline: boolean;
  readonly connector: string;
  /** Seconds between two bells of the offline queue. */
  readonly minTimeout: number;
}

export interface Placement {
  readonly id: number;
  readonly code: string;
  readonly handler: string;
  readonly title: string;
  readonly description: string;
  readonly groupName: string;
  readonly userId: number;
  readonly langAll: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Robot {
  readonly code: string;
  fields: Readonly<Record<string, unknown>>;
}

/** A local application of the portal and everything it has bound. */
export interface Application {
  readonly number: number;
  /** Client id. */
  readonly id: string;
  readonly secret: string;
  readonly title: string;
  readonly handlerUrl: string;
  readonly installUrl: string;
  readonly scopes: readonly string[];
  readonly flavour: 'pages' | 'script';
  state: 'new' | 'installing' | 'installed';
  version: number;
  applicationToken: string;
  installedBy: number;
  readonly handlers: EventHandler[];
  readonly placements: Placement[];
  readonly robots: Map<string, Robot>;
  readonly triggers: Map<string, string>;
  readonly options: Map<string, unknown>;
  readonly userOptions: Map<number, Map<string, unknown>>;
}

export const DEFAULT_SCOPES: readonly string[] = [
  'crm',
  'task',
  'tasks',
  'user',
  'user_basic',
  'user_brief',
  'department',
  'im',
  'placement',
  'bizproc',
];

/** The portal's registry of local applications. */
export class Applications {
  private readonly byId = new Map<string, Application>();
  private lastNumber = 0;
  private lastBinding = 0;

  register(draft: ApplicationDraft): Application {
    const id = draft.clientId ?? `local.${randomBytes(7).toString('hex')}.${randomBytes(4).toString('hex')}`;
    this.lastNumber += 1;
    const application: Application = {
      number: this.lastNumber,
      id,
      secret: draft.clientSecret ?? randomBytes(25).toString('hex'),
      title: draft.title ?? 'Application',
      handlerUrl: draft.handlerUrl,
      installUrl: draft.installUrl,
      scopes: draft.scopes ?? DEFAULT_SCOPES,
      flavour: draft.flavour ?? 'pages',
      state: 'new',
      version: 1,
      applicationToken: randomBytes(16).toString('hex'),
      installedBy: 0,
      handlers: [],
      placements: [],
      robots: new Map(),
      triggers: new Map(),
      options: new Map(),
      userOptions: new Map(),
    };
    this.byId.set(id, application);
    return application;
  }

  all(): readonly Application[] {
    return [...this.byId.values()];
  }

  get(id: string): Application | undefined {
    return this.byId.get(id);
  }

  nextBindingId(): number {
    this.lastBinding += 1;
    return this.lastBinding;
  }

  /** What the portal drops by itself when an application goes. */
  clear(application: Application): void {
    application.handlers.length = 0;
    application.placements.length = 0;
    application.robots.clear();
    application.triggers.clear();
    application.options.clear();
    application.userOptions.clear();
    application.state = 'new';
    application.applicationToken = randomBytes(16).toString('hex');
  }

  renewToken(application: Application): void {
    application.applicationToken = randomBytes(16).toString('hex');
  }
}
