import { forbidden, notFound, unprocessable } from '../server/api-error.js';
import type { Pipeline, Status } from '../store/statuses.js';
import { idOf, ok, EMPTY, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, whole } from './hal.js';
import { isFields, readItems, readOne, refuseFaulty } from './items.js';

const MAX_PIPELINES = 50;
const MAX_STATUSES = 100;

/** Pipelines and their stages. Everybody reads them; only admins change them. */
export function pipelineRoutes(): readonly Route[] {
  const base = 'leads/pipelines';
  const one = `${base}/:id/statuses/:status`;
  return [
    { verb: 'GET', path: base, name: 'pipelines.list', run: listPipelines },
    {
      verb: 'GET',
      path: `${base}/:id`,
      name: 'pipelines.get',
      run: (call) => ok(view(call, pipelineOf(call))),
    },
    { verb: 'GET', path: `${base}/:id/statuses`, name: 'statuses.list', run: listStatuses },
    { verb: 'GET', path: one, name: 'statuses.get', run: (call) => ok(statusView(call, statusOf(call))) },
    { verb: 'POST', path: base, name: 'pipelines.add', run: addPipelines },
    { verb: 'PATCH', path: `${base}/:id`, name: 'pipelines.update', run: updatePipeline },
    { verb: 'DELETE', path: `${base}/:id`, name: 'pipelines.delete', run: deletePipeline },
    { verb: 'POST', path: `${base}/:id/statuses`, name: 'statuses.add', run: addStatuses },
    { verb: 'PATCH', path: one, name: 'statuses.update', run: updateStatus },
    { verb: 'DELETE', path: one, name: 'statuses.delete', run: deleteStatus },
  ];
}

function listPipelines(call: Call): ApiAnswer {
  return whole(
    call,
    'pipelines',
    call.store.pipelines.all.map((pipeline) => view(call, pipeline)),
  );
}

function listStatuses(call: Call): ApiAnswer {
  const statuses = visibleStatuses(pipelineOf(call)).map((status) => statusView(call, status));
  return whole(call, 'statuses', statuses);
}

function addPipelines(call: Call): ApiAnswer {
  admins(call);
  const items = readItems(call);
  const names = items.map((item) => item.text('name', true) ?? '');
  refuseFaulty(items);
  const { pipelines } = call.store;
  if (pipelines.all.length + items.length > MAX_PIPELINES) throw unprocessable('Pipelines limit exceeded');
  const made = items.map((item, index) => {
    const embedded = item.record('_embedded') ?? {};
    const statuses = Array.isArray(embedded['statuses']) ? embedded['statuses'].filter(isFields) : [];
    const open = statuses.filter((status) => status['id'] !== 142 && status['id'] !== 143);
    const drafts = open.map((status) => ({
      name: typeof status['name'] === 'string' ? status['name'] : '',
      color: typeof status['color'] === 'string' ? status['color'] : '#99ccff',
    }));
    return pipelines.create(names[index] ?? '', drafts);
  });
  return whole(
    call,
    'pipelines',
    made.map((pipeline) => view(call, pipeline)),
  );
}

function updatePipeline(call: Call): ApiAnswer {
  admins(call);
  const pipeline = pipelineOf(call);
  const item = readOne(call);
  const name = item.text('name');
  const unsorted = item.flag('is_unsorted_on');
  refuseFaulty([item]);
  pipeline.name = name ?? pipeline.name;
  pipeline.unsortedOn = unsorted ?? pipeline.unsortedOn;
  return ok(view(call, pipeline));
}

function deletePipeline(call: Call): ApiAnswer {
  admins(call);
  const pipeline = pipelineOf(call);
  const { pipelines, leads } = call.store;
  for (const lead of leads) {
    if (lead.status.pipelineId === pipeline.id) throw unprocessable('Pipeline has leads');
  }
  if (pipelines.all.length === 1) throw unprocessable('The last pipeline cannot be deleted');
  pipelines.all.splice(pipelines.all.indexOf(pipeline), 1);
  return EMPTY;
}

function addStatuses(call: Call): ApiAnswer {
  admins(call);
  const pipeline = pipelineOf(call);
  const items = readItems(call);
  const names = items.map((item) => item.text('name', true) ?? '');
  const colors = items.map((item) => item.text('color') ?? '#99ccff');
  refuseFaulty(items);
  if (pipeline.statuses.length + items.length > MAX_STATUSES) throw unprocessable('Statuses limit exceeded');
  const made = names.map((name, index) =>
    call.store.pipelines.addStatus(pipeline, name, colors[index] ?? '#99ccff'),
  );
  return whole(
    call,
    'statuses',
    made.map((status) => statusView(call, status)),
  );
}

function updateStatus(call: Call): ApiAnswer {
  admins(call);
  const status = statusOf(call);
  const item = readOne(call);
  const name = item.text('name');
  const color = item.text('color');
  refuseFaulty([item]);
  status.name = name ?? status.name;
  status.color = color ?? status.color;
  return ok(statusView(call, status));
}

/** Its leads go to the first stage of the pipeline, without a hook and without an event. */
function deleteStatus(call: Call): ApiAnswer {
  admins(call);
  const status = statusOf(call);
  const { pipelines, leads } = call.store;
  const pipeline = pipelineOf(call);
  if (status.kind !== 'open' || status.type === 1) throw unprocessable('A system status cannot be deleted');
  pipelines.remove(status);
  const first = pipelines.first(pipeline);
  for (const lead of leads) {
    if (lead.status !== status) continue;
    lead.status = first;
    leads.touch(lead);
  }
  return EMPTY;
}

function admins(call: Call): void {
  if (!call.caller.person.admin) throw forbidden();
}

function pipelineOf(call: Call): Pipeline {
  const pipeline = call.store.pipelines.pipeline(idOf(call));
  if (pipeline === undefined) throw notFound('Pipeline not found');
  return pipeline;
}

function statusOf(call: Call): Status {
  const status = call.store.pipelines.status(pipelineOf(call).id, idOf(call, 1));
  if (status === undefined) throw notFound('Status not found');
  return status;
}

/** Without incoming leads their status is not listed. */
function visibleStatuses(pipeline: Pipeline): readonly Status[] {
  return pipeline.statuses.filter((status) => status.type === 0 || pipeline.unsortedOn);
}

function view(call: Call, pipeline: Pipeline) {
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.sort,
    is_main: pipeline.isMain,
    is_unsorted_on: pipeline.unsortedOn,
    is_archive: pipeline.isArchive,
    account_id: call.store.accountId,
    _links: linkTo(call, `leads/pipelines/${pipeline.id}`),
    _embedded: { statuses: visibleStatuses(pipeline).map((status) => statusView(call, status)) },
  };
}

function statusView(call: Call, status: Status) {
  const editable = status.kind === 'open' && status.type === 0;
  return {
    id: status.id,
    name: status.name,
    sort: status.sort,
    is_editable: editable,
    pipeline_id: status.pipelineId,
    color: status.color,
    type: status.type,
    account_id: call.store.accountId,
    _links: linkTo(call, `leads/pipelines/${status.pipelineId}/statuses/${status.id}`),
  };
}
