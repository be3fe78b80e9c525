import type { StepView } from '../../../src/features/plans/plan.view.js';
import type { StepCommand } from './overlay.js';
import { reasonText, resultFault, resultText, type FailCause, type ResultFault } from './reasons.js';

/** What the person has filled in about one step; kept until the server has taken it. */
export interface StepDraft {
  readonly stepId: string;
  readonly command: StepCommand;
  readonly cause: FailCause;
  /** The text of the chosen reason; empty for "another reason". */
  readonly chosen: string;
  readonly comment: string;
  readonly result: string;
}

export interface StepBody {
  readonly result?: string;
  readonly reason?: string;
  readonly cause?: FailCause;
}

export type DraftFault = 'reason' | ResultFault;

export function emptyDraft(stepId: string, command: StepCommand): StepDraft {
  return { stepId, command, cause: 'client', chosen: '', comment: '', result: '' };
}

/** True when the command asks the person something before it can be sent. */
export function asks(step: StepView, command: StepCommand): boolean {
  return command === 'skip' || command === 'fail' || (command === 'done' && step.result.kind !== 'none');
}

export function draftFault(step: StepView, draft: StepDraft): DraftFault | null {
  if (draft.command === 'skip' || draft.command === 'fail') {
    return reasonText(draft.chosen, draft.comment) === null ? 'reason' : null;
  }
  return draft.command === 'done' ? resultFault(step.result, draft.result) : null;
}

/** The body of the command; call it on a draft without faults. */
export function bodyOf(step: StepView, draft: StepDraft): StepBody {
  const reason = reasonText(draft.chosen, draft.comment) ?? '';
  if (draft.command === 'skip') return { reason };
  if (draft.command === 'fail') return { cause: draft.cause, reason };
  const result = resultText(step.result, draft.result);
  return draft.command === 'done' && result !== '' ? { result } : {};
}
