import type { StreamName, StreamPage, StreamRequest } from '../../../src/contract/streams.js';
import type { Deal, HostTask, StageKind } from '../../../src/domain/crm/records.js';
import type { ToyCalls } from './toy-client.js';
import type { ToyDeal, ToyTask } from './toy-crm.js';

type Readers = {
  readonly [Name in StreamName]?: (
    calls: ToyCalls,
    request: StreamRequest,
  ) => AsyncIterable<StreamPage<Name>>;
};

interface ToyPipeline {
  readonly id: string;
  readonly name: string;
  readonly stages: readonly string[];
}

interface ToyEntry {
  readonly id: string;
  readonly deal: string;
  readonly stage: string;
  readonly at: number;
}

export const TOY_STREAMS: Readers = {
  async *pipelines(calls) {
    const found = await calls.call<readonly ToyPipeline[]>('pipelines');
    const rows = found.map(({ id, name, stages }) => ({
      pipeline: { id, name, sort: 1 },
      stages: stages.map((stage, sort) => ({
        pipelineId: id,
        id: stage,
        name: stage,
        sort,
        kind: kindOf(stage),
        color: null,
      })),
    }));
    yield { rows, cursor: '"all"', done: true };
  },
  async *users(calls) {
    const found = await calls.call<readonly { id: string; name: string; admin: boolean }[]>('users');
    const rows = found.map((user) => ({
      ...user,
      email: null,
      position: null,
      active: true,
      departmentIds: [],
      timeZone: null,
    }));
    yield { rows, cursor: '"all"', done: true };
  },
  async *deals(calls, request) {
    for await (const page of keyset<ToyDeal>(calls, 'deals', request)) {
      yield { ...page, rows: page.rows.map((row) => toDeal(row, calls.watched)) };
    }
  },
  async *stageHistory(calls, request) {
    for await (const page of keyset<ToyEntry>(calls, 'history', request)) {
      const rows = page.rows.map(({ id, deal, stage, at }) => ({
        dealId: deal,
        at,
        pipelineId: 'main',
        stageId: stage,
        stageKind: kindOf(stage),
        hostId: id,
      }));
      yield { ...page, rows };
    }
  },
  async *tasks(calls, request) {
    for await (const page of keyset<ToyTask>(calls, 'tasks', request)) {
      yield { ...page, rows: page.rows.map(toTask) };
    }
  },
};

/** Pages by ascending id; an empty page is the end only when it is empty twice. */
export async function* keyset<Row extends { readonly id: string }>(
  calls: ToyCalls,
  operation: string,
  { cursor, modifiedSince }: StreamRequest,
): AsyncGenerator<{ rows: readonly Row[]; cursor: string; done: boolean }, void, void> {
  let after = cursor === null ? '' : (JSON.parse(cursor) as string);
  for (let empty = 0; empty < 2;) {
    const rows = await calls.call<readonly Row[]>(operation, { after, since: modifiedSince });
    empty = rows.length === 0 ? empty + 1 : 0;
    after = rows.at(-1)?.id ?? after;
    if (rows.length > 0 || empty === 2) yield { rows, cursor: JSON.stringify(after), done: empty === 2 };
  }
}

export function toDeal(deal: ToyDeal, watched: readonly string[]): Deal {
  return {
    id: deal.id,
    title: deal.title,
    pipelineId: deal.pipeline,
    stageId: deal.stage,
    stageKind: kindOf(deal.stage),
    ownerId: deal.owner,
    amount: null,
    currency: null,
    sourceId: null,
    companyId: null,
    contactId: null,
    createdAt: deal.created,
    modifiedAt: deal.modified,
    stageSince: null,
    lastActivityAt: deal.worked,
    productIds: deal.products,
    tags: deal.labels,
    lossReason: deal.reason,
    fields: Object.fromEntries(
      Object.entries(deal.own as Deal['fields']).filter(([key]) => watched.includes(key)),
    ),
  };
}

export function toTask(task: ToyTask): HostTask {
  return {
    id: task.id,
    dealId: task.deal,
    title: task.title,
    ownerId: task.owner,
    state: task.done ? 'completed' : 'open',
    dueAt: task.due,
    completedAt: task.done ? task.modified : null,
    completedBy: null,
    modifiedAt: task.modified,
    ourKey: task.key,
  };
}

function kindOf(stage: string): StageKind {
  return stage === 'won' || stage === 'lost' ? stage : 'open';
}
