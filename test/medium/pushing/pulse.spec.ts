import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { PulseRepository } from '../../../src/features/pushing/pulse.repository.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf, uuidv7 } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PLAN = '00000000-0000-7000-8000-000000000001';
const TEMPLATE = '00000000-0000-7000-8000-000000000002';

describeOnEveryDatabase('src/features/pushing/pulse.repository', (open) => {
  let database: Database;
  let pulses: PulseRepository;
  let accountId = '';
  let run = 0;

  beforeAll(async () => {
    database = await open();
    pulses = new PulseRepository(database);
  });

  afterAll(() => database.close());

  beforeEach(async () => {
    accountId = accountIdOf('memory', `pulse-${run++}`);
    for (const [stageId, sort, kind] of [
      ['NEW', 10, 'open'],
      ['OFFER', 20, 'open'],
      ['WON', 30, 'won'],
    ] as const)
      await database.query(
        `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES ($1::uuid, 'P', $2, $2, $3, $4)`,
        [accountId, stageId, sort, kind],
      );
    await aDeal('D_1', { stageId: 'NEW' });
  });

  async function aDeal(id: string, { stageId = 'NEW', kind = 'open', fields = {} } = {}): Promise<void> {
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
         modified_at, synced_at, fields)
       VALUES ($1::uuid, $2, 'x', 'P', $3, $4, 'anna', 1500.50, $5, $5, $5, $6::jsonb)
       ON CONFLICT (account_id, deal_id) DO UPDATE SET stage_id = excluded.stage_id, stage_kind = excluded.stage_kind,
         fields = excluded.fields`,
      [accountId, id, stageId, kind, new Date(MONDAY), JSON.stringify(fields)],
    );
  }

  async function aPlan(state: string, pause: object | null = null): Promise<void> {
    await database.query(
      `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at, pause)
       VALUES ($1::uuid, $2::uuid, 'D_1', $3::uuid, 2, $4, 'creation', $5, $6::jsonb)
       ON CONFLICT (account_id, plan_id) DO UPDATE SET state = excluded.state, pause = excluded.pause`,
      [accountId, PLAN, TEMPLATE, state, new Date(MONDAY), pause && JSON.stringify(pause)],
    );
  }

  async function aStep(key: string, state: string, times: { due?: number; finished?: number } = {}) {
    await database.query(
      `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id,
         due_at, finished_at) VALUES ($1::uuid, $2::uuid, $3, 1, 'D_1', 's', 1, $4, 'anna', $5, $6)`,
      [
        accountId,
        PLAN,
        key,
        state,
        times.due === undefined ? null : new Date(times.due),
        times.finished === undefined ? null : new Date(times.finished),
      ],
    );
  }

  async function pulse(clientDateField: string | null = null) {
    await pulses.refresh(accountId, ['D_1'], clientDateField);
    return (await pulses.find(accountId, ['D_1']))[0];
  }

  it('tells a deal without a plan by its creation', async () => {
    expect(await pulse()).toMatchObject({
      stageKind: 'open',
      amount: '1500.5',
      plan: null,
      unsorted: false,
      lastEvent: { kind: 'created', at: MONDAY },
      stageSince: MONDAY,
    });
  });

  it('names the step that is due first, and every deadline in order', async () => {
    await aPlan('active');
    await aStep('later', 'actionable', { due: MONDAY + 3 * DAY });
    await aStep('sooner', 'actionable', { due: MONDAY + DAY });
    await aStep('undated', 'actionable');
    await aStep('ahead', 'future', { due: MONDAY - DAY });
    await aStep('past', 'done', { due: MONDAY, finished: MONDAY + 2 * HOUR });
    const found = await pulse();
    expect(found?.plan).toMatchObject({
      version: 2,
      doneSteps: 1,
      openSteps: 4,
      nextStepId: 'sooner~1',
      dueAts: [MONDAY + DAY, MONDAY + 3 * DAY],
      endsEarly: false,
    });
    expect(found?.lastEvent).toEqual({ kind: 'stepFinished', at: MONDAY + 2 * HOUR });
  });

  it('says that a plan ends before the funnel does, but not in the last open stage', async () => {
    await aPlan('active');
    await aStep('only', 'actionable', { due: MONDAY + DAY });
    expect((await pulse())?.plan?.endsEarly).toBe(true);
    await aDeal('D_1', { stageId: 'OFFER' });
    expect((await pulse())?.plan?.endsEarly).toBe(false);
  });

  it('waits as long as the pause, the client’s agreed date or both say', async () => {
    await aPlan('paused', { since: MONDAY, until: MONDAY + DAY, reason: 'vacation' });
    expect((await pulse())?.waitingUntil).toBe(MONDAY + DAY);
    await aDeal('D_1', { fields: { UF_DATE: new Date(MONDAY + 5 * DAY).toISOString() } });
    expect((await pulse('UF_DATE'))?.waitingUntil).toBe(MONDAY + 5 * DAY);
    await aDeal('D_1', { fields: { UF_DATE: 'next week, maybe' } });
    await aPlan('paused', { since: MONDAY, until: null, reason: 'the client will call' });
    expect((await pulse('UF_DATE'))?.waitingUntil).toBe(8.64e15);
    await aPlan('active');
    expect((await pulse('UF_DATE'))?.waitingUntil).toBeNull();
  });

  it('counts a new lead as unsorted until somebody accepts it', async () => {
    await database.query(
      `INSERT INTO intake_stage (account_id, pipeline_id, stage_id) VALUES ($1::uuid, 'P', 'NEW')`,
      [accountId],
    );
    expect((await pulse())?.unsorted).toBe(true);
    await database.query(
      `INSERT INTO deal_acceptance (account_id, deal_id, accepted_at) VALUES ($1::uuid, 'D_1', $2)`,
      [accountId, new Date(MONDAY + HOUR)],
    );
    expect(await pulse()).toMatchObject({ unsorted: false, acceptedAt: MONDAY + HOUR });
  });

  it('keeps what pushes and snoozes wrote, and an answer as the last event', async () => {
    await pulse();
    await database.query(
      `UPDATE deal_pulse SET pushed_at = $2, snoozed_until = $2, last_event = 'pushAnswered', last_event_at = $2
       WHERE account_id = $1::uuid`,
      [accountId, new Date(MONDAY + DAY)],
    );
    expect(await pulse()).toMatchObject({
      pushedAt: MONDAY + DAY,
      snoozedUntil: MONDAY + DAY,
      lastEvent: { kind: 'pushAnswered', at: MONDAY + DAY },
    });
  });

  async function activity(at: number): Promise<void> {
    await database.query(
      `UPDATE deal SET last_activity_at = $2 WHERE account_id = $1::uuid AND deal_id = 'D_1'`,
      [accountId, new Date(at)],
    );
  }

  it('does not take the host’s own note of the creation for somebody’s work', async () => {
    await activity(MONDAY);
    expect((await pulse())?.lastEvent).toEqual({ kind: 'created', at: MONDAY });
    await activity(MONDAY + 1_000);
    expect((await pulse())?.lastEvent).toEqual({ kind: 'activity', at: MONDAY + 1_000 });
  });

  it('does not take our own question or task for somebody’s work, and remembers what was before', async () => {
    await activity(MONDAY + HOUR);
    await pulse();
    await database.query(
      `INSERT INTO outbox_action (account_id, key, kind, action, deal_id, state, first_sent_at, sending_at, done_at)
       VALUES ($1::uuid, 'ask', 'ask', '{}', 'D_1', 'done', $2, $2, $2)`,
      [accountId, new Date(MONDAY + DAY)],
    );
    await activity(MONDAY + DAY + 1_000);
    expect((await pulse())?.lastEvent).toEqual({ kind: 'activity', at: MONDAY + HOUR });
    await aPlan('active');
    await database.query(
      `INSERT INTO outbox_task (account_id, key, plan_id, step_key, visit_seq, deal_id, desired, state, first_sent_at,
         sending_at) VALUES ($1::uuid, 'task', $2::uuid, 's', 1, 'D_1', '{}', 'created', $3, $3)`,
      [accountId, PLAN, new Date(MONDAY + 2 * DAY)],
    );
    await activity(MONDAY + 2 * DAY + 3_000);
    expect((await pulse())?.lastEvent).toEqual({ kind: 'activity', at: MONDAY + HOUR });
    await activity(MONDAY + 2 * DAY + 60_000);
    expect((await pulse())?.lastEvent).toEqual({ kind: 'activity', at: MONDAY + 2 * DAY + 60_000 });
  });

  it('forgets a deal that is closed and has nothing left to do, and one that is gone', async () => {
    await aPlan('active');
    await aDeal('D_1', { stageId: 'WON', kind: 'won' });
    expect((await pulse())?.stageKind).toBe('won');
    await aPlan('closed');
    expect(await pulse()).toBeUndefined();
    await aDeal('D_1', { stageId: 'NEW' });
    expect(await pulse()).toBeDefined();
    await database.query(`UPDATE deal SET deleted_at = now() WHERE account_id = $1::uuid`, [accountId]);
    expect(await pulse()).toBeUndefined();
  });

  it('finds every deal that has or should have a row, page by page', async () => {
    await pulse();
    await aDeal('D_2');
    await aDeal('D_3', { stageId: 'WON', kind: 'won' });
    expect(await pulses.candidates(accountId, '', 1)).toEqual(['D_1']);
    expect(await pulses.candidates(accountId, 'D_1', 5)).toEqual(['D_2']);
    expect(await pulses.candidates(accountIdOf('memory', uuidv7()), '', 5)).toEqual([]);
  });
});
