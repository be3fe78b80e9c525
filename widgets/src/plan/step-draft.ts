import type { StepView } from '../../../src/features/plans/plan.view.js';
import type { StepBody, StepDraft } from './step-question.js';
import { reasonText, resultFault, resultText, type ResultFault } from './reasons.js';

export type DraftFault = 'reason' | ResultFault;

export function draftFault(step: StepView, draft: StepDraft): DraftFault | null {
  if (draft.command === 'skip' || draft.command === 'fail') {
    return reasonOf(draft) === null ? 'reason' : null;
  }
  return draft.command === 'done' ? resultFault(step.result, draft.result) : null;
}

/** The body of the command; call it on a draft without faults. */
export function bodyOf(step: StepView, draft: StepDraft): StepBody {
  const reason = reasonOf(draft) ?? '';
  if (draft.command === 'skip') return { reason };
  if (draft.command === 'fail') {
    const key = draft.reasonKey === '' ? {} : { reasonKey: draft.reasonKey };
    return { cause: draft.cause, reason, ...key };
  }
  const result = resultText(step.result, draft.result);
  return draft.command === 'done' && result !== '' ? { result } : {};
}

/** A reason of the account's list says enough, however short its name is. */
function reasonOf({ chosen, comment, reasonKey }: StepDraft): string | null {
  return reasonKey !== '' && comment.trim() === '' ? chosen : reasonText(chosen, comment);
}
