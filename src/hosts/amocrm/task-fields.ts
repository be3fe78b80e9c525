import type { TaskDraft, TaskWrite } from '../../contract/client.js';
import type { JsonObject } from '../common/json.js';
import { flagOf, textOf } from '../common/values.js';
import { NO_DEADLINE_SECONDS } from './mapper.js';
import { numericId, secondsOf } from './schema.js';
import { composeText, parseText } from './task-text.js';

type Change = Exclude<TaskWrite, { kind: 'create' }>;

/** The two types that every account has; others are the account's own (account info, `task_types`). */
const FOLLOW_UP = 1;
const MEETING = 2;

/** Steps that are a meeting, not the call that arranges one: the first word tells. */
const MEETING_TITLE =
  /^(?:встре[чт]|прове(?:сти|дите) (?:\S+ )?встреч|meet|(?:hold|have|run) (?:\S+ ){0,2}meeting)/iu;

/**
 * A new task as the host takes it, or what is wrong with the draft. The owner always stands in it: without one the task
 * lands on whoever installed us. Deadlines are instants, so the owner's zone was applied before and is not again.
 */
export function newTask(task: TaskDraft, key: string): JsonObject | string {
  const entityId = numericId(task.dealId);
  const ownerId = numericId(task.ownerId);
  if (entityId === null) return 'entity_id';
  if (ownerId === null) return 'responsible_user_id';
  return {
    text: composeText({ title: task.title, description: task.description, key }),
    complete_till: deadline(task.dueAt),
    entity_id: entityId,
    entity_type: 'leads',
    responsible_user_id: ownerId,
    task_type_id: MEETING_TITLE.test(task.title) ? MEETING : FOLLOW_UP,
    ...(task.durationMinutes !== null && { duration: Math.round(task.durationMinutes * 60) }),
  };
}

/** Only what changes, or what is wrong with it. `row`: the task as it is, since title and description share one text. */
export function changedFields(write: Change, row: JsonObject): JsonObject | string {
  if (write.kind === 'reopen') return { is_completed: false };
  if (write.kind === 'update') return draftFields(write.changes, row);
  return { is_completed: true, ...(write.comment && { result: { text: write.comment } }) };
}

function draftFields(changes: Partial<TaskDraft>, row: JsonObject): JsonObject | string {
  const { ownerId, dueAt, dealId, durationMinutes } = changes;
  const owner = ownerId === undefined ? undefined : numericId(ownerId);
  const entity = dealId === undefined ? undefined : numericId(dealId);
  if (owner === null) return 'responsible_user_id';
  if (entity === null) return 'entity_id';
  return {
    ...retold(changes, row),
    ...(owner !== undefined && { responsible_user_id: owner }),
    ...(entity !== undefined && { entity_id: entity, entity_type: 'leads' }),
    ...(dueAt !== undefined && { complete_till: deadline(dueAt) }),
    ...(durationMinutes !== undefined && { duration: Math.round((durationMinutes ?? 0) * 60) }),
  };
}

function retold({ title, description }: Partial<TaskDraft>, row: JsonObject): JsonObject {
  if (title === undefined && description === undefined) return {};
  const known = parseText(textOf(row['text']) ?? '');
  const told = { title: title ?? known.title, description: description ?? known.description };
  return { text: composeText({ ...known, ...told }) };
}

/** Whether the task already is as the write wants it, so that nothing needs to be sent. */
export function isDone(write: Change, row: JsonObject): boolean {
  const completed = flagOf(row['is_completed']);
  if (write.kind === 'reopen') return !completed;
  return write.kind !== 'update' && completed;
}

function deadline(dueAt: number | null): number {
  return dueAt === null ? NO_DEADLINE_SECONDS : secondsOf(dueAt);
}
