import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { EntityChange } from '../../src/contract/client.js';
import type { StreamPage } from '../../src/contract/streams.js';
import type { StageTransition } from '../../src/domain/crm/records.js';
import { type AmocrmWorld, startAmocrmWorld } from '../support/amocrm-world.js';
import { knownDealsOf } from '../support/known-deals.js';
import { tinyCompany } from '../support/tiny-company.js';

let world: AmocrmWorld;

beforeEach(async () => {
  world = await startAmocrmWorld();
});

afterEach(async () => {
  await world.close();
});

async function restart(options: Parameters<typeof startAmocrmWorld>[0]): Promise<void> {
  await world.close();
  world = await startAmocrmWorld(options);
}

describe('test/contract/amocrm-portal', () => {
  describe('reading', () => {
    it('detects what the account allows', async () => {
      expect(await world.host.detect(world.session)).toEqual({
        offlineQueue: true,
        robots: true,
        idempotentTaskWrites: false,
        departments: true,
        stageHistory: true,
      });
    });

    it('loses no deal though others are deleted behind it, page by page', async () => {
      await restart({ company: tinyCompany(1600) });
      const seen = new Set<string>();
      let doomed = 1;
      for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
        for (const { id } of page.rows) seen.add(id);
        // Always rows that were read already: they pull all others forward.
        for (let count = 0; count < 7 && doomed < 40; count += 1, doomed += 1) {
          await world.deleteDeal(String([...world.portal.store.leads][0]?.id));
        }
      }
      const live = [...world.portal.store.leads].map(({ id }) => String(id));
      expect(live.length).toBeGreaterThan(1500);
      expect(live.filter((id) => !seen.has(id))).toEqual([]);
    });

    it('keeps won and lost of each pipeline apart, though their ids are the same', async () => {
      const places = new Set<string>();
      for await (const { rows } of world.client.read('pipelines', { cursor: null, lane: 'high' })) {
        for (const { stages } of rows)
          for (const { pipelineId, id, kind } of stages) places.add(`${pipelineId}:${id}:${kind}`);
      }
      const pipelines = world.portal.context.pipelines().map(({ id }) => String(id));
      expect(pipelines).toHaveLength(2);
      for (const id of pipelines) {
        expect(places).toContain(`${id}:142:won`);
        expect(places).toContain(`${id}:143:lost`);
      }
      const [dealId = ''] = await world.addDeals(1);
      for (const pipelineId of pipelines) {
        const move = { kind: 'moveStage', dealId, pipelineId, stageId: '142' } as const;
        await world.client.act([{ key: `won-${pipelineId}`, action: move }]);
        const [deal] = await world.client.readDeals([dealId], 'high');
        expect(deal).toMatchObject({ pipelineId, stageId: '142', stageKind: 'won' });
      }
    });

    it('reads pages in smaller portions when the account is too slow', async () => {
      await restart({ company: tinyCompany(300) });
      world.portal.faults.add({ kind: 'http504', method: 'leads.list', times: 3 });
      const ids: string[] = [];
      for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
        ids.push(...page.rows.map(({ id }) => id));
      }
      expect(new Set(ids).size).toBe(300);
      expect(ids.length).toBe(300);
    });

    it.each([[true], [false]])('reads many deals again (filters: %s), in few requests', async (filters) => {
      await restart({ company: tinyCompany(900), filters });
      const { store, log } = world.portal;
      const ids = [...store.leads].map(({ id }) => String(id)).slice(100, 700);
      const before = log.total;
      const deals = await world.client.readDeals([...ids, '4294967999', 'D_1'], 'high');
      expect(deals.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(log.total - before).toBeLessThan(20);
    });

    it('tells where each deal began and how it went on, moved or not', async () => {
      const { portal, client } = world;
      const rows = await historyOf();
      for (const { id } of portal.store.leads) {
        const told = rows.filter(({ dealId }) => dealId === String(id));
        const truth = portal.context.stageHistory(id);
        expect(told.map(({ at, pipelineId, stageId }) => [at, `${pipelineId}:${stageId}`])).toEqual(
          truth.map(({ at, stageId }) => [at, stageId]),
        );
      }
      expect(client.streams.has('stageHistory')).toBe(true);
    });

    it('goes on at any page of the history as if it had never stopped', async () => {
      const pages: StreamPage<'stageHistory'>[] = [];
      const known = await knownDealsOf(world.client);
      const read = { cursor: null, lane: 'low', deals: known } as const;
      for await (const page of world.client.read('stageHistory', read)) pages.push(page);
      const whole = pages.flatMap(({ rows }) => rows);
      expect(pages.length).toBeGreaterThan(2);
      for (const [index, { cursor, done }] of pages.entries()) {
        if (done) continue;
        const stored = new Map(
          pages.slice(0, index + 1).flatMap(({ rows }) => rows.map((row) => [keyOf(row), row])),
        );
        const deals = await knownDealsOf(world.client, [...stored.values()]);
        for await (const { rows } of world.client.read('stageHistory', { cursor, lane: 'low', deals }))
          for (const row of rows) stored.set(keyOf(row), row);
        expect([...stored.values()].toSorted(byKey)).toEqual(whole.toSorted(byKey));
      }
    });

    it('tells in a sweep where a deal began that was made since', async () => {
      const since = await world.client.serverTime();
      const [dealId = ''] = await world.addDeals(1);
      const began = world.portal.context.deal(Number(dealId))?.stageId;
      const place = await world.moveByHand(dealId);
      const rows = (await historyOf(since)).filter((row) => row.dealId === dealId);
      expect(rows.map(({ pipelineId, stageId }) => `${pipelineId}:${stageId}`)).toEqual([
        began,
        `${place.pipelineId}:${place.stageId}`,
      ]);
    });

    it('finds deletions in the log of events, and again what was not confirmed', async () => {
      const [dealId = ''] = await world.addDeals(1);
      await world.deleteDeal(dealId);
      const gone = [{ entity: 'deal', id: dealId, change: 'deleted' }];
      expect(await drained(false)).toEqual(gone);
      expect(await drained(true)).toEqual(gone);
      expect(await drained(true)).toEqual([]);
    });

    it('accepts an incoming deal once, also when the answer is lost, and leaves every other as it is', async () => {
      await control('/unsorted', { name: 'Заявка', contactName: 'Вера', category: 'forms' });
      const [lead] = [...world.portal.store.leads].slice(-1);
      const [seller = ''] = world.people;
      const [other = ''] = await world.addDeals(1);
      const acceptance = (dealId: string) => ({ kind: 'accept', dealId, userId: seller }) as const;
      const [before] = await world.client.readDeals([other], 'high');
      world.portal.faults.add({ kind: 'answer-lost', method: 'unsorted.accept', times: 1 });
      const wish = { key: 'accept-1', action: acceptance(String(lead?.id)) };
      expect(await world.client.act([wish])).toEqual([{ kind: 'unknown' }]);
      expect(world.portal.store.unsorted.size).toBe(0);
      const both = await world.client.act([wish, { key: 'accept-2', action: acceptance(other) }]);
      expect(both).toEqual(both.map(() => ({ kind: 'ok', hostId: null })));
      const [accepted, untouched] = await world.client.readDeals([String(lead?.id), other], 'high');
      expect([accepted?.ownerId, untouched]).toEqual([seller, before]);
      expect(world.portal.log.byMethod.get('unsorted.accept')).toBe(1);
    });

    it('reads an incoming deal in its own stage, and where it goes when it is accepted', async () => {
      const incoming = await control('/unsorted', { name: 'Заявка', contactName: 'Вера', category: 'forms' });
      const [lead] = [...world.portal.store.leads].slice(-1);
      expect(incoming).toBe(200);
      const [deal] = await world.client.readDeals([String(lead?.id)], 'high');
      expect(deal).toMatchObject({ stageKind: 'open', stageId: String(lead?.status.id) });
      await world.client.embed(world.addresses);
      const [uid = ''] = world.portal.store.unsorted.keys();
      const { endpoint, accessToken } = world.tokens();
      const [seller] = world.people;
      await axios.post(
        `${endpoint}/api/v4/leads/unsorted/${uid}/accept`,
        { user_id: Number(seller) },
        { headers: { authorization: `Bearer ${accessToken}` }, proxy: false },
      );
      const [accepted] = await world.client.readDeals([String(lead?.id)], 'high');
      expect(accepted).toMatchObject({ stageKind: 'open', ownerId: seller, pipelineId: deal?.pipelineId });
      expect(accepted?.stageId).not.toBe(deal?.stageId);
      await world.portal.store.sender.drained();
      const told = world.posted.flatMap((call) => {
        const reading = world.host.readHook(call);
        return reading.kind === 'changes' ? reading.changes : [];
      });
      expect(told).toContainEqual({ entity: 'deal', id: String(lead?.id), change: 'saved' });
    });
  });

  describe('writing', () => {
    const draft = async (title: string, ownerId?: string) => {
      const [dealId = ''] = await world.addDeals(1);
      const [first] = world.people;
      const dueAt = Date.UTC(2027, 0, 15, 9);
      return {
        dealId,
        title,
        description: 'Что сказать',
        ownerId: ownerId ?? first,
        dueAt,
        durationMinutes: 30,
      };
    };

    it('puts aside the elements that the account refuses and writes the others', async () => {
      const [good, bad] = [await draft('Позвонить'), await draft('Чужой', '77')];
      const outcomes = await world.client.writeTasks([
        { kind: 'create', key: 'a', task: good },
        { kind: 'create', key: 'b', task: bad },
        { kind: 'create', key: 'c', task: { ...good, ownerId: 'nobody' } },
        { kind: 'create', key: 'd', task: good },
      ]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'refused', 'refused', 'ok']);
      expect(outcomes[1]).toMatchObject({ failure: { kind: 'malformed' } });
      expect(await world.tasksWithKey('a')).toBe(1);
      expect(await world.tasksWithKey('d')).toBe(1);
    });

    it('keeps the description when the title changes, and what the seller wrote as the result', async () => {
      const [made] = await world.client.writeTasks([
        { kind: 'create', key: 'k', task: await draft('Позвонить') },
      ]);
      const taskId = made?.kind === 'ok' ? made.taskId : '';
      await world.client.writeTasks([{ kind: 'update', taskId, changes: { title: 'Встретиться' } }]);
      const task = world.portal.store.tasks.get(Number(taskId));
      expect(task?.text).toBe('Встретиться\nЧто сказать\n\n[#=k]');
      world.portal.context.completeWithResult(Number(taskId), 'договорились', Number(world.people[1]));
      await world.client.writeTasks([{ kind: 'cancel', taskId, comment: 'снято планом' }]);
      expect(task?.result).toBe('договорились');
    });

    it('names our screen under a question that is answered there', async () => {
      const [dealId = ''] = await world.addDeals(1);
      const [, userId] = world.people;
      const ask = { kind: 'ask', dealId, userId, title: 'На сегодня 3 дела', dueAt: Date.now() } as const;
      const outcomes = await world.client.act([
        {
          key: 'list',
          action: { ...ask, text: 'Позвонить', place: { screen: 'home', params: { look: 'week' } } },
        },
        { key: 'plain', action: { ...ask, text: 'Позвонить' } },
      ]);
      const texts = outcomes.map((outcome) =>
        outcome.kind === 'ok'
          ? world.portal.store.tasks.get(Number(outcome.hostId?.split(':')[1]))?.text
          : null,
      );
      const address = `${world.portal.url}/todo/line/#dozhim=home&look=week`;
      expect(texts).toEqual([
        `На сегодня 3 дела\nПозвонить\n${address}\n\n[#=list]`,
        'На сегодня 3 дела\nПозвонить\n\n[#=plain]',
      ]);
    });

    it('passes on what a person did with a task', async () => {
      const [made] = await world.client.writeTasks([
        { kind: 'create', key: 'k', task: await draft('Позвонить') },
      ]);
      const taskId = made?.kind === 'ok' ? made.taskId : '';
      const [, seller] = world.people;
      world.portal.context.completeWithResult(Number(taskId), 'договорились', Number(seller));
      const [task] = await world.client.readTasks([taskId], 'high');
      expect(task).toMatchObject({
        state: 'completed',
        completedBy: seller,
        result: 'договорились',
        ourKey: 'k',
      });
    });

    it('says that nothing can be written when the account is not paid', async () => {
      world.portal.store.settings.paid = false;
      world.portal.store.settings.unpaidSince = world.portal.store.clock.seconds();
      const task = await draft('Позвонить');
      const [outcome] = await world.client.writeTasks([{ kind: 'create', key: 'k', task }]);
      expect(outcome).toEqual({ kind: 'refused', failure: { kind: 'paymentRequired' } });
      const tasks = await world.client.findTasks([{ key: 'k', dealId: task.dealId, since: 0 }]);
      expect(tasks.size).toBe(0);
    });
  });

  async function historyOf(modifiedSince?: number): Promise<readonly StageTransition[]> {
    const rows: StageTransition[] = [];
    const request = {
      cursor: null,
      lane: 'low',
      ...(modifiedSince === undefined ? { deals: await knownDealsOf(world.client) } : { modifiedSince }),
    } as const;
    for await (const page of world.client.read('stageHistory', request)) rows.push(...page.rows);
    return rows.toSorted((one, other) => one.at - other.at);
  }

  async function drained(confirm: boolean): Promise<readonly EntityChange[]> {
    const changes: EntityChange[] = [];
    for await (const taken of world.client.drainQueue()) {
      changes.push(...taken.changes);
      if (confirm) await taken.confirm();
    }
    return changes;
  }

  async function control(path: string, body: object): Promise<number> {
    const answer = await axios.post(`${world.portal.control}${path}`, body, {
      proxy: false,
      validateStatus: () => true,
    });
    return answer.status;
  }
});

function keyOf({ dealId, at, hostId }: StageTransition): string {
  return `${dealId} ${at} ${hostId}`;
}

function byKey(one: StageTransition, other: StageTransition): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}
