import { describe, expect, it } from '@jest/globals';
import type { Checkpoint } from './checkpoints.repository.js';
import { progressOf } from './mirror-progress.js';
import type { StepName } from './streams/streams.js';

const START = Date.UTC(2026, 10, 16, 9);

function checkpoint(step: StepName, changes: Partial<Checkpoint> = {}): Checkpoint {
  return {
    step,
    stage: 'waiting',
    cursor: null,
    syncedTo: null,
    rowsDone: 0,
    rowsTotal: null,
    startedAt: null,
    finishedAt: null,
    sweptAt: null,
    updatedAt: START,
    fault: null,
    ...changes,
  };
}

const users = checkpoint('users', { stage: 'following', rowsDone: 30, rowsTotal: 30 });

describe('src/mirror/mirror-progress', () => {
  it('waits while nothing has begun', () => {
    expect(progressOf([]).state).toBe('waiting');
    expect(progressOf([checkpoint('users'), checkpoint('deals')])).toMatchObject({
      state: 'waiting',
      rowsTotal: null,
      secondsLeft: null,
    });
  });

  it('tells rate and time left from the running step, with the history estimated', () => {
    const deals = checkpoint('deals', {
      stage: 'backfilling',
      rowsDone: 5_000,
      rowsTotal: 10_000,
      startedAt: START,
      updatedAt: START + 5_000,
    });
    expect(progressOf([users, deals, checkpoint('stageHistory'), checkpoint('tasks')])).toMatchObject({
      state: 'running',
      rowsDone: 5_030,
      rowsTotal: 50_030,
      rowsPerSecond: 1_000,
      secondsLeft: 45,
    });
  });

  it('does not pretend to know a total that the host did not say', () => {
    const deals = checkpoint('deals', { stage: 'backfilling', rowsDone: 5_000, startedAt: START });
    expect(progressOf([users, deals])).toMatchObject({ rowsDone: 5_030, rowsTotal: null, secondsLeft: null });
  });

  it('does not count visits as rows of the host', () => {
    const deals = checkpoint('deals', { stage: 'following', rowsDone: 10, rowsTotal: 10 });
    const visits = checkpoint('visits', { stage: 'backfilling', rowsDone: 10 });
    expect(progressOf([deals, visits])).toMatchObject({ state: 'running', rowsDone: 10, rowsTotal: 10 });
  });

  it('names what holds the running step up before what failed earlier', () => {
    const products = checkpoint('products', { stage: 'failed', fault: 'forbidden: catalog' });
    const deals = checkpoint('deals', { stage: 'backfilling', fault: 'unavailable' });
    expect(progressOf([products, deals]).problem).toBe('unavailable');
    expect(progressOf([products, { ...deals, stage: 'following', fault: null }])).toMatchObject({
      state: 'failed',
      problem: 'forbidden: catalog',
    });
  });
});
