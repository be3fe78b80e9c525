import { computed, nextTick, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { StepView } from '../../../../src/features/plans/plan.view.js';
import type { StepCommand } from '../../plan/plan-states.js';
import type { PlanCommands } from '../../plan/plan-commands.js';
import { asks, emptyDraft, type StepBody, type StepDraft } from '../../plan/step-question.js';

/** Where on the page the person acted: what follows (undo, refusal) appears there, not somewhere below the fold. */
export type ActionPlace = 'now' | 'row';

export interface OpenQuestion {
  readonly step: StepView;
  readonly draft: StepDraft;
  /** Height on the page at which the person pressed, px. */
  readonly topPx: number;
}

export interface StepActions {
  readonly question: ShallowRef<OpenQuestion | null>;
  /** Where what follows an action is shown: the card (`now`), or the step with this id. */
  readonly shownAt: ComputedRef<string>;
  act(step: StepView, command: StepCommand, place: ActionPlace, opener: Element | null): void;
  submit(draft: StepDraft, body: StepBody): void;
  dismiss(draft: StepDraft): void;
  /** Opens the question again, or repeats the command, after a refusal. */
  again(opener: Element | null): void;
}

export function stepActions(commands: PlanCommands): StepActions {
  const question = shallowRef<OpenQuestion | null>(null);
  const place = shallowRef<ActionPlace>('now');
  const shownAt = computed(() => {
    const stepId = commands.undo.value?.stepId ?? commands.refusal.value?.stepId;
    return place.value === 'row' && stepId !== undefined ? stepId : 'now';
  });
  const last = shallowRef<{ readonly step: StepView; readonly draft: StepDraft } | null>(null);

  function open(step: StepView, draft: StepDraft, opener: Element | null): void {
    const topPx = opener ? opener.getBoundingClientRect().top + window.scrollY : 0;
    question.value = { step, draft, topPx };
  }

  async function send(step: StepView, draft: StepDraft, body: StepBody): Promise<void> {
    last.value = { step, draft };
    const sent = commands.send(step, draft.command, body);
    await nextTick();
    if (place.value === 'row') keepFocusIn(step.id);
    await sent;
  }

  return {
    question,
    shownAt,
    act: (step, command, where, opener) => {
      place.value = where;
      const kept = last.value?.draft;
      const draft =
        kept?.stepId === step.id && kept.command === command ? kept : emptyDraft(step.id, command);
      if (asks(step, command)) open(step, draft, opener);
      else void send(step, draft, {});
    },
    submit: (draft, body) => {
      const asked = question.value;
      question.value = null;
      if (asked) void send(asked.step, draft, body);
    },
    dismiss: (draft) => {
      const asked = question.value;
      question.value = null;
      // What was typed is there again when the same question is opened again.
      if (asked) last.value = { step: asked.step, draft };
    },
    again: (opener) => {
      const before = last.value;
      if (!before) return;
      if (asks(before.step, before.draft.command)) open(before.step, before.draft, opener);
      else void send(before.step, before.draft, {});
    },
  };
}

/** The pressed button has gone with its step's state: focus stays in the row instead of falling to the page's top. */
function keepFocusIn(stepId: string): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  document.getElementById(`step-${stepId}`)?.focus();
}
