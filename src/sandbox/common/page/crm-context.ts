/**
 * What the page of any simulated host may see and do of its CRM. Every change goes through the same store as REST
 * does, so it writes history, sends events and obeys rights. Instants are epoch milliseconds unless said otherwise; a
 * method that cannot do what is asked throws an Error with a plain message.
 */
export interface CrmContext<Change = unknown> {
  readonly companyName: string;
  readonly language: 'ru' | 'en';
  /** The host's virtual clock: real time plus what the control API added. */
  now(): number;

  users(): readonly PortalUser[];
  user(userId: number): PortalUser | undefined;
  pipelines(): readonly PortalPipeline[];

  /** Newest first unless `order` says otherwise; `limit` is 50 when absent and at most 500. */
  deals(query: PortalDealQuery): PortalDealPage;
  deal(dealId: number): PortalDeal | undefined;
  stageHistory(dealId: number): readonly PortalStageEntry[];
  createDeal(draft: PortalDealDraft, asUserId: number): PortalDeal;
  /** `stageId` in the host's spelling; a stage of another pipeline moves the deal there. */
  moveDeal(dealId: number, stageId: string, asUserId: number): PortalDeal;
  updateDeal(dealId: number, changes: PortalDealChanges, asUserId: number): PortalDeal;
  deleteDeal(dealId: number, asUserId: number): void;

  tasks(query: PortalTaskQuery): readonly PortalTask[];
  task(taskId: number): PortalTask | undefined;
  completeTask(taskId: number, asUserId: number): PortalTask;
  renewTask(taskId: number, asUserId: number): PortalTask;
  deleteTask(taskId: number, asUserId: number): void;

  /** Calls back after every change; returns the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void;
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
  /** Host spelling, unique in the whole CRM. */
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
  /** The host's own number of the state. */
  readonly status: number;
  readonly completed: boolean;
  readonly responsibleId: number;
  readonly creatorId: number;
  readonly deadline: number | null;
  readonly createdAt: number;
  readonly closedAt: number | null;
  readonly dealIds: readonly number[];
}

/** What pages of all hosts hear of. */
export type CrmChange =
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
  | { readonly kind: 'application'; readonly id: string };
