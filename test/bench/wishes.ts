import type { TaskWish } from '../../src/outbox/index.js';
import { query } from './workshop.js';

const PLAN = '018f0000-0000-7000-8000-000000000001';

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
