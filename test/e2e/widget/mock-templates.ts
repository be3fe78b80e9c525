import { randomUUID } from 'node:crypto';
import { libraryTemplate, listLibrary } from '../../../src/domain/plans/library/library.js';
import { mapStages } from '../../../src/domain/plans/stage-map.js';
import { importTemplate } from '../../../src/domain/plans/template-file/import-template.js';
import type { StageMap, TemplateBody } from '../../../src/domain/plans/types.js';
import { faultsOf } from '../../../src/features/plans/template-reading.js';
import type {
  MigrationView,
  NewTemplate,
  TemplateCardView,
  TemplatesView,
  TemplateView,
} from '../../../src/features/plans/templates.view.js';
import { catalogueView, fieldsView, peopleView, reasonsView } from './company-facts.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import type { MockCall, MockRoute } from './mock-server.js';
import {
  affected,
  blankBody,
  dealsOf,
  dryRun,
  migrationPreview,
  pipelinesOf,
  preview,
  words,
} from './template-facts.js';

interface Kept {
  readonly id: string;
  body: TemplateBody;
  revision: number;
  version: number | null;
  retired: boolean;
  origin: string | null;
}

/** The account's templates in memory, with the server's own rules: revisions count, faults are the domain's. */
export interface MockTemplates {
  readonly routes: Readonly<Record<string, MockRoute>>;
  readonly kept: Map<string, Kept>;
  /** Pipeline id → template id. */
  readonly planned: Map<string, string>;
  /** States that following looks at a migration find, first to last. */
  migration: readonly MigrationView['state'][];
  /** Somebody else saves the template with this change. */
  saveBehind(id: string, change: (body: TemplateBody) => TemplateBody): void;
}

export const FIRST = '0190a000-0000-7000-8000-000000000001';

function libraryCards(): TemplatesView['library'] {
  return listLibrary().map((entry) => ({
    ...entry,
    stages: (libraryTemplate(entry.key, entry.language)?.stages ?? []).map(({ name, steps }) => ({
      name,
      stepTitles: steps.map((step) => step.title),
    })),
  }));
}

function libraryBody(key: string, language: Language): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`the library has no ${key}`);
  return body;
}

