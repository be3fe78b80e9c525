import type { PlanView, StepState } from '../../../src/features/plans/plan.view.js';

export type StepCommand = 'done' | 'skip' | 'fail' | 'reopen';

const ended: readonly StepState[] = ['done', 'skipped', 'failed', 'cancelled'];

/** Nothing more is asked of the seller here. */
export function isEnded(state: StepState): boolean {
  return ended.includes(state);
}

/** The newer of two readings; answers may overtake each other on the way. */
export function newer(current: PlanView | null, incoming: PlanView): PlanView {
  if (!current?.plan || !incoming.plan || current.plan.id !== incoming.plan.id) return incoming;
  if (incoming.plan.revision !== current.plan.revision) {
    return incoming.plan.revision > current.plan.revision ? incoming : current;
  }
  return Date.parse(incoming.now) >= Date.parse(current.now) ? incoming : current;
}
