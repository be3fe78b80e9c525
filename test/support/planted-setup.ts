import type { NewTemplate, TemplateView } from '../../src/features/plans/templates.view.js';
import type { MonthService } from './month-service.js';
import { BOSS, PIPELINES, stageIdOf, TEMPLATES, type PipelineName } from './planted-company.js';
import type { PlantedMonth } from './planted-month.js';
import type { PlantedRule } from './planted-script.js';
import { dateOf, HALF_DAY, HOLIDAYS, WORKED_SATURDAY } from './planted-time.js';
import type { WidgetPerson } from './widget-person.js';

const RULES: readonly PlantedRule[] = [
  ...(['firstContactLate', 'noPlanAfterAcceptance', 'planEndsEarly', 'noNextStep', 'stepOverdue'] as const),
  ...(['nextStepTooFar', 'idle', 'stuck', 'dormant', 'clientDatePassed', 'movedWithOpenSteps'] as const),
  ...(['lostWithoutReason', 'unsortedWaiting', 'tooFewTouches', 'putOffAgain', 'sellerOverloaded'] as const),
  ...(['tooFewNearClosing', 'topEmpty'] as const),
];
/** When the client agreed to decide. */
export const DATE_FIELD = 'UF_CRM_AGREED';

export interface Reason {
  readonly key: string;
  readonly uses: readonly string[];
}

/** What the rest of the month needs of the first morning. */
interface SetUp {
  /** Of the inbox, where plans are switched on later. */
  readonly inboxTemplate: string;
  readonly reasons: readonly Reason[];
}

/** What an administrator sets up on the first morning. */
export async function setUp(month: PlantedMonth, service: MonthService): Promise<SetUp> {
  const admin = await service.as(BOSS);
  await setCalendar(admin, month.start);
  await service.inPortal('POST', '/fields', { name: DATE_FIELD, type: 'date', title: 'Договорились на' });
  const fields = await admin.get<{ revision: number }>('/api/company/fields');
  const map = { clientDate: DATE_FIELD };
  demand(await admin.send('PUT', '/api/company/fields', { revision: fields.data.revision, map }));
  for (const pipeline of ['projects', 'short'] as const)
    await switchOn(admin, pipeline, await publish(admin, pipeline));
  const inboxTemplate = await publish(admin, 'inbox');
  const intake = { stageIds: [stageIdOf('inbox', 'INBOX')] };
  demand(await admin.send('PUT', `/api/pipelines/${pipelineKey('inbox')}/intake`, intake));
  demand(await admin.send('PUT', '/api/rules', { heldOutShare: 0 }));
  for (const rule of RULES) {
    const parameters = rule === 'topEmpty' ? { parameters: { count: 1 } } : {};
    demand(await admin.send('PUT', `/api/rules/${rule}`, { on: true, ...parameters }));
  }
  const reasons = await admin.get<{ reasons: readonly Reason[] }>('/api/company/reasons');
  return { inboxTemplate, reasons: reasons.data.reasons };
}

async function setCalendar(admin: WidgetPerson, start: number): Promise<void> {
  const { data } = await admin.get<{ revision: number }>('/api/company/calendar');
  const day = (hours: readonly object[]) => ({ hours });
  const full = day([{ from: '09:00', to: '18:00' }]);
  const off = day([]);
  const override = (number: number, hours: object, note: string) => ({
    date: dateOf(start, number),
    note,
    ...hours,
  });
  demand(
    await admin.send('PUT', '/api/company/calendar', {
      revision: data.revision,
      country: null,
      timeZone: 'Europe/Moscow',
      week: [full, full, full, full, full, off, off],
      overrides: [
        override(HALF_DAY, day([{ from: '09:00', to: '13:00' }]), 'короткий день'),
        ...HOLIDAYS.map((number) => override(number, off, 'праздник')),
        override(WORKED_SATURDAY, full, 'рабочая суббота'),
      ],
    }),
  );
}

async function publish(admin: WidgetPerson, pipeline: PipelineName): Promise<string> {
  const order: NewTemplate = { from: 'blank', name: pipeline, language: 'ru' };
  const { data: draft } = await admin.post<TemplateView>('/api/templates', order);
  const body = { ...draft.body, stages: TEMPLATES[pipeline] };
  const saved = await admin.send<{ revision: number }>('PUT', `/api/templates/${draft.id}/draft`, {
    ...{ body, revision: draft.revision },
  });
  demand(saved);
  demand(await admin.post(`/api/templates/${draft.id}/publish`, { revision: saved.data.revision }));
  return draft.id;
}

export async function switchOn(
  admin: WidgetPerson,
  pipeline: PipelineName,
  templateId: string,
): Promise<void> {
  const order = { templateId, language: 'ru', existingDeals: false };
  demand(await admin.post(`/api/pipelines/${pipelineKey(pipeline)}/template`, order));
}

function pipelineKey(pipeline: PipelineName): string {
  return `D_${PIPELINES[pipeline]}`;
}

export function demand({ status, data }: { readonly status: number; readonly data: unknown }): void {
  if (status >= 300) throw new Error(`the product refused with ${status}: ${JSON.stringify(data)}`);
}
