import { ref, shallowRef } from 'vue';
import type { StepCommandAnswer, StepView } from '../../../src/features/plans/plan.view.js';
import { asFailure, type ApiFailure } from '../api/failure.js';
import { overlay, stateAfter, type PendingStep } from './overlay.js';
import type { StepCommand } from './plan-states.js';
import type { PlanStore } from './plan-store.js';
import type { StepBody } from './step-question.js';

export interface Undo {
  readonly token: string;
  readonly stepId: string;
  readonly title: string;
  readonly command: StepCommand;
}

export interface Refusal {
  readonly stepId: string;
  readonly failure: ApiFailure;
}

/** What a person does to a plan. Each command shows at once and is taken back, with the reason, when the server refuses it. */
export class PlanCommands {
  readonly undo = shallowRef<Undo | null>(null);
  readonly refusal = shallowRef<Refusal | null>(null);

  /** How many commands the server has taken back. */
  readonly takenBack = ref(0);

  constructor(private readonly store: PlanStore) {
    store.lay = overlay;
  }

  /** Does nothing while the same step still waits for an answer: a double click is one command. */
  async send(step: StepView, command: StepCommand, body: StepBody): Promise<void> {
    const { pending, skewMs, api, path } = this.store;
    if (pending.value.some((op) => op.stepId === step.id)) return;
    const op = pendingOf(step, command, body, Date.now() + skewMs.value);
    pending.value = [...pending.value, op];
    this.refusal.value = null;
    this.undo.value = null;
    try {
      const address = `${path}/steps/${encodeURIComponent(step.id)}/${command}`;
      const answer = await api.write<StepCommandAnswer>('POST', address, body);
      this.store.accept(answer.plan, true);
      if (answer.undo !== null) {
        this.undo.value = { token: answer.undo, stepId: step.id, title: step.title, command };
      }
    } catch (error) {
      this.refusal.value = { stepId: step.id, failure: asFailure(error) };
      // The plan may have moved on under us: show the truth, not the picture that was refused.
      void this.store.reload();
    } finally {
      pending.value = pending.value.filter((other) => other !== op);
    }
  }

  async takeBack(): Promise<void> {
    const taken = this.undo.value;
    if (!taken) return;
    this.undo.value = null;
    try {
      const body = { undo: taken.token };
      const answer = await this.store.api.write<StepCommandAnswer>('POST', `${this.store.path}/undo`, body);
      this.store.accept(answer.plan, true);
      this.takenBack.value += 1;
    } catch (error) {
      this.refusal.value = { stepId: taken.stepId, failure: asFailure(error) };
    }
  }

  /** Null when the plan stands; else why not. */
  async launch(templateId: string): Promise<ApiFailure | null> {
    try {
      const path = `${this.store.path}/launch`;
      const answer = await this.store.api.write<StepCommandAnswer>('POST', path, { templateId });
      this.store.accept(answer.plan, true);
      return null;
    } catch (error) {
      return asFailure(error);
    }
  }
}

function pendingOf(step: StepView, command: StepCommand, body: StepBody, now: number): PendingStep {
  return {
    key: crypto.randomUUID(),
    stepId: step.id,
    to: stateAfter[command],
    outcome:
      command === 'reopen'
        ? null
        : {
            at: new Date(now).toISOString(),
            byName: null,
            result: body.result ?? null,
            reason: body.reason ?? null,
          },
  };
}
