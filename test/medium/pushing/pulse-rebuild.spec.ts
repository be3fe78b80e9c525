import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PulseRepository } from '../../../src/features/pushing/pulse.repository.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf, derivedId } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const HOUR = 3_600_000;
const DEALS = ['D_1', 'D_2', 'D_3'] as const;
const STAGES = ['NEW', 'OFFER', 'WON'] as const;
const CLIENT_DATE = 'UF_DATE';

const deal = fc.constantFrom(...DEALS);
const stage = fc.constantFrom(...STAGES);
/** What may happen to deals and their plans, in any order. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), deal, stage }),
  fc.record({ kind: fc.constant('owner' as const), deal, owner: fc.constantFrom('anna', 'oleg', null) }),
  fc.record({ kind: fc.constant('gone' as const), deal, gone: fc.boolean() }),
  fc.record({
    kind: fc.constant('plan' as const),
    deal,
    state: fc.constantFrom('active', 'paused', 'closed'),
  }),
  fc.record({
    kind: fc.constant('step' as const),
    deal,
    step: fc.constantFrom('call', 'offer'),
    state: fc.constantFrom('future', 'waiting', 'actionable', 'done', 'cancelled'),
    due: fc.option(fc.integer({ min: 0, max: 99 })),
  }),
  fc.record({ kind: fc.constant('accepted' as const), deal }),
  fc.record({ kind: fc.constant('answered' as const), deal }),
  fc.record({ kind: fc.constant('client' as const), deal, days: fc.option(fc.integer({ min: 1, max: 9 })) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

describeOnEveryDatabase('src/features/pushing/pulse.repository, rebuilding', (open) => {
  let database: Database;
  let pulses: PulseRepository;
  let run = 0;

  beforeAll(async () => {
    database = await open();
    pulses = new PulseRepository(database);
  });

  afterAll(() => database.close());

  async function anAccount(): Promise<string> {
    const accountId = accountIdOf('memory', `rebuild-${run++}`);
    for (const [sort, id] of STAGES.entries())
      await database.query(
        `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES ($1::uuid, 'P', $2, $2, $3, $4)`,
        [accountId, id, sort, kindOf(id)],
      );
    await database.query(
      `INSERT INTO intake_stage (account_id, pipeline_id, stage_id) VALUES ($1::uuid, 'P', 'NEW')`,
      [accountId],
    );
    for (const id of DEALS)
      await database.query(
        `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
           modified_at, synced_at) VALUES ($1::uuid, $2, 'x', 'P', 'NEW', 'open', 'anna', 10, $3, $3, $3)`,
        [accountId, id, new Date(MONDAY)],
      );
    await pulses.refresh(accountId, DEALS, CLIENT_DATE);
    return accountId;
  }

  /** One thing happens `at`, and the row of that deal hears of it: as the job of the plans' feature tells it. */
  async function happen(accountId: string, one: Happening, at: Date): Promise<void> {
    const planId = derivedId(accountId, one.deal);
    const mine = [accountId, one.deal];
    switch (one.kind) {
      case 'move':
        await database.query(
          `UPDATE deal SET stage_id = $3, stage_kind = $4 WHERE account_id = $1::uuid AND deal_id = $2`,
          [...mine, one.stage, kindOf(one.stage)],
        );
        await database.query(
          `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at)
           SELECT $1::uuid, $2, count(*) + 1, 'P', $3, $4 FROM stage_visit WHERE account_id = $1::uuid AND deal_id = $2`,
          [...mine, one.stage, at],
        );
        break;
      case 'owner':
        await database.query(`UPDATE deal SET owner_id = $3 WHERE account_id = $1::uuid AND deal_id = $2`, [
          ...mine,
          one.owner,
        ]);
        break;
      case 'gone':
        await database.query(`UPDATE deal SET deleted_at = $3 WHERE account_id = $1::uuid AND deal_id = $2`, [
          ...mine,
          one.gone ? at : null,
        ]);
        break;
      case 'plan':
        await database.query(
          `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at, pause)
           VALUES ($1::uuid, $3::uuid, $2, $3::uuid, 1, $4, 'creation', $5, $6::jsonb)
           ON CONFLICT (account_id, plan_id) DO UPDATE SET state = excluded.state`,
          [...mine, planId, one.state, new Date(MONDAY), JSON.stringify({ until: MONDAY + 400 * HOUR })],
        );
        break;
      case 'step':
        await database.query(
          `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state,
             owner_id, due_at, finished_at) VALUES ($1::uuid, $3::uuid, $4, 1, $2, 's', 1, $5, 'anna', $6, $7)
           ON CONFLICT (account_id, plan_id, step_key, visit_seq) DO UPDATE SET state = excluded.state,
             due_at = excluded.due_at, finished_at = excluded.finished_at`,
          [
            ...mine,
            planId,
            one.step,
            one.state,
            one.due === null ? null : new Date(MONDAY + one.due * HOUR),
            one.state === 'done' ? at : null,
          ],
        );
        break;
      case 'accepted':
        await database.query(
          `INSERT INTO deal_acceptance (account_id, deal_id, accepted_at) VALUES ($1::uuid, $2, $3)
           ON CONFLICT DO NOTHING`,
          [...mine, at],
        );
        break;
      case 'answered':
        await database.query(
          `UPDATE deal_pulse SET last_event = 'pushAnswered', last_event_at = greatest(last_event_at, $3)
           WHERE account_id = $1::uuid AND deal_id = $2`,
          [...mine, at],
        );
        break;
      case 'client':
        await database.query(
          `UPDATE deal SET fields = $3::jsonb WHERE account_id = $1::uuid AND deal_id = $2`,
          [...mine, JSON.stringify({ [CLIENT_DATE]: one.days === null ? null : `2027-01-0${one.days}` })],
        );
    }
    await pulses.refresh(accountId, [one.deal], CLIENT_DATE);
  }

  async function rows(accountId: string): Promise<readonly object[]> {
    return database.query(`SELECT * FROM deal_pulse WHERE account_id = $1::uuid ORDER BY deal_id`, [
      accountId,
    ]);
  }

  it('says after any events what a look at everything says, and finds nothing to wake rules for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (story) => {
        const accountId = await anAccount();
        for (const [index, one] of story.entries())
          await happen(accountId, one, new Date(MONDAY + (index + 1) * HOUR));
        const looked = new Date(MONDAY + 900 * HOUR);
        await database.query(`UPDATE deal_pulse SET next_check_at = $2 WHERE account_id = $1::uuid`, [
          accountId,
          looked,
        ]);
        const told = await rows(accountId);
        await pulses.refresh(accountId, await pulses.candidates(accountId, '', 100), CLIENT_DATE, false);
        expect(await rows(accountId)).toEqual(told);
        // Answers to pushes are known to the rows alone: without any, they come back from nothing.
        if (story.some((one) => one.kind === 'answered')) return;
        await database.query('DELETE FROM deal_pulse WHERE account_id = $1::uuid', [accountId]);
        await pulses.refresh(accountId, await pulses.candidates(accountId, '', 100), CLIENT_DATE, false);
        await database.query(`UPDATE deal_pulse SET next_check_at = $2 WHERE account_id = $1::uuid`, [
          accountId,
          looked,
        ]);
        expect(await rows(accountId)).toEqual(told);
      }),
      { numRuns: 15 },
    );
  });

  it('mends a row that went wrong, and wakes the rules for it', async () => {
    const accountId = await anAccount();
    await database.query(
      `UPDATE deal_pulse SET owner_id = 'nobody', next_check_at = now() WHERE account_id = $1::uuid AND deal_id = 'D_2'`,
      [accountId],
    );
    await pulses.refresh(accountId, DEALS, CLIENT_DATE, false);
    const due = await database.query<{ deal_id: string; owner_id: string }>(
      `SELECT deal_id, owner_id FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = 'D_2'
         AND next_check_at = '-infinity'`,
      [accountId],
    );
    expect(due).toEqual([{ deal_id: 'D_2', owner_id: 'anna' }]);
  });
});

function kindOf(stageId: string): 'open' | 'won' {
  return stageId === 'WON' ? 'won' : 'open';
}
