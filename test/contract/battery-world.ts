import type { HostClient } from '../../src/contract/client.js';
import type { CrmHost, HostRequest, KnownInstallation } from '../../src/contract/host.js';
import type { TestSession } from '../support/session.js';

/** A host with a small company in it, and the hands of the people who work there. Every id is in our words. */
export interface BatteryWorld {
  readonly host: CrmHost;
  readonly session: TestSession;
  readonly client: HostClient;
  /** Two people who may own deals and tasks. */
  readonly people: readonly [string, string];
  /** A frame source of the portal's, as `frameOrigin` must give it. */
  readonly origin: string;

  addDeals(count: number): Promise<readonly string[]>;
  /** Somebody moves the deal on by hand; where it stands then. */
  moveByHand(dealId: string): Promise<Place>;
  /** Another open stage of the deal's pipeline than the one it stands in. */
  otherStage(dealId: string): Promise<Place>;
  deleteDeal(dealId: string): Promise<void>;
  deleteTask(taskId: string): Promise<void>;
  /** How many tasks in the host carry this key of ours. */
  tasksWithKey(key: string): Promise<number>;

  /** A client of an account that watches these fields. */
  watching(keys: readonly string[]): HostClient;
  /** Somebody adds a field to the deals; its key for us. */
  addField(field: OwnField): Promise<string>;
  /** Somebody fills fields of a deal: choices by their names, days as `YYYY-MM-DD`. */
  fill(dealId: string, values: Readonly<Record<string, string | boolean | readonly string[]>>): Promise<void>;
  /** Somebody puts a product into the deal; its id. */
  sell(dealId: string): Promise<string>;
  /** Tags that somebody gave the deal; none where the host has no tags. */
  tag(dealId: string): Promise<readonly string[]>;
  /** Somebody gives the deal up; the reason's name, null where the host has no such list. */
  lose(dealId: string): Promise<string | null>;
  /** Somebody calls the client: nothing in the deal itself changes. */
  work(dealId: string): Promise<void>;
  /** The same, and what the host posts then. */
  hookOfWork(dealId: string): Promise<HostRequest>;
  /** Some seconds pass in the host. */
  passTime(): Promise<void>;

  /** What people see of what we did besides tasks. */
  readonly seen: SeenByPeople;
  /** From now on the host lets us do nothing in this deal. */
  forbid(dealId: string): void;
  /** It lets us again. */
  allow(): void;

  /** What goes wrong with the next request. */
  fail(fault: WorldFault): void;
  expireAccess(): void;
  /** Kills every token, so that renewing throws `reauthorise`. */
  killTokens(): void;

  /** What the host posts when this user opens our frame on the deal. */
  opening(dealId: string): Promise<HostRequest>;
  /** What reaches us when the user follows this path inside the portal; only where the host has addresses for us. */
  following(path: string): Promise<HostRequest>;
  /** The same as `opening` with a token that the host never issued. */
  forgedOpening(dealId: string): Promise<HostRequest>;
  readonly known: KnownInstallation;
  /** What the host posts when the deal changes. */
  hookOfChange(dealId: string): Promise<HostRequest>;
  close(): Promise<void>;
}

export interface OwnField {
  /** `choices`: several of them at once. */
  readonly kind: 'text' | 'choice' | 'choices' | 'date' | 'flag';
  readonly name: string;
  readonly choices?: readonly string[];
}

export interface SeenByPeople {
  comments(dealId: string): Promise<readonly string[]>;
  questions(dealId: string): Promise<readonly SeenQuestion[]>;
  notifications(userId: string): Promise<readonly string[]>;
  /** Who sees the deal beside its owner because of us. */
  followers(dealId: string): Promise<readonly string[]>;
}

export interface SeenQuestion {
  readonly userId: string;
  readonly title: string;
  readonly open: boolean;
}

export interface Place {
  readonly pipelineId: string;
  readonly stageId: string;
}

/** `passing`: an HTML page with status 500. `answerLost`: carried out, then the connection breaks. `emptyPage`: an odd empty list. */
export type WorldFault = 'passing' | 'answerLost' | 'emptyPage';

export type StartWorld = () => Promise<BatteryWorld>;
