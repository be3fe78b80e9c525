import type { PlanStep } from './plan.types.js';

/** The third postponing of a step goes to the head, and so does every third one after it (product's rules). */
export const HEAD_HEARS_OF_EVERY = 3;

/** Whether this change is the postponing of which the head of the deal has to hear. */
export function isHeadToHear(before: Pick<PlanStep, 'manual'>, after: Pick<PlanStep, 'manual'>): boolean {
  const times = after.manual.postponed ?? 0;
  return times > (before.manual.postponed ?? 0) && times % HEAD_HEARS_OF_EVERY === 0;
}
