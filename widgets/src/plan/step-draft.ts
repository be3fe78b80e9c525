import type { StepView } from '../../../src/features/plans/plan.view.js';
import type { StepBody, StepDraft } from './step-question.js';
import { reasonText, resultFault, resultText, type ResultFault } from './reasons.js';

export type DraftFault = 'reason' | ResultFault;

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
