import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TaskWrite, TaskWriteOutcome } from '../../src/contract/client.js';
import { HostError } from '../../src/contract/failure.js';
import type { Cursor, StreamPage } from '../../src/contract/streams.js';
import type { Clock } from '../../src/domain/crm/time.js';
import type { FaultKind } from '../../src/sandbox/amocrm/server/fault-kinds.js';
import { type AmocrmWorld, IMPATIENT, startAmocrmWorld } from '../support/amocrm-world.js';
import { realClock } from '../support/session.js';
import { tinyCompany } from '../support/tiny-company.js';

const DEALS = 5_000;
const TASKS = 500;
/** Behind the first pages: in the middle of the walk. */
const IN_THE_MIDDLE = 6;
/** Only where a fault is to be sat out: on a busy machine an honest answer may take longer. */
const SHORT_MS = 700;

interface Injected {
  readonly kind: FaultKind;
  readonly times?: number;
  readonly after?: number;
  readonly amount?: number;
}

let world: AmocrmWorld | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

async function start(deals: number, fault: Injected): Promise<AmocrmWorld> {
  const isSlow = fault.kind === 'hang' || fault.kind === 'slow';
  world = await startAmocrmWorld({
    clock: fault.kind === 'query-limit' ? hurriedClock() : realClock,
    company: tinyCompany(deals),
    patience: { ...IMPATIENT, requestTimeoutMs: isSlow ? SHORT_MS : 20_000 },
  });
  return world;
}

/** Pauses of minutes are over in a moment. */
function hurriedClock(): Clock {
  const began = Date.now();
  return { now: () => began + (Date.now() - began) * 1_000 };
}

/** As the mirror reads: from where it stands, again when the host wants a pause. */
async function readAll({ client, session }: AmocrmWorld): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: Cursor | null = null;
  for (let done = false; !done;) {
    try {
      const pages: AsyncIterable<StreamPage<'deals'>> = client.read('deals', { cursor, lane: 'low' });
      for await (const page of pages) {
        ids.push(...page.rows.map(({ id }) => id));
        ({ cursor, done } = page);
      }
    } catch (error) {
      if (!(error instanceof HostError) || error.failure.kind !== 'throttled') throw error;
      while (session.clock.now() < error.failure.retryAt) await sleep(5);
    }
  }
  return ids;
}

function everyDeal(): readonly string[] {
  return Array.from({ length: DEALS }, (_, index) => String(index + 1));
}

type Creation = Extract<TaskWrite, { kind: 'create' }>;

function creations({ people, portal }: AmocrmWorld): readonly Creation[] {
  const deals = [...portal.store.leads].slice(0, 100).map(({ id }) => String(id));
  return Array.from({ length: TASKS }, (_, index) => ({
    kind: 'create',
    key: `key-${index}`,
    task: {
      dealId: deals[index % deals.length] ?? '',
      title: `Шаг ${index}`,
      description: '',
      ownerId: people[index % 2] ?? people[0],
      dueAt: null,
      durationMinutes: null,
    },
  }));
}

/** What the outbox does, in short: writes, looks up what is uncertain, writes what is surely missing. */
async function writeAll(
  { client, session }: AmocrmWorld,
  writes: readonly Creation[],
): Promise<readonly TaskWriteOutcome[]> {
  let open = writes;
  let first: readonly TaskWriteOutcome[] | null = null;
  for (let round = 0; round < 40 && open.length > 0; round += 1) {
    const until = session.limits.pauses.get('*') ?? 0;
    while (session.clock.now() < until) await sleep(5);
    const outcomes = await client.writeTasks(open);
    first ??= outcomes;
    const unsure = open.filter((_, index) => outcomes[index]?.kind === 'unknown');
    const refused = open.filter((_, index) => outcomes[index]?.kind === 'refused');
    const lookups = unsure.map(({ key, task }) => ({ key, dealId: task.dealId, since: 0 }));
    const found = await client.findTasks(lookups);
    open = [...refused, ...unsure.filter(({ key }) => !found.has(key))];
  }
  return first ?? [];
}

