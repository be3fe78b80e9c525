import type { Company } from '../../company/company.js';
import { EntityTable } from '../../common/entity-table.js';
import { EventSender } from '../../common/event-sender.js';
import { VirtualClock } from '../../common/virtual-clock.js';
import { DigitalPipeline } from '../events/digital-pipeline.js';
import { HookBus } from '../events/hook-bus.js';
import { HookCourier } from '../events/hook-courier.js';
import type { AccountChange } from './changes.js';
import { CustomFields } from './custom-fields.js';
import { EventLog } from './event-log.js';
import { Integrations } from './integrations.js';
import type { Lead } from './lead.js';
import { People } from './people.js';
import {
  lossReasons,
  type CompanyRecord,
  type Contact,
  type Note,
  type Tag,
  type Unsorted,
} from './records.js';
import { sourcesOf } from './sources.js';
import { Pipelines } from './statuses.js';
import { taskTypes, type Task } from './task.js';
import { TokenStore } from './tokens.js';
import { Webhooks } from './webhooks.js';

/** How long the account waits for the answer to a hook. */
const ANSWER_MS = 2000;

/** What the account is, apart from its data; the control API turns it. */
export interface AccountSettings {
  subdomain: string;
  /** Where the account moved to; any other host then knows no such account. */
  renamedTo: string | null;
  /** `basic` has no webhooks. */
  plan: 'basic' | 'extended' | 'professional';
  /** False: 402 to writes, and to everything after thirty days. */
  paid: boolean;
  unpaidSince: number;
  /** The paid add-on without which filters of leads, contacts and companies are ignored without a word. */
  filterAddOn: boolean;
  /** Whether the account has a list of products. */
  catalogs: boolean;
  platform: 1 | 2;
  /** Added to `server_time` of token answers, seconds. */
  clockSkew: number;
  /** What widgets get for a token. */
  disposable: 'good' | 'expired' | 'wrong-audience' | 'wrong-secret';
}

/** Everything the account keeps. Actions on it live beside, one file a subject. */
export class AccountStore {
  readonly clock = new VirtualClock();
  readonly people: People;
  readonly pipelines: Pipelines;
  readonly fields: CustomFields;
  readonly leads = new EntityTable<Lead>((lead) => lead.updated);
  /** Deleted leads that are still in the bin. */
  readonly bin = new Map<number, Lead>();
  readonly contacts = new EntityTable<Contact>((one) => one.updated);
  readonly companies = new EntityTable<CompanyRecord>((one) => one.updated);
  readonly tasks = new EntityTable<Task>((task) => task.updated);
  readonly tasksByLead = new Map<number, Set<number>>();
  readonly notes = new EntityTable<Note>((note) => note.updated);
  readonly tags = new Map<number, Tag>();
  readonly unsorted = new Map<string, Unsorted>();
  readonly lossReasons;
  readonly sources;
  readonly taskTypes;
  readonly events: EventLog;
  readonly integrations = new Integrations();
  readonly tokens: TokenStore;
  readonly webhooks = new Webhooks();
  readonly sender: EventSender;
  readonly courier: HookCourier;
  readonly hooks: HookBus;
  readonly digitalPipeline: DigitalPipeline;
  readonly settings: AccountSettings;
  readonly accountId: number;
  private readonly listeners = new Set<(change: AccountChange) => void>();

  /** @param origin where the account answers, e.g. `http://localhost:3102`, no slash at the end */
  constructor(
    readonly company: Company,
    options: { readonly accountId: number; readonly subdomain: string; readonly random: () => number },
    readonly origin: () => string,
  ) {
    this.accountId = options.accountId;
    this.settings = {
      subdomain: options.subdomain,
      renamedTo: null,
      plan: 'extended',
      paid: true,
      unpaidSince: 0,
      filterAddOn: false,
      catalogs: true,
      platform: 1,
      clockSkew: 0,
      disposable: 'good',
    };
    this.people = new People(company.people, company.departments);
    this.pipelines = new Pipelines(company.pipelines, company.language);
    this.fields = new CustomFields(company);
    this.lossReasons = lossReasons(company.language);
    this.sources = sourcesOf(company.language);
    this.taskTypes = taskTypes(company.language);
    this.events = new EventLog(this.pipelines);
    this.tokens = new TokenStore(this.clock, () => ({
      accountId: this.accountId,
      apiDomain: new URL(origin()).host,
      baseDomain: new URL(origin()).hostname,
    }));
    this.sender = new EventSender({
      random: options.random,
      userAgent: 'amoCRM-Webhooks/3.0',
      timeoutMs: ANSWER_MS,
    });
    this.courier = new HookCourier(this.sender, this.webhooks, this.clock);
    this.hooks = new HookBus(this);
    this.digitalPipeline = new DigitalPipeline(this);
  }

  /** Where the account lives now: it may have moved. */
  get home(): string {
    return this.settings.renamedTo ?? this.origin();
  }

  tasksOf(leadId: number): readonly Task[] {
    return [...(this.tasksByLead.get(leadId) ?? [])].flatMap((id) => this.tasks.get(id) ?? []);
  }

  subscribe(listener: (change: AccountChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(change: AccountChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
