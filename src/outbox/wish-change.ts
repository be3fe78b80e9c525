import { sameField } from './applied-task.js';
import type { AppliedTask, DesiredTask, OutboxState, TaskField, TaskWish } from './task.types.js';

/** What a wish finds in the table. */
export interface KnownTask {
  readonly desired: DesiredTask;
  readonly applied: AppliedTask | null;
  readonly state: OutboxState;
  readonly hostTaskId: string | null;
}

export interface WishChange {
  readonly applied: AppliedTask | null;
  readonly state: OutboxState;
  /** True: a worker has to look at the row. */
  readonly due: boolean;
}

/** Pure: what a wish changes; null when it says nothing new. */
export function wishChange(known: KnownTask | null, wish: TaskWish): WishChange | null {
  if (!known) {
    const open = wish.desired.state === 'open';
    return { applied: null, state: open ? 'planned' : 'withdrawn', due: open };
  }
  const applied = known.applied && decidedAnew(known.applied, known.desired, wish);
  const released = applied?.byHand.length !== known.applied?.byHand.length;
  if (!released && sameDesired(known.desired, wish.desired)) return null;
  const state = stateAfterWish(known, wish.desired);
  return { applied, state, due: state !== 'withdrawn' && state !== 'gone' };
}

/**
 * A hand edit stands until the plan decides the field: it says so, it took the edited value over (from then on a
 * change is a decision made in knowledge of the edit), or it opens or closes the step.
 */
function decidedAnew(applied: AppliedTask, before: DesiredTask, wish: TaskWish): AppliedTask {
  const stands = (field: TaskField): boolean => {
    if (wish.decides?.includes(field)) return false;
    if (field === 'state' && before.state !== wish.desired.state) return false;
    return !sameField(field, wish.desired, applied.content);
  };
  return { ...applied, byHand: applied.byHand.filter(stands) };
}

function stateAfterWish(known: KnownTask, desired: DesiredTask): OutboxState {
  const open = desired.state === 'open';
  switch (known.state) {
    case 'planned':
    case 'withdrawn':
      return open ? 'planned' : 'withdrawn';
    case 'failed':
      if (known.hostTaskId !== null) return 'created';
      return open ? 'planned' : 'withdrawn';
    case 'sending':
    case 'unknown':
    case 'created':
    case 'gone':
      return known.state;
  }
}

const NAMES = ['title', 'description', 'ownerId', 'dueAt', 'durationMinutes', 'state', 'comment'] as const;

function sameDesired(one: DesiredTask, other: DesiredTask): boolean {
  return NAMES.every((name) => one[name] === other[name]);
}
