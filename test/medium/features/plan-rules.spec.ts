import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openTestDatabase, type DatabaseKind } from '../../support/database.js';
import { PATIENCE, PlanHost, type PlanHostName } from '../../support/plan-hosts.js';
import { aTask } from '../../support/plan-world.js';
import { until } from '../../support/until.js';

jest.setTimeout(240_000);

const EXHAUSTED = { cause: 'client', reason: 'Клиент не отвечает', closeDeal: true } as const;
const THREE_CALLS = {
  attempts: 3,
  interval: { amount: 1, unit: 'workingDays' },
  exhausted: EXHAUSTED,
} as const;

/** Each host on one of the databases: what differs between the databases themselves is tested without hosts. */
const PLACES: readonly (readonly [PlanHostName, DatabaseKind])[] = [
  ['bitrix24', 'embedded'],
  ['amocrm', process.env['TEST_POSTGRES_URL'] ? 'postgres' : 'embedded'],
];

for (const [host, database] of PLACES)
  describe(`test/medium/features/plan-rules in ${host}`, () => {
    let plans: PlanHost;

    beforeAll(async () => {
      plans = await PlanHost.start(host, await openTestDatabase(database));
      await plans.switchOn([
        {
          steps: [
            aTask('call', { repeat: THREE_CALLS }),
            aTask('hello', { reentry: 'newPass' }),
            aTask('once', { reentry: 'nothing' }),
          ],
        },
        { guard: 'return', steps: [aTask('brief', { required: true, reentry: 'reopenUndone' })] },
        { steps: [aTask('offer')] },
      ]);
    }, 180_000);

    afterAll(async () => {
      await plans?.stop();
    });

    it('lets new leads wait to be accepted where the host keeps them apart, whatever alphabet the database knows', () => {
      expect(plans.intake).toHaveLength(host === 'amocrm' ? 1 : 0);
    });

    if (host === 'amocrm')
      it('accepts an incoming lead in the host too, so that nobody has to accept it there once more', async () => {
        const [waiting] = plans.intake;
        await plans.holdBack([waiting?.stage_id ?? '']);
        const dealId = (await plans.place.incoming?.()) ?? 0;
        await until(async () => (await plans.view(dealId)).acceptance?.can === true, PATIENCE);
        expect(plans.place.context.deal(dealId)?.stageId).toContain(waiting?.stage_id);
        expect(plans.stageOf(dealId)).toBe(0);
        expect((await plans.post(dealId, 'accept')).status).toBe(200);
        await until(() => plans.stageOf(dealId) === 1, { ...PATIENCE, what: 'the lead out of "unsorted"' });
        expect(plans.place.context.deal(dealId)?.ownerId).toBe(plans.admin);
        await plans.stands(dealId, 1);
        await plans.holdBack([]);
      });

    it('takes a deal back whose required steps are open, says why in the deal, and lets it go on for a reason', async () => {
      const dealId = await plans.deal();
      await plans.move(dealId, 1);
      await plans.stands(dealId, 1);
      await plans.move(dealId, 2);
      await returning(dealId);
      await until(() => comments(dealId) === 1, { ...PATIENCE, what: 'the comment' });
      await until(() => plans.stageOf(dealId) === 1, { ...PATIENCE, what: 'the return' });
      await until(async () => (await plans.view(dealId)).guards?.[0]?.state === 'returned', PATIENCE);
      const order = { stageKey: 'stage-2', reason: 'бриф пришлют завтра' };
      expect((await plans.post(dealId, 'override', { ...order, reason: '-' })).status).toBe(400);
      expect((await plans.post(dealId, 'override', order)).status).toBe(200);
      await until(() => plans.stageOf(dealId) === 2, { ...PATIENCE, what: 'the deal going on' });
      await plans.stands(dealId, 2);
      const [noted] = await plans.rows<{ detail: object; actor: string }>(
        `SELECT detail, actor FROM plan_event WHERE deal_id = $1 AND kind = 'guard.overridden'`,
        [plans.place.dealKey(dealId)],
      );
      expect(noted).toMatchObject({ detail: { reason: order.reason }, actor: String(plans.admin) });
      expect([comments(dealId), await plans.events(dealId, 'guard.return')]).toEqual([1, 1]);
    });

    it('counts three calls, ends the step with its reason, closes the task and proposes to close the deal', async () => {
      const dealId = await plans.deal();
      await until(() => tasksOf(dealId, 'call') === 1, PATIENCE);
      for (let made = 1; made <= 3; made += 1) {
        const { id, attempts } = await plans.step(dealId, 'call');
        expect(attempts?.made).toBe(made - 1);
        expect((await plans.post(dealId, `steps/${id}/attempt`, { note: `звонок ${made}` })).status).toBe(
          200,
        );
      }
      const { id, state, outcome } = await plans.step(dealId, 'call');
      expect([state, outcome?.reason]).toEqual(['failed', EXHAUSTED.reason]);
      expect((await plans.view(dealId)).closeProposal).toMatchObject({ reason: EXHAUSTED.reason });
      expect((await plans.post(dealId, `steps/${id}/attempt`, {})).status).toBe(409);
      await until(() => tasksOf(dealId, 'call') === 0, { ...PATIENCE, what: 'the task of the calls closed' });
      expect(await plans.events(dealId, 'close.proposed')).toBe(1);
      expect(plans.stageOf(dealId)).toBe(0);
    });

    it('begins anew, opens again or leaves alone what a deal comes back to, and never has a task twice', async () => {
      const dealId = await plans.deal();
      await until(() => plans.openTasks(dealId).length === 3, PATIENCE);
      for (const key of ['hello', 'once']) {
        const { id } = await plans.step(dealId, key);
        expect((await plans.post(dealId, `steps/${id}/done`)).status).toBe(200);
      }
      await plans.move(dealId, 1);
      await plans.stands(dealId, 1);
      await until(() => tasksOf(dealId, 'call') + tasksOf(dealId, 'hello') === 0, {
        ...PATIENCE,
        what: 'no open task of the stage that was left',
      });
      await plans.move(dealId, 0);
      await plans.stands(dealId, 0);
      await until(() => tasksOf(dealId, 'hello') === 1, { ...PATIENCE, what: 'a second pass' });
      const passes = async (key: string) => (await plans.steps(dealId, key)).map(({ state }) => state);
      expect(await passes('hello')).toEqual(['done', 'actionable']);
      expect(await passes('once')).toEqual(['done']);
      expect(tasksOf(dealId, 'once')).toBe(0);
    });

    it('looks a return up that was carried out when the process died, and does not repeat it', async () => {
      const dealId = await plans.deal();
      await plans.move(dealId, 1);
      await plans.stands(dealId, 1);
      // What came of requests is written with this statement: when it is reached the host has done them.
      plans.mortal.dieBefore(/UPDATE outbox_action o SET\s+state = s\.state/);
      await plans.move(dealId, 2);
      await returning(dealId);
      await until(() => plans.mortal.isDead, { ...PATIENCE, what: 'the death' });
      expect(plans.stageOf(dealId) === 1 || comments(dealId) === 1).toBe(true);
      const unsettled = `SELECT key FROM outbox_action WHERE state = 'sending'`;
      const known = await plans.rows<{ key: string }>(unsettled);
      expect(known.length).toBeGreaterThan(0);

      await plans.bootAgain();
      const open = `SELECT key FROM outbox_action WHERE state NOT IN ('done', 'refused')`;
      await until(async () => (await plans.rows(open)).length === 0, { ...PATIENCE, what: 'a quiet outbox' });
      await until(async () => (await plans.view(dealId)).guards?.[0]?.state === 'returned', PATIENCE);
      expect([plans.stageOf(dealId), comments(dealId), plans.entries(dealId, 1)]).toEqual([1, 1, 2]);
      expect(await plans.events(dealId, 'guard.return')).toBe(1);
    });

    /** Once the return is wanted; it need not be waited for. */
    async function returning(dealId: number): Promise<void> {
      await until(async () => (await plans.view(dealId)).guards?.[0]?.state === 'returning', PATIENCE);
      await plans.waitedFor(dealId);
    }

    function comments(dealId: number): number {
      return plans.place.comments(dealId).filter((text) => text.includes('Шаг brief')).length;
    }

    function tasksOf(dealId: number, key: string): number {
      return plans.openTasks(dealId).filter((title) => title.includes(`Шаг ${key}`)).length;
    }
  });
