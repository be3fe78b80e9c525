import type { Database } from '../../src/infra/db/database.js';
import type { Jobs } from '../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../src/infra/log.js';
import { Metrics } from '../../src/infra/metrics.js';
import { ActionOutbox, Outbox, type TaskWish } from '../../src/outbox/index.js';
import { OutboxCounters } from '../../src/outbox/outbox-counters.js';
import { query } from './workshop.js';

const PLAN = '018f0000-0000-7000-8000-000000000001';

/** An outbox that only takes wishes: the service delivers them. */
export function outboxOf(database: Database): Outbox {
  const jobs = { enqueue: async () => undefined } as unknown as Jobs;
  const log = new Log(createLogger('silent'));
  return new Outbox(new OutboxCounters(new Metrics()), new ActionOutbox(database, jobs), log);
}

/** The same task for every host: a step of one plan, due in three days. */
export function wishOf(index: number, dealId: string, ownerId: string): TaskWish {
  return {
    planId: PLAN,
    stepKey: `step-${index}`,
    visitSeq: 1,
    dealId,
    desired: {
      title: `Позвонить и договориться о встрече, ${index}`,
      description: 'Цель: встреча\n\nЧто сказать: когда вам удобно?\n\nГотово, когда: назначен день',
      ownerId,
      dueAt: Date.now() + 3 * 86_400_000,
      durationMinutes: 15,
      state: 'open',
      comment: null,
    },
  };
}

/** Whether the service itself knows of that many created tasks. */
export async function recorded(databaseUrl: string, count: number): Promise<boolean> {
  const [row] = await query<{ n: number }>(
    databaseUrl,
    `SELECT count(*)::int AS n FROM outbox_task WHERE state = 'created'`,
  );
  return row?.n === count;
}
