import { shallowRef } from 'vue';
import type { PlanChoicesView, StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { asFailure, type ApiFailure } from '../api/failure.js';
import type { PlanStore } from './plan-store.js';

/** What a person orders of a plan besides finishing steps: shown when the server has done it. */
export class PlanOrders {
  readonly busy = shallowRef(false);
  readonly choices = shallowRef<PlanChoicesView | null>(null);

  constructor(private readonly store: PlanStore) {}

  /** `what` follows the plan's address. Null when it is done; else why not. */
  async send(what: string, body: object = {}): Promise<ApiFailure | null> {
    if (this.busy.value) return null;
    this.busy.value = true;
    try {
      const answer = await this.store.api.write<StepCommandAnswer>(
        'POST',
        `${this.store.path}/${what}`,
        body,
      );
      this.store.accept(answer.plan, true);
      return null;
    } catch (error) {
      void this.store.reload();
      return asFailure(error);
    } finally {
      this.busy.value = false;
    }
  }

  /** What dialogs offer, read once; while it is not there, their own words are offered. */
  async load(): Promise<void> {
    if (this.choices.value) return;
    try {
      this.choices.value = await this.store.api.read<PlanChoicesView>(`${this.store.path}/choices`);
    } catch {
      // Asked again with the next question.
    }
  }
}
