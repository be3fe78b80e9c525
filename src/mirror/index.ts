export { Intake, IntakeClosed, type Accepted } from './intake.js';
export {
  IDS_PER_JOB,
  dealsChanged,
  tasksChanged,
  type DealsChanged,
  type MirrorCause,
  type TasksChanged,
} from './jobs.js';
export { Mirror } from './mirror.js';
export { MirrorModule } from './mirror.module.js';
export { MirrorProgress, type CopyProgress, type StepProgress } from './mirror-progress.js';
export { MirrorReads, type DealPage } from './mirror-reads.js';
export type { MirroredDeal } from './mirror-rows.js';
