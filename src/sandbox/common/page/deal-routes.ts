import type { FastifyInstance } from 'fastify';
import type {
  CrmContext,
  PortalDeal,
  PortalDealDraft,
  PortalDealPage,
  PortalStage,
  PortalUser,
} from './crm-context.js';
import {
  PageError,
  bodyOf,
  currentUser,
  optionalNumber,
  optionalText,
  pathNumber,
  queryOf,
  text,
  wholeNumber,
  type Fields,
} from './page-request.js';

/** Cards of a column that come with the board; the rest is asked for column by column. */
const COLUMN_CARDS = 20;
const PAGE_ROWS = 50;

/**
 * Board, list and card of deals.
 *
 * @param details what the host's card shows beside the deal, its history and its tasks
 */
export function registerDealRoutes(
  app: FastifyInstance,
  portal: CrmContext,
  details: (deal: PortalDeal, user: PortalUser) => Fields = () => ({}),
): void {
  app.get('/portal/board', (request) => {
    currentUser(portal, request);
    const query = queryOf(request);
    const pipelineId = optionalNumber(query['pipelineId'], 'pipelineId') ?? portal.pipelines()[0]?.id ?? 0;
    const pipeline = portal.pipelines().find((one) => one.id === pipelineId);
    if (pipeline === undefined) throw new PageError(404, `there is no pipeline ${pipelineId}`);
    return { pipelineId, columns: pipeline.stages.map((stage) => column(portal, query, pipelineId, stage)) };
  });
  app.get('/portal/deals', (request) => {
    currentUser(portal, request);
    return listDeals(portal, queryOf(request));
  });
  app.post('/portal/deals', (request) =>
    portal.createDeal(draftOf(portal, bodyOf(request)), currentUser(portal, request).id),
  );
  app.get('/portal/deals/:id', (request) => {
    const user = currentUser(portal, request);
    const deal = existing(portal, pathNumber(request, 'id'));
    return {
      deal,
      history: portal.stageHistory(deal.id),
      tasks: portal.tasks({ dealId: deal.id }),
      ...details(deal, user),
    };
  });
  registerDealChanges(app, portal);
}

function registerDealChanges(app: FastifyInstance, portal: CrmContext): void {
  app.patch('/portal/deals/:id', (request) => {
    const body = bodyOf(request);
    const title = optionalText(body['title'], 'title');
    const ownerId = optionalNumber(body['ownerId'], 'ownerId');
    const amount = optionalNumber(body['amount'], 'amount');
    const changes = {
      ...(title === undefined ? {} : { title }),
      ...(ownerId === undefined ? {} : { ownerId }),
      ...(amount === undefined ? {} : { amount }),
    };
    return portal.updateDeal(pathNumber(request, 'id'), changes, currentUser(portal, request).id);
  });
  app.post('/portal/deals/:id/stage', (request) => {
    const stageId = text(bodyOf(request)['stageId'], 'stageId');
    return portal.moveDeal(pathNumber(request, 'id'), stageId, currentUser(portal, request).id);
  });
  app.delete('/portal/deals/:id', (request) => {
    portal.deleteDeal(pathNumber(request, 'id'), currentUser(portal, request).id);
    return { deleted: true };
  });
}

export function existing(portal: CrmContext, id: number): PortalDeal {
  const deal = portal.deal(id);
  if (deal === undefined) throw new PageError(404, `there is no deal ${id}`);
  return deal;
}

function column(
  portal: CrmContext,
  query: Fields,
  pipelineId: number,
  stage: PortalStage,
): PortalDealPage & { readonly stageId: string } {
  const page = portal.deals({
    ...filterOf(query),
    pipelineId,
    stageId: stage.id,
    order: 'changed',
    limit: COLUMN_CARDS,
  });
  return { stageId: stage.id, ...page };
}

function listDeals(portal: CrmContext, query: Fields): PortalDealPage {
  const pipelineId = optionalNumber(query['pipelineId'], 'pipelineId');
  const stageId = optionalText(query['stageId'], 'stageId');
  return portal.deals({
    ...filterOf(query),
    ...(pipelineId === undefined ? {} : { pipelineId }),
    ...(stageId === undefined ? {} : { stageId }),
    ...(query['open'] === undefined ? {} : { open: query['open'] === '1' }),
    order: stageId === undefined ? 'newest' : 'changed',
    offset: optionalNumber(query['offset'], 'offset') ?? 0,
    limit: Math.min(optionalNumber(query['limit'], 'limit') ?? PAGE_ROWS, PAGE_ROWS),
  });
}

function filterOf(query: Fields): { ownerId?: number; search?: string } {
  const ownerId = optionalNumber(query['ownerId'], 'ownerId');
  const search = optionalText(query['search'], 'search');
  return { ...(ownerId === undefined ? {} : { ownerId }), ...(search === undefined ? {} : { search }) };
}

function draftOf(portal: CrmContext, body: Fields): PortalDealDraft {
  const stageId = optionalText(body['stageId'], 'stageId');
  const ownerId = optionalNumber(body['ownerId'], 'ownerId');
  return {
    title: text(body['title'], 'title'),
    pipelineId: wholeNumber(body['pipelineId'] ?? portal.pipelines()[0]?.id ?? 0, 'pipelineId'),
    amount: wholeNumber(body['amount'] ?? 0, 'amount'),
    ...(stageId === undefined ? {} : { stageId }),
    ...(ownerId === undefined ? {} : { ownerId }),
  };
}
