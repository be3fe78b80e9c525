import type {
  Deal,
  Department,
  HostTask,
  HostTaskState,
  HostUser,
  Pipeline,
  Product,
  Stage,
  StageKind,
  StageVisit,
} from '../domain/crm/records.js';

/** Rows as the database gives them, and the records that they are. */

/** A deal as the mirror holds it; `deleted` ones stay readable, so that what hangs on them can be closed. */
export interface MirroredDeal extends Deal {
  readonly deleted: boolean;
}

export const DEAL_COLUMNS = `deal_id, title, pipeline_id, stage_id, stage_kind, owner_id,
  trim_scale(amount)::text AS amount, currency, source_id, company_id, contact_id, created_at, modified_at, stage_since,
  last_activity_at, product_ids, tags, loss_reason, fields, deleted_at`;

export interface DealRow {
  deal_id: string;
  title: string;
  pipeline_id: string;
  stage_id: string;
  stage_kind: StageKind;
  owner_id: string | null;
  amount: string | null;
  currency: string | null;
  source_id: string | null;
  company_id: string | null;
  contact_id: string | null;
  created_at: Date;
  modified_at: Date;
  stage_since: Date | null;
  last_activity_at: Date | null;
  product_ids: string[] | null;
  tags: string[] | null;
  loss_reason: string | null;
  fields: Deal['fields'] | null;
  deleted_at: Date | null;
}

export function dealOf(row: DealRow): MirroredDeal {
  return {
    id: row.deal_id,
    title: row.title,
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    stageKind: row.stage_kind,
    ownerId: row.owner_id,
    amount: row.amount,
    currency: row.currency,
    sourceId: row.source_id,
    companyId: row.company_id,
    contactId: row.contact_id,
    createdAt: row.created_at.getTime(),
    modifiedAt: row.modified_at.getTime(),
    stageSince: row.stage_since?.getTime() ?? null,
    lastActivityAt: row.last_activity_at?.getTime() ?? null,
    productIds: row.product_ids ?? [],
    tags: row.tags ?? [],
    lossReason: row.loss_reason,
    fields: row.fields ?? {},
    deleted: row.deleted_at !== null,
  };
}

export interface PipelineRow {
  pipeline_id: string;
  name: string;
  sort: number;
}

export function pipelineOf(row: PipelineRow): Pipeline {
  return { id: row.pipeline_id, name: row.name, sort: row.sort };
}

export interface StageRow {
  pipeline_id: string;
  stage_id: string;
  name: string;
  sort: number;
  kind: StageKind;
  color: string | null;
}

export function stageOf(row: StageRow): Stage {
  return {
    pipelineId: row.pipeline_id,
    id: row.stage_id,
    name: row.name,
    sort: row.sort,
    kind: row.kind,
    color: row.color,
  };
}

export interface UserRow {
  user_id: string;
  name: string;
  email: string | null;
  position: string | null;
  active: boolean;
  admin: boolean;
  department_ids: string[];
  time_zone: string | null;
}

export function userOf(row: UserRow): HostUser {
  return {
    id: row.user_id,
    name: row.name,
    email: row.email,
    position: row.position,
    active: row.active,
    admin: row.admin,
    departmentIds: row.department_ids,
    timeZone: row.time_zone,
  };
}

export interface DepartmentRow {
  department_id: string;
  name: string;
  sort: number;
  parent_id: string | null;
  head_id: string | null;
}

export function departmentOf(row: DepartmentRow): Department {
  return {
    id: row.department_id,
    name: row.name,
    sort: row.sort,
    parentId: row.parent_id,
    headId: row.head_id,
  };
}

export interface ProductRow {
  product_id: string;
  name: string;
  price: string | null;
  currency: string | null;
  active: boolean;
}

export function productOf(row: ProductRow): Product {
  return {
    id: row.product_id,
    name: row.name,
    price: row.price === null ? null : Number(row.price),
    currency: row.currency,
    active: row.active,
  };
}

export interface VisitRow {
  deal_id: string;
  seq: number;
  pipeline_id: string;
  stage_id: string;
  entered_at: Date;
  left_at: Date | null;
}

export function visitOf(row: VisitRow): StageVisit {
  return {
    dealId: row.deal_id,
    seq: row.seq,
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    enteredAt: row.entered_at.getTime(),
    leftAt: row.left_at?.getTime() ?? null,
  };
}

export const TASK_COLUMNS = `task_id, deal_id, title, owner_id, state, due_at, completed_at, completed_by, modified_at,
  our_key, result`;

export interface TaskRow {
  task_id: string;
  deal_id: string | null;
  title: string;
  owner_id: string | null;
  state: HostTaskState;
  due_at: Date | null;
  completed_at: Date | null;
  completed_by: string | null;
  modified_at: Date;
  our_key: string | null;
  result: string | null;
}

export function taskOf(row: TaskRow): HostTask {
  return {
    id: row.task_id,
    dealId: row.deal_id,
    title: row.title,
    ownerId: row.owner_id,
    state: row.state,
    dueAt: row.due_at?.getTime() ?? null,
    completedAt: row.completed_at?.getTime() ?? null,
    completedBy: row.completed_by,
    modifiedAt: row.modified_at.getTime(),
    ourKey: row.our_key,
    ...(row.result !== null && { result: row.result }),
  };
}
