import type { MemoryHost } from './memory-host.js';
import type { Deal, HostUser, Pipeline, Stage, StageTransition } from '../../src/domain/crm/records.js';

export const MONDAY = Date.UTC(2026, 10, 16, 9);
const SECOND = 1_000;

/** A deal `seconds` after Monday morning; everything that a test does not name is plain. */
export function aDeal(id: string, seconds = 0, changes: Partial<Deal> = {}): Deal {
  return {
    id,
    title: `Сделка ${id}`,
    pipelineId: 'P',
    stageId: 'A',
    stageKind: 'open',
    ownerId: '7',
    amount: '1500.5',
    currency: 'RUB',
    sourceId: null,
    companyId: null,
    contactId: null,
    createdAt: MONDAY,
    modifiedAt: MONDAY + seconds * SECOND,
    stageSince: null,
    lastActivityAt: null,
    productIds: [],
    tags: [],
    lossReason: null,
    fields: {},
    ...changes,
  };
}

/** A row of the host's history. */
export function aMove(dealId: string, seconds: number, stageId: string, hostId: string): StageTransition {
  return { dealId, at: MONDAY + seconds * SECOND, pipelineId: 'P', stageId, stageKind: 'open', hostId };
}

export function aFunnel(
  id: string,
  stageIds: readonly string[],
): { readonly pipeline: Pipeline; readonly stages: readonly Stage[] } {
  return {
    pipeline: { id, name: `Воронка ${id}`, sort: 10 },
    stages: stageIds.map((stageId, index) => ({
      pipelineId: id,
      id: stageId,
      name: `Этап ${stageId}`,
      sort: index * 10,
      kind: stageId === 'WON' ? 'won' : stageId === 'LOST' ? 'lost' : 'open',
      color: '#22aaff',
    })),
  };
}

export function aUser(id: string, changes: Partial<HostUser> = {}): HostUser {
  return {
    id,
    name: `Сотрудник ${id}`,
    email: null,
    position: null,
    active: true,
    admin: false,
    departmentIds: ['1'],
    timeZone: null,
    ...changes,
  };
}

/** A host with one funnel and `count` deals, the same whoever makes it. */
export function fill(host: MemoryHost, count: number): void {
  host.records.pipelines.push(aFunnel('P', ['A', 'B', 'WON']));
  host.records.users.push(aUser('7'));
  for (let n = 1; n <= count; n++) host.records.deals.push(aDeal(`D_${n}`, n));
}
