import { EntityTable } from '../../common/entity-table.js';
import type { FieldSpec, FieldType, FieldValue } from './field-table.js';

/** 2 waiting, 3 in progress, 4 awaiting control, 5 completed, 6 deferred. */
export type TaskStatus = 2 | 3 | 4 | 5 | 6;

export interface TaskHistoryEntry {
  readonly id: number;
  readonly at: number;
  readonly userId: number;
  readonly field: string;
  readonly from: FieldValue;
  readonly to: FieldValue;
}

export interface ChecklistItem {
  readonly id: number;
  readonly parentId: number;
  readonly title: string;
  readonly sort: number;
  complete: boolean;
}

/** An ordinary task. Instants are whole epoch seconds, null for none. */
export interface Task {
  readonly id: number;
  title: string;
  description: string;
  status: TaskStatus;
  priority: number;
  responsibleId: number;
  createdBy: number;
  changedBy: number;
  closedBy: number;
  accomplices: readonly number[];
  auditors: readonly number[];
  /** `D_57` */
  crm: readonly string[];
  tags: readonly string[];
  parentId: number;
  groupId: number;
  xmlId: string | null;
  deadline: number | null;
  startPlan: number | null;
  endPlan: number | null;
  readonly created: number;
  changed: number;
  closed: number | null;
  taskControl: boolean;
  allowChangeDeadline: boolean;
  readonly history: TaskHistoryEntry[];
  readonly checklist: ChecklistItem[];
  readonly comments: { readonly id: number; readonly authorId: number; readonly text: string }[];
}

/** Tasks with the two indexes that lists need: by CRM binding and by responsible. */
export class TaskTable extends EntityTable<Task> {
  private readonly byBinding = new Map<string, Set<number>>();

  constructor() {
    super((task) => task.changed);
  }

  override insert(task: Task): void {
    super.insert(task);
    this.bind(task, task.crm);
  }

  override remove(id: number): Task | undefined {
    const task = super.remove(id);
    for (const binding of task?.crm ?? []) {
      this.byBinding.get(binding)?.delete(id);
    }
    return task;
  }

  rebind(task: Task, crm: readonly string[]): void {
    for (const binding of task.crm) {
      this.byBinding.get(binding)?.delete(task.id);
    }
    task.crm = crm;
    this.bind(task, crm);
  }

  boundTo(binding: string): readonly number[] {
    return [...(this.byBinding.get(binding.toUpperCase()) ?? [])];
  }

  private bind(task: Task, crm: readonly string[]): void {
    for (const binding of crm) {
      const known = this.byBinding.get(binding);
      if (known === undefined) {
        this.byBinding.set(binding, new Set([task.id]));
      } else {
        known.add(task.id);
      }
    }
  }
}

/** Deals among a task's bindings. */
export function dealIdsOf(task: Task): readonly number[] {
  return task.crm.filter((binding) => binding.startsWith('D_')).map((binding) => Number(binding.slice(2)));
}

/** Fields of `tasks.task.list`: filters by UPPER names, answers in camelCase with every scalar as text. */
export function taskFields(tasks: TaskTable): readonly FieldSpec<Task>[] {
  function field(
    name: string,
    upper: string,
    type: FieldType,
    read: (task: Task) => FieldValue,
    options: Partial<FieldSpec<Task>> = {},
  ): FieldSpec<Task> {
    return { name, upper, type, read, title: upper, ...options };
  }
  return [
    field('id', 'ID', 'integer', (task) => task.id),
    field('parentId', 'PARENT_ID', 'integer', (task) => (task.parentId === 0 ? null : task.parentId)),
    field('title', 'TITLE', 'string', (task) => task.title),
    field('description', 'DESCRIPTION', 'string', (task) => task.description),
    field('mark', 'MARK', 'string', () => null),
    field('priority', 'PRIORITY', 'integer', (task) => task.priority),
    field('groupId', 'GROUP_ID', 'integer', (task) => task.groupId),
    field('status', 'STATUS', 'integer', (task) => task.status),
    field('realStatus', 'REAL_STATUS', 'integer', (task) => task.status, { hidden: true }),
    field('createdBy', 'CREATED_BY', 'user', (task) => task.createdBy),
    field('createdDate', 'CREATED_DATE', 'datetime', (task) => task.created),
    field('responsibleId', 'RESPONSIBLE_ID', 'user', (task) => task.responsibleId),
    field('changedBy', 'CHANGED_BY', 'user', (task) => task.changedBy),
    field('changedDate', 'CHANGED_DATE', 'datetime', (task) => task.changed),
    field('statusChangedDate', 'STATUS_CHANGED_DATE', 'datetime', (task) => task.closed ?? task.created),
    field('closedBy', 'CLOSED_BY', 'user', (task) => (task.closed === null ? null : task.closedBy)),
    field('closedDate', 'CLOSED_DATE', 'datetime', (task) => task.closed),
    field('deadline', 'DEADLINE', 'datetime', (task) => task.deadline),
    field('startDatePlan', 'START_DATE_PLAN', 'datetime', (task) => task.startPlan),
    field('endDatePlan', 'END_DATE_PLAN', 'datetime', (task) => task.endPlan),
    field('xmlId', 'XML_ID', 'string', (task) => task.xmlId, { filterable: false }),
    field('allowChangeDeadline', 'ALLOW_CHANGE_DEADLINE', 'boolean', (task) =>
      task.allowChangeDeadline ? 'Y' : 'N',
    ),
    field('taskControl', 'TASK_CONTROL', 'boolean', (task) => (task.taskControl ? 'Y' : 'N')),
    field('accomplices', 'ACCOMPLICE', 'user', (task) => task.accomplices),
    field('auditors', 'AUDITOR', 'user', (task) => task.auditors),
    field('tags', 'TAG', 'string', (task) => task.tags, { hidden: true }),
    field('ufCrmTask', 'UF_CRM_TASK', 'crm_entity', (task) => task.crm, {
      hidden: true,
      lookup: (value) => tasks.boundTo(value),
    }),
  ];
}