function keysIn({ portal }: AmocrmWorld): readonly string[] {
  return [...portal.store.tasks].map(({ text }) => /\[#=?([\w-]+)\]$/.exec(text)?.[1] ?? text).toSorted();
}

describe('test/faults/amocrm-rows', () => {
  it.each<[string, Injected]>([
    ['row 12, one HTML page with 500', { kind: 'http500-html' }],
    ['row 12, one HTML page with 502', { kind: 'http502-html' }],
    ['row 12, a page that takes too long (504)', { kind: 'http504' }],
    ['row 13, five 500s in a row', { kind: 'http500', times: 5 }],
    ['row 14, twenty refusals for limits', { kind: 'query-limit', times: 20 }],
    ['row 16, an HTML page with 200', { kind: 'html-200' }],
    ['row 17, garbage with 200', { kind: 'garbage' }],
    ['row 17, an empty body with 200', { kind: 'empty-body' }],
    ['row 18, a body that breaks off', { kind: 'truncated' }],
    ['row 18, a connection that breaks', { kind: 'reset' }],
    ['row 19, a page without rows', { kind: 'no-rows' }],
    ['row 20, 204 in mid-walk', { kind: 'empty-page' }],
    ['row 20, 204 for the first page', { kind: 'empty-page', after: 0 }],
    ['row 21, no answer at all', { kind: 'hang' }],
    ['row 22, one byte a second', { kind: 'slow', amount: 1 }],
    ['row 29, a token that expires in mid-walk', { kind: 'expired-token' }],
  ])('reads all 5,000 deals in spite of %s', async (_row, fault) => {
    const running = await start(DEALS, fault);
    const injected = running.portal.faults.add({ method: 'leads.list', after: IN_THE_MIDDLE, ...fault });
    const ids = await readAll(running);
    expect(
      [...new Set(ids)]
        .map(Number)
        .toSorted((one, other) => one - other)
        .map(String),
    ).toEqual(everyDeal());
    expect(injected.fired).toBe(fault.times ?? 1);
    expect(running.session.renewals).toBe(fault.kind === 'expired-token' ? 1 : 0);
  });

  it('misses no live deal though every page is shifted by deletions behind it (row 23)', async () => {
    const running = await start(DEALS, { kind: 'drift' });
    const seen = new Set<string>();
    for await (const page of running.client.read('deals', { cursor: null, lane: 'low' })) {
      for (const { id } of page.rows) seen.add(id);
      if (running.portal.store.leads.live > DEALS - 60)
        for (const { id } of [...running.portal.store.leads].slice(0, 5))
          await running.deleteDeal(String(id));
    }
    const live = [...running.portal.store.leads].map(({ id }) => String(id));
    expect(live.length).toBeLessThan(DEALS - 50);
    expect(live.filter((id) => !seen.has(id))).toEqual([]);
  });

  it.each<[string, Injected]>([
    ['row 5, an answer that is lost after the work was done', { kind: 'answer-lost' }],
    ['row 5, a 500 after the work was done', { kind: 'applied-500' }],
    ['row 5, a 502 after the work was done', { kind: 'applied-502' }],
    ['row 5, a 504 after the work was done', { kind: 'applied-504' }],
    ['row 12, an HTML page with 502', { kind: 'http502-html' }],
    ['row 13, five 500s in a row', { kind: 'http500', times: 5 }],
    ['row 14, twenty refusals for limits', { kind: 'query-limit', times: 20 }],
    ['row 16, an HTML page with 200', { kind: 'html-200' }],
    ['row 17, garbage', { kind: 'garbage' }],
    ['row 18, a body that breaks off', { kind: 'truncated' }],
    ['row 19, an answer without rows', { kind: 'no-rows' }],
    ['row 21, no answer at all', { kind: 'hang' }],
    ['row 22, one byte a second', { kind: 'slow', amount: 1 }],
    ['row 29, an expired token', { kind: 'expired-token' }],
  ])('makes each of 500 tasks exactly once in spite of %s', async (_row, fault) => {
    const running = await start(100, fault);
    const writes = creations(running);
    const injected = running.portal.faults.add({ method: 'tasks.add', ...fault });
    await writeAll(running, writes);
    expect(injected.fired).toBe(fault.times ?? 1);
    expect(keysIn(running)).toEqual(writes.map(({ key }) => key).toSorted());
  });

  it('puts aside exactly the three elements that the account refuses, and writes the others (row 46)', async () => {
    const running = await start(100, { kind: 'drift' });
    const writes = creations(running).slice(0, 50);
    const spoilt = writes.map((write, index) =>
      [10, 11, 12].includes(index) ? { ...write, task: { ...write.task, ownerId: '77' } } : write,
    );
    const outcomes = await running.client.writeTasks(spoilt);
    const refused = outcomes.flatMap(({ kind }, index) => (kind === 'refused' ? [index] : []));
    expect(refused).toEqual([10, 11, 12]);
    expect(keysIn(running)).toHaveLength(47);
  });
});
