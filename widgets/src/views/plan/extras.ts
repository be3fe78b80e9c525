/** What the plan's first sight does without and the first press does not; one chunk, asked for after the first paint. */
export { PlanCommands } from '../../plan/plan-commands.js';
export { default as LaunchBlock } from './launch-block.vue';
export { default as NothingNow } from './nothing-now.vue';
export { stepActions } from './step-actions.js';
export { default as StepAfter } from './step-after.vue';
export { default as StepDialog } from './step-dialog.vue';
export { default as LookChoice } from '../../ui/look-choice.vue';
export { default as SyncBlock } from '../../ui/sync-block.vue';
