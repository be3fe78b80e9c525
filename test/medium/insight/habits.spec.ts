import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SellerGroups } from '../../../src/domain/insight/habits.js';
import { bestHabits } from '../../../src/features/insight/best-habits.js';
import { HabitsRepository, type HabitFact } from '../../../src/features/insight/habits.repository.js';
import { everythingIn } from '../../../src/features/insight/insight-scope.js';
import type { PageContext } from '../../../src/features/insight/page-context.js';
import { Steps } from '../../../src/features/insight/steps.service.js';
import { Said } from '../../../src/features/insight/words.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const DAY = 86_400_000;
const NOW = MONDAY + 100 * DAY;
const ACCOUNT = accountIdOf('memory', 'habits');
const OTHER = accountIdOf('memory', 'habits of another account');
const GROUPS: SellerGroups = { best: ['1'], rest: ['2', '3'] };
const same = (id: string): string => id;

describeOnEveryDatabase('test/medium/insight/habits', (open) => {
  let database: Database;
  let facts: readonly HabitFact[];
  const scope = everythingIn(ACCOUNT, 'P', NOW);
  const context: PageContext = {
    scope,
    filter: {},
    stages: [{ pipelineId: 'P', id: 'A', name: 'Stage A', sort: 1, kind: 'open', color: null }],
    pipelineName: null,
    names: { user: same, product: same, source: same, company: same, contact: same },
    said: new Said('en', 'UTC'),
  };

  beforeAll(async () => {
    database = await open();
    for (const accountId of [ACCOUNT, OTHER]) await fill(database, accountId);
    facts = await new HabitsRepository(new Steps(database)).of(scope, GROUPS);
  }, 60_000);

  afterAll(() => database.close());

  it('count what each group did, of this account only', () => {
    const count = (habit: string, best: boolean, way: string) =>
      facts
        .filter((one) => one.habit === habit && one.best === best && one.way === way)
        .reduce((sum, one) => sum + one.n, 0);
    expect([count('lossReason', true, 'yes'), count('lossReason', true, 'no')]).toEqual([30, 0]);
    expect([count('lossReason', false, 'yes'), count('lossReason', false, 'no')]).toEqual([20, 40]);
    expect([count('nextStep', true, 'yes'), count('nextStep', false, 'no')]).toEqual([40, 80]);
    expect([count('firstResponse', true, 'left'), count('firstResponse', false, 'left')]).toEqual([100, 200]);
    expect([count('stepInTime', true, 'yes'), count('stepInTime', false, 'no')]).toEqual([120, 120]);
    const touches = facts.filter((one) => one.habit === 'touches');
    expect(touches.map(({ best, n, sum }) => [best, n, sum])).toEqual(
      expect.arrayContaining([
        [true, 60, 180],
        [false, 120, 240],
      ]),
    );
  });

  it('say which differences are clear, which are not, and what cannot be compared yet', () => {
    const said = bestHabits(context, facts);
    expect(said.filter((one) => one.telling).map((one) => one.habit)).toEqual([
      'firstResponse',
      'nextStep',
      'touches',
      'timeInStage',
      'stepInTime',
      'lossReason',
    ]);
    expect(said[0]?.text).toMatch(/new deal within 59 minutes, the others within 2 days/);
    expect(said.find((one) => one.habit === 'timeInStage')?.text).toContain('Stage A');
    expect(said.at(-1)).toMatchObject({ telling: false, text: expect.stringContaining('time to the win') });
    expect(bestHabits(context, [])).toEqual([
      { telling: false, text: expect.stringContaining('three sellers') },
    ]);
  });
});

/** From 0.7 to 1.3, by the deal's number. */
const ABOUT = `(0.7 + 0.006 * right(deal_id, 3)::int)`;

/** Of each person 30 won, 30 lost and 40 open deals; the first person is quicker and tidier. */
async function fill(database: Database, accountId: string): Promise<void> {
  await database.query(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES ($1::uuid, 'P', 'A', 'A', 1, 'open'),
       ($1::uuid, 'P', 'W', 'W', 2, 'won'), ($1::uuid, 'P', 'L', 'L', 3, 'lost')`,
    [accountId],
  );
  await database.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, loss_reason, created_at,
       modified_at, stage_since, synced_at)
     SELECT $1::uuid, 'D' || p || '_' || lpad(i::text, 3, '0'), 'D', 'P',
       CASE WHEN i < 30 THEN 'W' WHEN i < 60 THEN 'L' ELSE 'A' END, CASE WHEN i < 30 THEN 'won' WHEN i < 60 THEN 'lost' ELSE 'open' END,
       p::text, CASE WHEN i >= 30 AND i < 60 AND (p = 1 OR i % 3 = 0) THEN 'price' END, c.at, c.at, c.at + interval '20 days', c.at
     FROM generate_series(1, 3) p, generate_series(0, 99) i
       CROSS JOIN LATERAL (SELECT to_timestamp($2::float8 / 1000) + i * interval '7 hours' + p * interval '1 second' AS at) c`,
    [accountId, MONDAY],
  );
  await database.query(
    `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id)
     SELECT account_id, deal_id, 1, 'P', 'A', created_at,
       created_at + CASE WHEN owner_id = '1' THEN interval '5 days' ELSE interval '12 days' END * ${ABOUT}, 'W'
     FROM deal WHERE account_id = $1::uuid AND stage_kind <> 'open'`,
    [accountId],
  );
  await database.query(
    `INSERT INTO host_task (account_id, task_id, deal_id, title, state, completed_at, modified_at)
     SELECT account_id, deal_id, deal_id, 'Call', 'done',
       created_at + CASE WHEN owner_id = '1' THEN interval '1 hour' ELSE interval '2 days' END * ${ABOUT}, created_at
     FROM deal WHERE account_id = $1::uuid`,
    [accountId],
  );
  await database.query(
    `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at)
     SELECT account_id, gen_random_uuid(), deal_id, $1::uuid, 1, 'closed', 'creation', created_at
     FROM deal WHERE account_id = $1::uuid AND stage_kind <> 'open'`,
    [accountId],
  );
  await database.query(
    `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id, due_at, finished_at)
     SELECT p.account_id, p.plan_id, 'offer', n, p.deal_id, 'A', 1, 'done', d.owner_id,
       d.created_at + CASE WHEN d.owner_id = '1' THEN interval '4 days' ELSE interval '1 day' END, d.created_at + interval '3 days'
     FROM plan p JOIN deal d ON d.account_id = p.account_id AND d.deal_id = p.deal_id, generate_series(1, 2) n
     WHERE p.account_id = $1::uuid AND (d.owner_id = '1' OR n = 1)`,
    [accountId],
  );
  await database.query(
    `INSERT INTO deal_pulse (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, created_at, stage_since,
       last_event, last_event_at, due_ats, next_step)
     SELECT account_id, deal_id, 'P', 'A', 'open', owner_id, created_at, created_at, 'created', created_at, '{}',
       CASE WHEN owner_id = '1' THEN 'call~1' END
     FROM deal WHERE account_id = $1::uuid AND stage_kind = 'open'`,
    [accountId],
  );
}
