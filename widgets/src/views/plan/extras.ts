import { PlanCommands } from '../../plan/plan-commands.js';
import LookChoice from '../../ui/look-choice.vue';
import SyncBlock from '../../ui/sync-block.vue';
import LaunchBlock from './launch-block.vue';
import NothingNow from './nothing-now.vue';
import { stepActions } from './step-actions.js';
import StepAfter from './step-after.vue';
import StepDialog from './step-dialog.vue';

/** What the plan's first sight does without and the first press does not; one chunk, asked for after the first paint. */
export const parts = {
  LaunchBlock,
  LookChoice,
  NothingNow,
  PlanCommands,
  stepActions,
  StepAfter,
  StepDialog,
  SyncBlock,
} as const;
