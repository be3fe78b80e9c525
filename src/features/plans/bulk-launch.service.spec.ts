import { describe, expect, it } from '@jest/globals';
import type { Database } from '../../infra/db/database.js';
import { createLogger, Log } from '../../infra/log.js';
import { BulkLaunches } from './bulk-launch.service.js';
import type { DealFactsRepository } from './deal-facts.repository.js';
import type { PlanLaunches } from './plan-launches.service.js';
import type { PlanningContexts } from './planning-context.service.js';
import type { ProgressRepository } from './progress.repository.js';

/** A launch that was under way when its account was disconnected. */
function interrupted(): { readonly launches: BulkLaunches; readonly ends: readonly string[] } {
  const ends: string[] = [];
  const progress = {
    find: async () => ({ state: 'running', pipelineId: 'D_0', after: '', done: 3 }),
    finish: async (_accountId: string, _progressId: string, state: string) => ends.push(state),
  };
  const launches = new BulkLaunches(
    { kind: 'server', query: async () => [] } as unknown as Database,
    { of: async () => null } as unknown as PlanningContexts,
    {} as unknown as PlanLaunches,
    {} as unknown as DealFactsRepository,
    progress as unknown as ProgressRepository,
    new Log(createLogger('silent')),
  );
  return { launches, ends };
}

describe('src/features/plans/bulk-launch.service', () => {
  it('stops a launch whose account is disconnected: running for ever, it would keep the next one from starting', async () => {
    const { launches, ends } = interrupted();
    await launches.run('a', 'p', new AbortController().signal);
    expect(ends).toEqual(['stopped']);
  });

  it('says that a launch failed which nobody tries again', async () => {
    const { launches, ends } = interrupted();
    await launches.giveUp('a', 'p');
    expect(ends).toEqual(['failed']);
  });
});
