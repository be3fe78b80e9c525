import type { StepView } from '../../../src/features/plans/plan.view.js';
import type { StepCommand } from './plan-states.js';
import type { FailCause } from './reasons.js';

/** What the person has filled in about one step; kept until the server has taken it. */
export interface StepDraft {
  readonly stepId: string;
  readonly command: StepCommand;
  readonly cause: FailCause;
  /** The text of the chosen reason; empty for "another reason". */
  readonly chosen: string;
  /** The account's key of the chosen reason; empty where it is none of the account's list. */
  readonly reasonKey: string;
  readonly comment: string;
  readonly result: string;
}

export interface StepBody {
  readonly result?: string;
  readonly reason?: string;
  readonly reasonKey?: string;
  readonly cause?: FailCause;
}

export function emptyDraft(stepId: string, command: StepCommand): StepDraft {
  return { stepId, command, cause: 'client', chosen: '', reasonKey: '', comment: '', result: '' };
}

/** True when the command asks the person something before it can be sent. */
export function asks(step: StepView, command: StepCommand): boolean {
  return command === 'skip' || command === 'fail' || (command === 'done' && step.result.kind !== 'none');
}
