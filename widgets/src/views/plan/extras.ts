/** What the plan's first sight does without; one chunk, asked for after the first paint. */
export { default as LaunchBlock } from './launch-block.vue';
export { default as StepAfter } from './step-after.vue';
export { default as StepDialog } from './step-dialog.vue';
export { default as LookChoice } from '../../ui/look-choice.vue';
export { default as SyncBlock } from '../../ui/sync-block.vue';
