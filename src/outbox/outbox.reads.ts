import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import type { OutboxState, StepTask } from './task.types.js';

interface StepRow {
  readonly plan_id: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly state: OutboxState;
  readonly host_task_id: string | null;
  readonly fault: string | null;
}

const SHOWN: Readonly<Record<OutboxState, StepTask['state']>> = {
  planned: 'pending',
  sending: 'pending',
  unknown: 'pending',
  created: 'there',
  withdrawn: 'none',
  gone: 'none',
  failed: 'failed',
};

/** How far the host's tasks are, for views. */
@Injectable()
export class OutboxReads {
  constructor(private readonly database: Database) {}

  /** By `stepKey~visitSeq`; a step without an entry never had a task. */
  async byPlan(accountId: string, planId: string): Promise<ReadonlyMap<string, StepTask>> {
    return (await this.byPlans(accountId, [planId])).get(planId) ?? new Map();
  }

  /** The same for many plans at once, by plan id. */
  async byPlans(
    accountId: string,
    planIds: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, StepTask>>> {
    const rows = await this.database.query<StepRow>(
      `SELECT plan_id, step_key, visit_seq, state, host_task_id, fault FROM outbox_task
       WHERE account_id = $1 AND plan_id = ANY($2::uuid[])`,
      [accountId, [...planIds]],
    );
    const plans = new Map<string, Map<string, StepTask>>();
    for (const row of rows) {
      const steps = plans.get(row.plan_id) ?? new Map<string, StepTask>();
      steps.set(`${row.step_key}~${row.visit_seq}`, stepTaskOf(row));
      plans.set(row.plan_id, steps);
    }
    return plans;
  }
}

function stepTaskOf(row: StepRow): StepTask {
  const state = SHOWN[row.state];
  return {
    state,
    hostTaskId: row.state === 'gone' ? null : row.host_task_id,
    fault: state === 'failed' ? row.fault : null,
  };
}
