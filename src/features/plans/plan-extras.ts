import type { TemplateBody } from '../../domain/plans/types.js';
import type { GuardView, PauseView, PlanView } from './plan.view.js';
import { isoOf } from './step-view.js';
import type { StoredPlan } from './stored-plan.js';
import { rulesOf } from './template-rules.js';

/** What guards say of the last move, by what is still missing now. */
export function guardViews({ guards, steps }: StoredPlan, template: TemplateBody): readonly GuardView[] {
  const rules = rulesOf(template);
  return guards.map((guard) => ({
    stageKey: guard.stageKey,
    stageName: template.stages.find((stage) => stage.key === guard.stageKey)?.name ?? guard.stageKey,
    state: guard.kind === 'alert' ? 'alert' : guard.returned ? 'returned' : 'returning',
    missing: guard.missing
      .filter((key) => steps.some((step) => step.stepKey === key && step.outcome === null))
      .map((key) => rules.get(key)?.title ?? key),
    leftAt: new Date(guard.leftAt).toISOString(),
  }));
}

export function pauseView({ state, pause, nextDecisionAt }: StoredPlan): PauseView | null {
  if (state !== 'paused' || pause === null) return null;
  const { since, until, reason, follows = null } = pause;
  // A date in the deal, or a return from an absence, is worked out by the decision: it wakes up then.
  const end = follows === null ? until : nextDecisionAt;
  return { since: new Date(since).toISOString(), until: isoOf(end), reason, follows };
}

export function closeProposalOf(
  { state, steps }: StoredPlan,
  template: TemplateBody,
): PlanView['closeProposal'] | null {
  if (state === 'closed') return null;
  const rules = rulesOf(template);
  for (const { stepKey, outcome } of steps) {
    const rule = rules.get(stepKey);
    if (outcome?.kind !== 'failed' || outcome.exhausted !== true || !rule?.repeat?.exhausted.closeDeal)
      continue;
    return { stepTitle: rule.title, reason: outcome.reason };
  }
  return null;
}
