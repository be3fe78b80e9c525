export { CompanyStructures, type CompanyStructure } from './company-structures.js';
export { Intake } from './intake.js';
export { dealsChanged, historyCopied, tasksChanged, type DealsChanged, type TasksChanged } from './jobs.js';
export { Mirror } from './mirror.js';
export { MirrorModule } from './mirror.module.js';
export { MirrorProgress } from './mirror-progress.js';
export { MirrorReads } from './mirror-reads.js';
export { STAGE_ORDER, bucketOfMs, bucketSql } from './rollup.sql.js';
export { Rollups } from './rollups.js';
