import type { Application, Applications, EventHandler } from '../store/applications.js';
import { ACCESS_SECONDS, type TokenStore } from '../store/tokens.js';
import type { VirtualClock } from '../../common/virtual-clock.js';
import type { EventSender } from '../../common/event-sender.js';
import type { OfflineQueue } from './offline-queue.js';

/** Who did a change and through what. */
export interface Cause {
  /** 0 for a robot, a workflow or an agent: then nobody's tokens go along. */
  readonly userId: number;
  readonly applicationId: string | null;
  /** Queue of the application's own changes, `auth_connector` of the write. */
  readonly connector: string;
}

export interface PortalAddress {
  readonly domain: string;
  readonly clientEndpoint: string;
  readonly serverEndpoint: string;
  readonly memberId: string;
}

/** Turns a change of the store into calls to bound handlers and rows of offline queues. */
export class EventBus {
  /** Calls that were not made because the application was not installed. */
  withheld = 0;
  private readonly lastBell = new Map<string, number>();

  constructor(
    private readonly applications: Applications,
    private readonly tokens: TokenStore,
    private readonly sender: EventSender,
    readonly offline: OfflineQueue,
    private readonly clock: VirtualClock,
    private readonly address: () => PortalAddress,
  ) {}

  /**
   * @param event in the spelling the host sends it with
   * @param objectKey what the event is about, for the offline queue
   * @param onlyTo the one application that hears of it; all where absent
   */
  emit(
    event: string,
    objectKey: string,
    data: Readonly<Record<string, unknown>>,
    cause: Cause,
    onlyTo: string | null = null,
  ): void {
    const name = event.toUpperCase();
    for (const application of this.applications.all()) {
      if (onlyTo !== null && application.id !== onlyTo) continue;
      for (const handler of application.handlers) {
        if (handler.event !== name) {
          continue;
        }
        if (handler.offline) {
          this.toQueue(application, handler, name, objectKey, data, cause);
        } else if (application.state === 'installed') {
          this.toHandler(application, handler, event, data, cause);
        } else {
          this.withheld += 1;
        }
      }
    }
  }

  /** Fields of a call: `event`, `data`, `ts`, `auth`. */
  fields(
    application: Application,
    event: string,
    data: Readonly<Record<string, unknown>>,
    options: { readonly userId: number; readonly refresh: boolean; readonly handlerId?: number },
  ): Readonly<Record<string, unknown>> {
    return {
      event,
      ...(options.handlerId === undefined ? {} : { event_handler_id: options.handlerId }),
      data,
      ts: this.clock.seconds(),
      auth: this.auth(application, options.userId, options.refresh),
    };
  }

  auth(application: Application, userId: number, refresh: boolean): Readonly<Record<string, unknown>> {
    const address = this.address();
    return {
      ...(userId > 0 ? this.tokenFields(application, userId, refresh) : {}),
      domain: address.domain,
      scope: application.scopes.join(','),
      server_endpoint: address.serverEndpoint,
      status: 'L',
      client_endpoint: address.clientEndpoint,
      member_id: address.memberId,
      application_token: application.applicationToken,
    };
  }

  private tokenFields(
    application: Application,
    userId: number,
    refresh: boolean,
  ): Readonly<Record<string, unknown>> {
    if (refresh) {
      const pair = this.tokens.issuePair(application.id, userId);
      return {
        access_token: pair.access,
        refresh_token: pair.refresh,
        expires: pair.expires,
        expires_in: ACCESS_SECONDS,
        user_id: userId,
      };
    }
    const token = this.tokens.issueAccess(application.id, userId);
    return {
      access_token: token.access,
      expires: token.expires,
      expires_in: ACCESS_SECONDS,
      user_id: userId,
    };
  }

  private toHandler(
    application: Application,
    handler: EventHandler,
    event: string,
    data: Readonly<Record<string, unknown>>,
    cause: Cause,
  ): void {
    const userId = cause.userId === 0 ? 0 : handler.authType > 0 ? handler.authType : cause.userId;
    this.sender.send(handler.handler, () =>
      this.fields(application, event, data, { userId, refresh: false, handlerId: handler.id }),
    );
  }

  private toQueue(
    application: Application,
    handler: EventHandler,
    event: string,
    objectKey: string,
    data: Readonly<Record<string, unknown>>,
    cause: Cause,
  ): void {
    const own = cause.applicationId === application.id && handler.connector !== '';
    if (own && cause.connector === handler.connector) {
      return;
    }
    this.offline.put(application.id, handler.connector, event, objectKey, data, this.clock.seconds());
    if (application.state === 'installed') {
      this.ring(application);
    }
  }

  private ring(application: Application): void {
    for (const bell of application.handlers.filter((handler) => handler.event === 'ONOFFLINEEVENT')) {
      const key = `${application.id}\n${bell.id}`;
      const now = this.clock.now();
      if (now - (this.lastBell.get(key) ?? 0) < bell.minTimeout * 1000) {
        continue;
      }
      this.lastBell.set(key, now);
      const userId = bell.authType > 0 ? bell.authType : application.installedBy;
      this.sender.send(bell.handler, () =>
        this.fields(application, 'ONOFFLINEEVENT', {}, { userId, refresh: true, handlerId: bell.id }),
      );
    }
  }
}
