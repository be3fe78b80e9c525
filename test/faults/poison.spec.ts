import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { expectPassRule } from '../support/pass-rule.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { leaksIn, watchSecrets } from '../support/secrets.js';
import { until } from '../support/until.js';
import { openFrame } from '../support/widget-person.js';
import type { PlanView } from '../../src/features/plans/plan.view.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;
const HUGE = 'щ'.repeat(5_000_000);

describe('test/faults/poison', () => {
  let running: Running;
  let secrets: ReadonlySet<string>;
  const log: string[] = [];

  beforeAll(async () => {
    running = await startEverything({
      company: smallCompany(40),
      // What is looked at here is the order of readings: they come as slowly as from a real portal.
      sparing: true,
      plans: [{ pipelineId: 1, templateKey: 'transactional' }],
      hear: (line) => log.push(line),
    });
    secrets = watchSecrets(running.portal);
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('row 33: carries a deal whose title has ten megabytes, and its plan can be read', async () => {
    const deal = open(1);
    running.portal.context.updateDeal(deal.id, { title: HUGE }, deal.ownerId);
    await until(async () => (await titleLength(deal.id)) === HUGE.length, {
      timeoutMs: 30_000,
      what: 'the title',
    });
    const person = await openFrame(running, deal.ownerId, deal.id);
    const view = await person.get<PlanView>(`/api/plan/D_${deal.id}`);
    expect(view.status).toBe(200);
    await passes();
  }, 90_000);

  it('row 33: plans a deal that is born with such a title, with a task whose title the host takes', async () => {
    const owner = running.portal.context.users().find((user) => !user.admin)?.id ?? 1;
    const deal = running.portal.context.createDeal({ title: HUGE, pipelineId: 1 }, owner);
    await until(() => running.portal.context.tasks({ dealId: deal.id }).length > 0, { timeoutMs: 30_000 });
    const titles = running.portal.context.tasks({ dealId: deal.id }).map((task) => task.title.length);
    expect(Math.max(...titles)).toBeLessThanOrEqual(255);
    await passes();
  }, 90_000);

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['an event that we do not know', { event: 'ONCRMQUOTEADD', 'data[FIELDS][ID]': '1' }, 200],
    ['a deal that does not exist', { event: 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': '999999' }, 200],
    ['a task that does not exist', { event: 'ONTASKUPDATE', 'data[FIELDS_AFTER][ID]': '999999' }, 200],
    ['an id that is no number', { event: 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': `1' OR 1=1 --` }, 200],
    ['an id of zero bytes', { event: 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': '1\u0000' }, 200],
    ['an id of a thousand digits', { event: 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': '9'.repeat(1_000) }, 200],
    ['no id', { event: 'ONCRMDEALUPDATE' }, 200],
    [
      'a time of sending in the year 9999',
      { event: 'ONCRMDEALUPDATE', 'data[FIELDS][ID]': '2', ts: '253402300799' },
      200,
    ],
    ['a body of ten megabytes', { event: 'ONCRMDEALUPDATE', 'data[FIELDS][TITLE]': HUGE }, 413],
  ])(
    'row 33: moves on past %s',
    async (_, fields, expected) => {
      const application = running.portal.store.applications.all()[0];
      const form = {
        'auth[member_id]': running.portal.memberId,
        'auth[application_token]': application?.applicationToken ?? '',
        ...fields,
      };
      const status = await axios
        .post(`${running.url}/hooks/bitrix24`, new URLSearchParams(form).toString(), {
          headers: FORM,
          validateStatus: () => true,
          maxBodyLength: Infinity,
        })
        .then(
          (answer) => answer.status,
          // The connection was closed on a body that nobody reads to its end.
          () => 413,
        );
      expect(status).toBe(expected);
      const deal = open(3);
      const title = `После ${log.length}`;
      running.portal.context.updateDeal(deal.id, { title }, deal.ownerId);
      await until(async () => (await titleOf(deal.id)) === title, {
        timeoutMs: 15_000,
        what: 'the next hint',
      });
      await passes();
    },
    60_000,
  );

  it('fails the pass rule for a field, a task and a secret, so that passing means something', async () => {
    const deal = open(3);
    const { database, portal } = running;
    await database.query(`UPDATE deal SET amount = amount + 1 WHERE deal_id = $1`, [`D_${deal.id}`]);
    await expect(passes()).rejects.toThrow('amount');
    await database.query(`UPDATE deal SET amount = amount - 1 WHERE deal_id = $1`, [`D_${deal.id}`]);
    const ours = [...portal.store.tasks].find((task) => task.xmlId !== null && task.status !== 5);
    if (!ours) throw new Error('the plan has made no task');
    const { title } = ours;
    await database.query(
      `UPDATE outbox_task SET desired = jsonb_set(desired, '{title}', '"чужой"') WHERE key = $1`,
      [ours.xmlId],
    );
    await expect(passes()).rejects.toThrow('чужой');
    await database.query(
      `UPDATE outbox_task SET desired = jsonb_set(desired, '{title}', to_jsonb($2::text)) WHERE key = $1`,
      [ours.xmlId, title],
    );
    const [secret = ''] = secrets;
    expect(leaksIn(`a line with ${secret} in it`, secrets)).toHaveLength(1);
    await passes();
  }, 60_000);

  function open(position: number) {
    const deal = running.portal.context.deals({ open: true, order: 'oldest', offset: position, limit: 1 })
      .deals[0];
    if (!deal) throw new Error('the company has no such deal');
    return deal;
  }

  async function titleOf(dealId: number): Promise<string> {
    const [row] = await running.database.query<{ title: string }>(
      'SELECT title FROM deal WHERE deal_id = $1',
      [`D_${dealId}`],
    );
    return row?.title ?? '';
  }

  async function titleLength(dealId: number): Promise<number> {
    return (await titleOf(dealId)).length;
  }

  function passes(): Promise<void> {
    const { portal, database, url } = running;
    return expectPassRule({ portal, database, urls: [url], secrets, log: log.join('\n') });
  }
});
