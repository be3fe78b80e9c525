import type { AmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { statusKey, type Status } from '../../src/sandbox/amocrm/store/statuses.js';
import { readMark } from '../../src/hosts/common/key-mark.js';
import type { MonthService } from './month-service.js';
import { PIPELINES, stageIdOf, type PipelineName } from './planted-company.js';

/** Something that the CRM showed to somebody. */
export interface Shown {
  readonly userId: number;
  readonly at: number;
  readonly text: string;
}

/** What the script does in the CRM where the CRMs differ, and how they and the product name things. */
export interface PlantedHost {
  /** In the product, as the two after it. */
  dealKey(id: number): string;
  pipelineKey(pipeline: PipelineName): string;
  stageKey(pipeline: PipelineName, stage: string): string;
  /** As the portal's control API names a stage. */
  stageId(pipeline: PipelineName, stage: string): string;
  /** Somebody adds a field for the day that the client named; returns how the product names it. */
  addDateField(): Promise<string>;
  /** `day` is `YYYY-MM-DD`. */
  date(dealId: number, day: string): Promise<void>;
  /** "Done", said where the question of a push stands in the CRM. */
  answer(dealId: number, userId: number): Promise<void>;
  /** Everything that people were told of their own, and how often that happened. */
  shown(): Promise<{ readonly times: number; readonly all: readonly Shown[] }>;
  /** What of the product's actions that is. */
  readonly tellsBy: 'notify' | 'ask';
}

export function plantedHost(service: MonthService): PlantedHost {
  const { portal } = service;
  return portal.host === 'bitrix24' ? inBitrix24(service) : inAmocrm(service, portal);
}

const AGREED = 'Договорились на';

function inBitrix24({ inPortal }: MonthService): PlantedHost {
  const field = 'UF_CRM_AGREED';
  return {
    tellsBy: 'notify',
    dealKey: (id) => `D_${id}`,
    pipelineKey: (pipeline) => `D_${PIPELINES[pipeline]}`,
    stageKey: stageIdOf,
    stageId: stageIdOf,
    addDateField: async () => {
      await inPortal('POST', '/fields', { name: field, type: 'date', title: AGREED });
      return field;
    },
    date: (dealId, day) =>
      inPortal('PATCH', `/deals/${dealId}`, { fields: { [field]: `${day}T03:00:00+03:00` } }),
    answer: async (dealId, userId) => {
      const { activities } = await inPortal<{
        readonly activities: readonly {
          readonly id: number;
          readonly buttons: readonly { readonly key: string }[];
        }[];
      }>('GET', `/deals/${dealId}/timeline`);
      const question = activities.find((one) => one.buttons.some((button) => button.key === 'done'));
      await inPortal('POST', `/activities/${question?.id ?? 0}/press`, { button: 'done', as: userId });
    },
    shown: async () => {
      const notes = await inPortal<
        readonly {
          readonly id: number;
          readonly userId: number;
          readonly at: number;
          readonly message: string;
        }[]
      >('GET', '/notifications');
      return {
        // The portal numbers what it shows; a repeat of the same message takes the place of the first one.
        times: Math.max(0, ...notes.map((note) => note.id)),
        all: notes.map(({ userId, at, message }) => ({ userId, at, text: message })),
      };
    },
  };
}

/** People are told by tasks there; those of plans are told apart by their keys. */
function inAmocrm({ inPortal, database }: MonthService, { context, store }: AmocrmPortal): PlantedHost {
  let field = 0;
  const statusOf = (pipeline: PipelineName, stage: string): Status => {
    const status = store.pipelines.ofCompany(PIPELINES[pipeline], stage);
    if (!status) throw new Error(`no stage ${stage} in ${pipeline}`);
    return status;
  };
  const asked = async (): Promise<ReadonlySet<string>> => {
    const rows = await database().query<{ key: string }>(`SELECT key FROM outbox_action WHERE kind = 'ask'`);
    return new Set(rows.map((row) => row.key));
  };
  return {
    tellsBy: 'ask',
    dealKey: String,
    pipelineKey: (pipeline) => String(store.pipelines.ofCompanyPipeline(PIPELINES[pipeline])?.id ?? 0),
    stageKey: (pipeline, stage) => String(statusOf(pipeline, stage).id),
    stageId: (pipeline, stage) => statusKey(statusOf(pipeline, stage)),
    addDateField: async () => {
      ({ id: field } = await inPortal<{ id: number }>('POST', '/fields', { name: AGREED, type: 'date' }));
      return String(field);
    },
    date: (dealId, day) => {
      const value = Date.parse(`${day}T00:00:00+03:00`) / 1_000;
      return inPortal('PATCH', `/deals/${dealId}`, {
        customFields: [{ field_id: field, values: [{ value }] }],
      });
    },
    answer: async (dealId, userId) => {
      const keys = await asked();
      const question = context
        .tasks({ dealId, userId, open: true })
        .findLast(({ title }) => keys.has(readMark(title).key ?? ''));
      await inPortal('POST', `/tasks/${question?.id ?? 0}/complete`, { result: 'Сделано', as: userId });
    },
    shown: async () => {
      const keys = await asked();
      const all = context.tasks({}).filter(({ title }) => keys.has(readMark(title).key ?? ''));
      return {
        times: all.length,
        all: all.map(({ responsibleId, createdAt, title }) => ({
          userId: responsibleId,
          at: createdAt,
          text: title,
        })),
      };
    },
  };
}
