import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StageTransition } from '../../../src/domain/crm/records.js';
import { visitsOf } from '../../../src/domain/crm/visits.js';
import type { Database } from '../../../src/infra/db/database.js';
import { MirrorReads } from '../../../src/mirror/mirror-reads.js';
import { recomputeVisits, rewriteVisits, upsertTransitions } from '../../../src/mirror/visits.repository.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const moves = fc.uniqueArray(
  fc.record({
    dealId: fc.constantFrom('D_1', 'D_2'),
    at: fc.integer({ min: 0, max: 30 }).map((seconds) => MONDAY + seconds * 1_000),
    pipelineId: fc.constantFrom('P', 'Q'),
    stageId: fc.constantFrom('A', 'B', 'Ж'),
    stageKind: fc.constant('open' as const),
    hostId: fc.option(fc.integer({ min: 1, max: 150 }).map(String)),
  }),
  { selector: (one) => `${one.dealId}|${one.at}|${one.hostId ?? ''}`, maxLength: 24 },
);

describeOnEveryDatabase('src/mirror/visits.repository', (open) => {
  let database: Database;
  let reads: MirrorReads;
  let run = 0;

  beforeAll(async () => {
    database = await open();
    reads = new MirrorReads(database);
  });

  afterAll(() => database.close());

  async function stored(accountId: string, transitions: readonly StageTransition[]): Promise<void> {
    const touched = await upsertTransitions(database, accountId, transitions);
    await recomputeVisits(database, accountId, touched);
  }

  it('computes what the domain computes, in whatever portions the transitions come', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 0, max: 24 }), async (all, cut) => {
        const accountId = accountIdOf('memory', `visits-${run++}`);
        await stored(accountId, all.slice(0, cut));
        await stored(accountId, all.slice(cut));
        const visits = await reads.visits(accountId, ['D_1', 'D_2']);
        for (const dealId of ['D_1', 'D_2']) {
          expect(visits.get(dealId) ?? []).toEqual(visitsOf(all.filter((one) => one.dealId === dealId)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('computes the same in one go at the end of the first copy, twice if need be', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (all) => {
        const accountId = accountIdOf('memory', `rewritten-${run++}`);
        await upsertTransitions(database, accountId, all);
        await rewriteVisits(database, accountId, ['D_1', 'D_2']);
        await rewriteVisits(database, accountId, ['D_1', 'D_2']);
        const visits = await reads.visits(accountId, ['D_1', 'D_2']);
        for (const dealId of ['D_1', 'D_2']) {
          expect(visits.get(dealId) ?? []).toEqual(visitsOf(all.filter((one) => one.dealId === dealId)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says that nothing changed when the same transitions come again', async () => {
    const accountId = accountIdOf('memory', 'visits-again');
    const some = [
      { ...oneMove('A', 0), hostId: '1' },
      { ...oneMove('B', 9), hostId: '2' },
    ];
    await stored(accountId, some);
    expect(await upsertTransitions(database, accountId, some)).toEqual([]);
    expect(await recomputeVisits(database, accountId, ['D_1'])).toEqual([]);
  });
});

function oneMove(stageId: string, seconds: number): StageTransition {
  return {
    dealId: 'D_1',
    at: MONDAY + seconds * 1_000,
    pipelineId: 'P',
    stageId,
    stageKind: 'open',
    hostId: null,
  };
}
