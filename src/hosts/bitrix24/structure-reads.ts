import type { Lane, StreamRecords } from '../../contract/streams.js';
import type { JsonObject } from '../common/json.js';
import type { Command } from './batch.js';
import { CallFault } from '../common/call-fault.js';
import type { RestClient } from './client.js';
import { DEALS, LEAD_PIPELINE, toStage } from './mapper.js';
import type { QueryTree } from '../common/query.js';
import { numberOf, rowNumber, textOf } from '../common/values.js';
import { listAll } from './task-reads.js';
import { rowsIn } from './walk.js';

/** The host has no name for the funnel of leads: it is named in the language of its stages. */
const LEADS_NAMES = { cyrillic: 'Лиды', other: 'Leads' } as const;
/** Behind all funnels of deals. */
const LEADS_SORT = 1_000_000;

type PipelineRecord = StreamRecords['pipelines'];

/** Funnels of deals with their stages, and leads as one more funnel: they have stages but no categories. */
export async function readPipelines(client: RestClient, lane: Lane): Promise<readonly PipelineRecord[]> {
  const params = { entityTypeId: DEALS.entityTypeId };
  const categories = await readByOffset(client, 'crm.category.list', params, { under: 'categories', lane });
  const pipelines = categories.map((row) => {
    const number = rowNumber(row['id']) ?? 0;
    return {
      id: `D_${number}`,
      name: textOf(row['name']) ?? `${number}`,
      sort: numberOf(row['sort']) ?? 0,
      entityId: number === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${number}`,
    };
  });
  const leads = { id: LEAD_PIPELINE, name: null, sort: LEADS_SORT, entityId: 'STATUS' };
  const commands: Command[] = [...pipelines, leads].map(({ entityId }) => ({
    key: entityId,
    method: 'crm.status.list',
    params: { order: { SORT: 'ASC' }, filter: { ENTITY_ID: entityId } },
  }));
  const stages = await listAll(client, commands, null, lane);
  return [...pipelines, leads].flatMap(({ id, name, sort, entityId }) => {
    const rows = (stages.get(entityId) ?? []).filter((row) => row['ENTITY_ID'] === entityId);
    const own = rows.map((row) => toStage(row, id)).filter((stage) => stage !== null);
    // Without leads the portal still has their stages in some versions and none in others.
    if (own.length === 0) return [];
    return [{ pipeline: { id, name: name ?? leadsName(own), sort }, stages: own }];
  });
}

function leadsName(stages: readonly { readonly name: string }[]): string {
  return stages.some(({ name }) => /\p{Script=Cyrillic}/u.test(name))
    ? LEADS_NAMES.cyrillic
    : LEADS_NAMES.other;
}

/**
 * Short lists that know no keyset: pages by offset. Rows of these lists are switched off rather than deleted, so
 * offsets do not slip.
 */
export async function readByOffset(
  client: RestClient,
  method: string,
  params: QueryTree,
  manner: { readonly under: string | null; readonly lane: Lane },
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let start: number | null = 0; start !== null;) {
    const page: { rows: readonly JsonObject[]; next: number | null } = await readOffsetPage(
      client,
      method,
      { ...params, start },
      manner,
    );
    rows.push(...page.rows);
    if (page.next !== null && page.next <= start) {
      throw new CallFault(
        { kind: 'malformed', where: `${method}: pages do not grow` },
        'never',
        false,
        '',
        method,
      );
    }
    start = page.next;
  }
  return rows;
}

async function readOffsetPage(
  client: RestClient,
  method: string,
  params: QueryTree,
  { under, lane }: { readonly under: string | null; readonly lane: Lane },
): Promise<{ readonly rows: readonly JsonObject[]; readonly next: number | null }> {
  const manner = { lane, repeatable: true };
  return client.persist(async () => {
    const envelope = await client.callOnce(method, params, manner);
    const rows = rowsIn(envelope.result, under);
    // Every portal has a user, a funnel and a department: an empty first page is a fault.
    if (rows && (rows.length > 0 || params['start'] !== 0)) return { rows, next: envelope.next };
    const failure = { kind: 'unavailable', detail: 'a page without rows' } as const;
    throw new CallFault(failure, 'doubtful', true, '', method);
  }, manner);
}
