import { PlanCommands } from '../../plan/plan-commands.js';
import { PlanOrders } from '../../plan/plan-orders.js';
import LookChoice from '../../ui/look-choice.vue';
import SyncBlock from '../../ui/sync-block.vue';
import AfterSale from './after-sale.vue';
import BookPart from './book-part.vue';
import LaunchBlock from './launch-block.vue';
import NothingNow from './nothing-now.vue';
import PlanNotices from './plan-notices.vue';
import { stepActions } from './step-actions.js';
import StepAfter from './step-after.vue';
import StepDialog from './step-dialog.vue';
import StepMore from './step-more.vue';

/** What the plan's first sight does without and the first press does not; one chunk, asked for after the first paint. */
export const parts = {
  BookPart,
  AfterSale,
  LaunchBlock,
  LookChoice,
  NothingNow,
  PlanCommands,
  PlanNotices,
  PlanOrders,
  stepActions,
  StepAfter,
  StepDialog,
  StepMore,
  SyncBlock,
} as const;
