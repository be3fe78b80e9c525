import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';

describe('test/medium/features/main-job', () => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({
      company: smallCompany(40),
      plans: [
        { pipelineId: 0, templateKey: 'b2b-twelve-status' },
        { pipelineId: 1, templateKey: 'transactional' },
      ],
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('plans every open deal and writes its current steps as tasks', async () => {
    const state = await running.state();
    const plans = await running.database.query<{ n: number }>('SELECT count(*)::int AS n FROM plan');
    expect(plans[0]?.n).toBe(state.openDeals);
    expect(state.tasks).toBeGreaterThan(0);
    const wished = await running.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox_task WHERE state = 'created'`,
    );
    expect(wished[0]?.n).toBe(state.tasks);
  });
});
