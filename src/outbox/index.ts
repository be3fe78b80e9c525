export { Outbox } from './outbox.js';
export { outboxKey } from './outbox-key.js';
export { OutboxModule } from './outbox.module.js';
export { OutboxReads } from './outbox.reads.js';
export { taskFates, type TaskFate, type TaskFates } from './jobs.js';
export type { TaskFact, TaskObservation } from './observation.js';
export type { DesiredTask, StepTask, TaskField, TaskWish } from './task.types.js';
