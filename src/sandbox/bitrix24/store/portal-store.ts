import type { Company } from '../../company/company.js';
import { EventBus, type Cause, type PortalAddress } from '../events/event-bus.js';
import { EventSender } from '../../common/event-sender.js';
import { OfflineQueue } from '../events/offline-queue.js';
import type { PortalChange } from '../portal-context.js';
import { Applications } from './applications.js';
import type { Deal } from './deal.js';
import { EntityTable } from '../../common/entity-table.js';
import { Notifications } from './notifications.js';
import { People } from './people.js';
import { PortalZone } from './portal-zone.js';
import type { CrmRecord } from './record.js';
import { StageHistory } from './stage-history.js';
import { Pipelines } from './stages.js';
import { UserFields } from './user-fields.js';
import { TaskTable } from './task.js';
import { TokenStore } from './tokens.js';
import { VirtualClock } from '../../common/virtual-clock.js';

export interface TimelineEntry {
  readonly id: number;
  readonly kind: 'comment' | 'log';
  readonly entityTypeId: number;
  readonly entityId: number;
  readonly title: string;
  readonly text: string;
  /** Epoch seconds. */
  readonly at: number;
  readonly authorId: number;
}

/** How long the portal waits for the answer to an event. */
const ANSWER_MS = 15_000;

/** Everything the portal keeps. Actions on it live beside, one file a subject. */
export class PortalStore {
  readonly clock = new VirtualClock();
  readonly zone: PortalZone;
  readonly people: People;
  readonly pipelines: Pipelines;
  readonly userFields: UserFields;
  readonly deals = new EntityTable<Deal>((deal) => deal.updated);
  readonly history: StageHistory;
  readonly leads = recordTable();
  readonly contacts = recordTable();
  readonly companies = recordTable();
  readonly products = recordTable();
  readonly activities = recordTable();
  readonly activitiesByOwner = new Map<string, Set<number>>();
  readonly tasks = new TaskTable();
  readonly timeline: TimelineEntry[] = [];
  readonly notifications = new Notifications();
  /** Event tokens of robots that wait for `bizproc.event.send`. */
  readonly waitingRobots = new Set<string>();
  readonly finishedRobots: { readonly token: string; readonly values: Readonly<Record<string, unknown>> }[] =
    [];
  readonly applications = new Applications();
  readonly tokens = new TokenStore(this.clock);
  readonly sender: EventSender;
  readonly events: EventBus;
  readonly memberId: string;
  readonly webhookSecret: string;
  private readonly listeners = new Set<(change: PortalChange) => void>();
  private lastPart = 0;

  constructor(
    readonly company: Company,
    options: { readonly memberId: string; readonly webhookSecret: string; readonly random: () => number },
    readonly address: () => PortalAddress,
  ) {
    this.memberId = options.memberId;
    this.webhookSecret = options.webhookSecret;
    this.zone = new PortalZone(company.timeZone, Math.floor(company.now / 1000));
    this.people = new People(company.people, company.departments);
    this.pipelines = new Pipelines(company.pipelines);
    this.userFields = new UserFields(company);
    this.history = new StageHistory(this.pipelines);
    this.sender = new EventSender({
      random: options.random,
      userAgent: 'Bitrix24 Webhook Engine',
      timeoutMs: ANSWER_MS,
    });
    this.events = new EventBus(
      this.applications,
      this.tokens,
      this.sender,
      new OfflineQueue(),
      this.clock,
      address,
    );
  }

  /** Id for a row that has no table of its own: checklist items, comments, history entries. */
  nextPartId(): number {
    this.lastPart += 1;
    return this.lastPart;
  }

  subscribe(listener: (change: PortalChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(change: PortalChange): void {
    for (const listener of this.listeners) {
      listener(change);
    }
  }
}

/** The cause of what a robot, a workflow or the portal itself does. */
export const NOBODY: Cause = { userId: 0, applicationId: null, connector: '' };

/** The cause of what an employee does in the portal's own pages. */
export function byUser(userId: number): Cause {
  return { userId, applicationId: null, connector: '' };
}

function recordTable(): EntityTable<CrmRecord> {
  return new EntityTable<CrmRecord>((row) => {
    const changed = row.values['updatedTime'] ?? row.values['lastUpdated'];
    return typeof changed === 'number' ? changed : 0;
  });
}
