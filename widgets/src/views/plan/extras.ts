import { PlanCommands } from '../../plan/plan-commands.js';
import { followPlan } from '../../plan/plan-following.js';
import { PlanOrders } from '../../plan/plan-orders.js';
import LookChoice from '../../ui/look-choice.vue';
import AfterSale from './after-sale.vue';
import NowRest from './now-rest.vue';
import PlanEnd from './plan-end.vue';
import PlanTop from './plan-top.vue';
import { stepActions } from './step-actions.js';
import StepMore from './step-more.vue';
import StepTail from './step-tail.vue';

/** What the plan's first sight does without and the first press does not; one chunk, asked for after the first paint. */
export const parts = {
  AfterSale,
  followPlan,
  LookChoice,
  NowRest,
  PlanCommands,
  PlanEnd,
  PlanOrders,
  PlanTop,
  stepActions,
  StepMore,
  StepTail,
} as const;
