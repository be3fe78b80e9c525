export { actionKey } from './action-key.js';
export { ActionOutbox } from './action-outbox.js';
export type { ActionWish } from './action.types.js';
export { actionsSettled, taskFates, type ActionsSettled, type TaskFates } from './jobs.js';
export type { TaskFact, TaskObservation } from './observation.js';
export { Outbox } from './outbox.js';
export { OutboxModule } from './outbox.module.js';
export { OutboxReads } from './outbox.reads.js';
export type { StepTask, TaskWish } from './task.types.js';
