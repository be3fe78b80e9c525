import type { Deal } from '../store/deal.js';
import type { PortalStore } from '../store/portal-store.js';
import type { Stage } from '../store/stages.js';
import { RestError } from '../wire/rest-error.js';
import { dealsVisibleTo } from './crm-item-methods.js';
import type { CrmLists } from './crm-lists.js';
import { listAnswer, type Answer, type Call, type Method } from './method.js';
import { asNumber, asRecord, asText } from './params.js';

/** Pipelines, stages, stage history, products. */
export function crmReferenceMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  return [
    { name: 'crm.category.list', scope: 'crm', run: (call) => categories(store, call) },
    { name: 'crm.status.list', scope: 'crm', run: (call) => statuses(store, call) },
    { name: 'crm.stagehistory.list', scope: 'crm', run: (call) => stageHistory(store, lists, call) },
    { name: 'crm.product.list', scope: 'crm', run: (call) => listAnswer(lists.products, call) },
    { name: 'crm.item.productrow.list', scope: 'crm', run: (call) => productRows(store, call) },
    { name: 'crm.deal.productrows.get', scope: 'crm', run: (call) => classicProductRows(store, call) },
  ];
}

function categories(store: PortalStore, call: Call): Answer {
  if (call.params.number('entityTypeId') !== 2) {
    throw new RestError(400, 'ENTITY_TYPE_NOT_SUPPORTED', 'Entity type is not supported');
  }
  const visible = store.pipelines.all.filter((pipeline) =>
    store.people.seesPipeline(call.caller.person, pipeline.id),
  );
  return {
    result: {
      categories: visible.map((pipeline) => ({
        id: pipeline.id,
        name: pipeline.name,
        sort: pipeline.sort,
        entityTypeId: 2,
        isDefault: pipeline.id === 0 ? 'Y' : 'N',
        originId: '',
        originatorId: '',
      })),
    },
    total: visible.length,
  };
}

interface Status extends Readonly<Record<string, unknown>> {
  readonly ENTITY_ID: string;
}

function statuses(store: PortalStore, call: Call): Answer {
  const all = [
    ...store.pipelines.all.flatMap((pipeline) => pipeline.stages.map(stageStatus)),
    ...LEAD_STATUSES,
    ...SOURCES,
  ].map((status, index) => ({ ID: String(100 + index), ...status }));
  const filter = call.params.record('filter');
  const wanted = asText(filter['ENTITY_ID']);
  const code = asText(filter['STATUS_ID']);
  return {
    result: all.filter(
      (status: Status) =>
        (wanted === '' || status.ENTITY_ID === wanted) && (code === '' || status['STATUS_ID'] === code),
    ),
  };
}

function stageStatus(stage: Stage): Status {
  const kinds = { open: 'process', won: 'success', lost: 'failure' } as const;
  return {
    ENTITY_ID: stage.pipelineId === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${stage.pipelineId}`,
    STATUS_ID: stage.id,
    NAME: stage.name,
    NAME_INIT: '',
    SORT: String(stage.sort),
    SYSTEM: stage.kind === 'won' || stage.sort === 10 ? 'Y' : 'N',
    CATEGORY_ID: stage.pipelineId === 0 ? null : String(stage.pipelineId),
    COLOR: stage.color,
    SEMANTICS: stage.kind === 'open' ? null : stage.kind === 'won' ? 'S' : 'F',
    EXTRA: { SEMANTICS: kinds[stage.kind], COLOR: stage.color },
  };
}

function plainStatus(
  entity: string,
  code: string,
  name: string,
  sort: number,
  semantics: string | null,
): Status {
  const extra = semantics === 'S' ? 'success' : semantics === 'F' ? 'failure' : 'process';
  return {
    ENTITY_ID: entity,
    STATUS_ID: code,
    NAME: name,
    NAME_INIT: name,
    SORT: String(sort),
    SYSTEM: 'Y',
    CATEGORY_ID: null,
    COLOR: '',
    SEMANTICS: semantics,
    EXTRA: { SEMANTICS: extra, COLOR: '' },
  };
}

const LEAD_STATUSES: readonly Status[] = [
  plainStatus('STATUS', 'NEW', 'New', 10, null),
  plainStatus('STATUS', 'IN_PROCESS', 'In progress', 20, null),
  plainStatus('STATUS', 'CONVERTED', 'Converted', 30, 'S'),
  plainStatus('STATUS', 'JUNK', 'Junk', 40, 'F'),
];

const SOURCES: readonly Status[] = [
  plainStatus('SOURCE', 'CALL', 'Call', 10, null),
  plainStatus('SOURCE', 'EMAIL', 'E-mail', 20, null),
  plainStatus('SOURCE', 'WEB', 'Web site', 30, null),
];

function stageHistory(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const type = call.params.number('entityTypeId');
  if (type !== 2) {
    return { result: { items: [] }, total: 0 };
  }
  const seesDeal = dealsVisibleTo(store, call);
  const visible =
    seesDeal === null
      ? null
      : (row: { readonly dealId: number }): boolean => {
          const deal: Deal | undefined = store.deals.get(row.dealId);
          return deal !== undefined && seesDeal(deal);
        };
  return listAnswer(lists.history, call, { visible, wrap: (page) => ({ items: page }) });
}

function productRows(store: PortalStore, call: Call): Answer {
  const filter = asRecord(call.params.get('filter'));
  const ownerType = asText(filter['=ownerType'] ?? filter['ownerType']);
  const ownerId = asNumber(filter['=ownerId'] ?? filter['ownerId']);
  if (ownerType === '' || !Number.isFinite(ownerId)) {
    throw new RestError(400, '100', 'Filter by ownerType and ownerId is required');
  }
  const rows = ownerType === 'D' ? rowsOf(store, ownerId) : [];
  return { result: { productRows: rows }, total: rows.length };
}

function rowsOf(store: PortalStore, dealId: number): readonly Readonly<Record<string, unknown>>[] {
  const deal = store.deals.get(dealId);
  const product = deal === undefined ? undefined : store.products.get(deal.productId);
  if (deal === undefined || product === undefined) {
    return [];
  }
  return [
    {
      id: deal.id,
      ownerId: deal.id,
      ownerType: 'D',
      productId: product.id,
      productName: product.values['name'] ?? '',
      price: deal.amount,
      quantity: 1,
      taxRate: 0,
      taxIncluded: 'N',
      sort: 10,
    },
  ];
}

function classicProductRows(store: PortalStore, call: Call): Answer {
  const rows = rowsOf(store, call.params.requireNumber('id'));
  return {
    result: rows.map((row) => ({
      ID: String(row['id']),
      OWNER_ID: String(row['ownerId']),
      OWNER_TYPE: 'D',
      PRODUCT_ID: row['productId'],
      PRODUCT_NAME: row['productName'],
      PRICE: row['price'],
      QUANTITY: 1,
    })),
  };
}