export function mockTemplates(language: Language, now: number, own = true): MockTemplates {
  const kept = new Map<string, Kept>();
  const planned = new Map<string, string>();
  const mock: MockTemplates = { routes: {}, kept, planned, migration: ['done'], saveBehind };
  if (own) {
    const body = libraryBody('transactional', language);
    kept.set(FIRST, { id: FIRST, body, revision: 0, version: 2, retired: false, origin: null });
    const second = { ...libraryBody('retention', language), name: HOSTILE_TITLE };
    const id = FIRST.replace(/1$/, '2');
    kept.set(id, { id, body: second, revision: 3, version: null, retired: false, origin: null });
    planned.set('0', FIRST);
  }

  function saveBehind(id: string, change: (body: TemplateBody) => TemplateBody): void {
    const found = find(id);
    found.body = change(found.body);
    found.revision += 1;
  }

  function find(id: string | undefined): Kept {
    const found = kept.get(id ?? '');
    if (!found) throw new Error(`no template ${id}`);
    return found;
  }

  const card = (one: Kept): TemplateCardView => ({
    id: one.id,
    key: one.body.key,
    name: one.body.name,
    language: one.body.language,
    purpose: one.body.purpose ?? 'sale',
    stageCount: one.body.stages.length,
    stepCount: one.body.stages.flatMap((stage) => stage.steps).length,
    publishedVersion: one.version,
    publishedAt: one.version === null ? null : hoursFrom(now, -240),
    hasDraft: one.revision > 0,
    retired: one.retired,
    pipelineNames: pipelinesOf(language)
      .filter((pipeline) => planned.get(pipeline.id) === one.id)
      .map((pipeline) => pipeline.name),
    openPlans: one.id === FIRST ? 640 : 0,
    plansBehind: one.id === FIRST ? 21 : 0,
  });

  const view = (one: Kept): TemplateView => ({
    id: one.id,
    body: one.body,
    isDraft: one.revision > 0,
    revision: one.revision,
    versions: [
      ...(one.revision > 0
        ? [{ version: (one.version ?? 0) + 1, state: 'draft' as const, at: hoursFrom(now, -1), openPlans: 0 }]
        : []),
      ...(one.version === null
        ? []
        : [{ version: one.version, state: 'published' as const, at: hoursFrom(now, -240), openPlans: 619 }]),
    ],
    faults: one.revision > 0 ? faultsOf(one.body, one.body, language) : [],
    origin: one.origin,
  });

  function make(order: NewTemplate): unknown {
    const id = randomUUID();
    const add = (body: TemplateBody, origin: string | null = null): TemplateView => {
      const one: Kept = { id, body, revision: 1, version: null, retired: false, origin };
      kept.set(id, one);
      return view(one);
    };
    if (order.from === 'library') return add(libraryBody(order.key, order.language));
    if (order.from === 'suggested')
      return add(libraryBody('transactional', language), words[language].origin);
    if (order.from === 'blank') return add(blankBody(order, language));
    if (order.from === 'copy') {
      const { body } = find(order.templateId);
      return add({ ...body, key: `t-${id.slice(0, 8)}`, name: `${body.name} (2)` });
    }
    const read = importTemplate(order.text, language);
    if (read.kind === 'read') return add(read.body);
    const message = language === 'ru' ? 'Файл не подходит.' : 'The file does not fit.';
    return { status: 422, code: 'file-faulty', message, details: read.faults };
  }

  function save({ params, body }: MockCall): unknown {
    const one = find(params['id']);
    const sent = body as { readonly body: TemplateBody; readonly revision: number };
    if (sent.revision !== one.revision) return { status: 409, code: 'saved-meanwhile', message: 'Saved.' };
    one.body = sent.body;
    one.revision += 1;
    return { revision: one.revision, faults: faultsOf(one.body, one.body, language) };
  }

  function publish({ params, body }: MockCall): unknown {
    const one = find(params['id']);
    if ((body as { readonly revision: number }).revision !== one.revision)
      return { status: 409, code: 'saved-meanwhile', message: 'Saved.' };
    one.version = (one.version ?? 0) + 1;
    one.revision = 0;
    return { version: one.version, plansBehind: one.id === FIRST ? 640 : 0 };
  }

  function mapOf(pipelineId: string, templateId: string, map?: StageMap): unknown {
    const { body } = find(templateId);
    const stages = pipelinesOf(language).find((one) => one.id === pipelineId)?.stages ?? [];
    const own = stages.map((stage, at) => ({ ...stage, pipelineId, sort: at }));
    return {
      pipelineId,
      templateId,
      map: map ?? mapStages(body.stages, own),
      templateStages: body.stages.map(({ key, name }) => ({ key, name })),
    };
  }

  const migrationView = (state: MigrationView['state']): MigrationView => ({
    id: randomUUID(),
    state,
    done: state === 'running' ? 320 : 640,
    total: 640,
    undoUntil: state === 'done' ? hoursFrom(now, 23) : null,
  });
  const nextMigration = (): MigrationView => {
    const [state = 'done', ...rest] = mock.migration;
    mock.migration = rest;
    return migrationView(state);
  };

  const routes: Record<string, MockRoute> = {
    'GET /api/templates': (): TemplatesView => ({
      templates: [...kept.values()].map(card),
      library: libraryCards(),
      pipelines: pipelinesOf(language).map((one) => ({ ...one, templateId: planned.get(one.id) ?? null })),
    }),
    'GET /api/templates/deals': ({ query }) => dealsOf(language, query.get('q') ?? ''),
    'POST /api/templates': ({ body }) => make(body as NewTemplate),
    'GET /api/templates/:id': ({ params }) => view(find(params['id'])),
    'DELETE /api/templates/:id': ({ params }) => void kept.delete(params['id'] ?? ''),
    'PUT /api/templates/:id/draft': save,
    'DELETE /api/templates/:id/draft': ({ params }) => {
      const one = find(params['id']);
      if (one.version === null) kept.delete(one.id);
      one.body = libraryBody('transactional', language);
      one.revision = 0;
      return undefined;
    },
    'POST /api/templates/:id/publish': publish,
    'POST /api/templates/:id/retire': ({ params }) => void (find(params['id']).retired = true),
    'GET /api/templates/:id/versions/:version/left-out': () => ({ leftOut: [] }),
    'GET /api/templates/:id/versions/:version/export': ({ params }) => find(params['id']).body,
    'GET /api/templates/:id/affected': ({ params }) => affected(language, params['id'] === FIRST),
    'POST /api/templates/:id/preview': ({ body }) =>
      preview(language, now, (body as { readonly body: TemplateBody }).body),
    'POST /api/templates/:id/dry-run': () => dryRun(language),
    'POST /api/templates/:id/migration/preview': () => migrationPreview(language, now),
    'POST /api/templates/:id/migration': nextMigration,
    'GET /api/migrations/:id': nextMigration,
    'POST /api/migrations/:id/stop': () => migrationView('stopped'),
    'POST /api/migrations/:id/undo': () => migrationView('undone'),
    'GET /api/pipelines/:id/stage-map': ({ params, query }) =>
      mapOf(params['id'] ?? '', query.get('templateId') ?? ''),
    'PUT /api/pipelines/:id/stage-map': ({ params, query, body }) => {
      const entries = (body as { readonly map: StageMap }).map.entries;
      const known = entries.map((entry) => ({ ...entry, match: 'manual' as const, confidence: 1 }));
      return mapOf(params['id'] ?? '', query.get('templateId') ?? '', { entries: known });
    },
    'POST /api/pipelines/:id/template': ({ params, body }) => {
      planned.set(params['id'] ?? '', (body as { readonly templateId: string }).templateId);
      return {};
    },
    'GET /api/company/people': () => peopleView(language, now, true),
    'GET /api/company/fields': () => fieldsView(language, true),
    'GET /api/company/catalogue': () => catalogueView(language, true),
    'GET /api/company/reasons': () => reasonsView(language, true),
  };
  return Object.assign(mock, { routes });
}
