import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SyncView } from '../../../src/features/plans/plan.view.js';
import { readEvents } from '../../support/event-stream.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { openFrame } from '../../support/widget-person.js';

/** What a person is promised: the plan moves on within two seconds of the portal's own task list. */
const PROMISED_MS = 2_000;

describe('test/medium/features/live-stream', () => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({
      company: smallCompany(30),
      plans: [{ pipelineId: 0, templateKey: 'transactional' }],
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('tells an open widget of a task that was completed in the portal', async () => {
    const { dealId, session } = await openCard();
    const stream = await readEvents(`${running.url}/api/plan/D_${dealId}/events`, session);
    const sync = (await stream.next('sync', 2_000)) as SyncView;
    expect(sync.state).toBe('done');
    const times: number[] = [];
    for (const task of running.portal.context.tasks({ dealId, open: true }).slice(0, 1)) {
      const startedAt = performance.now();
      running.portal.context.completeTask(task.id, task.responsibleId);
      const { revision } = (await stream.next('plan', 5_000)) as { revision: number };
      times.push(performance.now() - startedAt);
      expect(revision).toBeGreaterThan(0);
    }
    stream.close();
    expect(Math.max(...times)).toBeLessThan(PROMISED_MS);
  });

  it('tells of a moved deal as well', async () => {
    const { dealId, session } = await openCard();
    const stream = await readEvents(`${running.url}/api/plan/D_${dealId}/events`, session);
    const deal = running.portal.context.deal(dealId);
    const stages =
      running.portal.context.pipelines().find((each) => each.id === deal?.pipelineId)?.stages ?? [];
    const lost = stages.find((stage) => stage.kind === 'lost');
    const startedAt = performance.now();
    running.portal.context.moveDeal(dealId, lost?.id ?? '', deal?.ownerId ?? 0);
    await stream.next('plan', 5_000);
    stream.close();
    expect(performance.now() - startedAt).toBeLessThan(PROMISED_MS);
  });

  it('refuses a stream without a session and of a deal out of reach', async () => {
    const { dealId } = await openCard();
    await expect(readEvents(`${running.url}/api/plan/D_${dealId}/events`, 'nobody')).rejects.toThrow('401');
    const { session } = await openCard();
    await expect(readEvents(`${running.url}/api/plan/D_999999/events`, session)).rejects.toThrow('404');
  });

  it('is never kept by anybody on the way', async () => {
    const { dealId, session } = await openCard();
    const stream = await readEvents(`${running.url}/api/plan/D_${dealId}/events`, session);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.headers.get('cache-control')).toContain('no-store');
    stream.close();
  });

  async function openCard(): Promise<{ dealId: number; session: string }> {
    const [row] = await running.database.query<{ deal_id: string; owner_id: string }>(
      `SELECT p.deal_id, d.owner_id FROM plan p JOIN deal d USING (account_id, deal_id)
       JOIN plan_step s USING (account_id, plan_id)
       WHERE p.state = 'active' AND s.state = 'actionable' ORDER BY p.deal_id DESC LIMIT 1`,
    );
    const dealId = Number(row?.deal_id.slice(2));
    const person = await openFrame(running, Number(row?.owner_id), dealId);
    return { dealId, session: person.boot.session };
  }
});
