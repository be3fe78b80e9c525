import { setTimeout as sleep } from 'node:timers/promises';
import type { CrmContext } from '../../src/sandbox/common/page/crm-context.js';

/**
 * Waits until the deal's last move is this old by the host's own history. Hosts date moves by whole seconds, and moves
 * within two of them may be one move to who reads them: what a test does next must be another one.
 */
export async function settleSeconds(context: CrmContext, dealId: number, apartMs: number): Promise<void> {
  const last = Math.max(...context.stageHistory(dealId).map(({ at }) => at));
  await sleep(Math.min(apartMs, Math.max(0, last + apartMs - Date.now())));
}
