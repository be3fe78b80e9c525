import type { PeopleView } from '../../src/features/company/company.view.js';
import type { NewTemplate, TemplateView } from '../../src/features/plans/templates.view.js';
import type { MonthService } from './month-service.js';
import { BOSS, PEOPLE, TEMPLATES, type PipelineName } from './planted-company.js';
import type { PlantedHost } from './planted-host.js';
import type { PlantedMonth } from './planted-month.js';
import type { PlantedRule } from './planted-script.js';
import { dateOf, HALF_DAY, HOLIDAYS, WORKED_SATURDAY } from './planted-time.js';
import type { Caller } from './virtual-host.js';

const RULES: readonly PlantedRule[] = [
  ...(['firstContactLate', 'noPlanAfterAcceptance', 'planEndsEarly', 'noNextStep', 'stepOverdue'] as const),
  ...(['nextStepTooFar', 'idle', 'stuck', 'dormant', 'clientDatePassed', 'movedWithOpenSteps'] as const),
  ...(['lostWithoutReason', 'unsortedWaiting', 'tooFewTouches', 'putOffAgain', 'sellerOverloaded'] as const),
  ...(['tooFewNearClosing', 'topEmpty'] as const),
];

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
export async function setUp(month: PlantedMonth, service: MonthService, host: PlantedHost): Promise<SetUp> {
  const admin = await service.as(BOSS);
  await setCalendar(admin, month.start);
  await setZones(admin);
  const clientDate = await host.addDateField();
  const fields = await admin.get<{ revision: number }>('/api/company/fields');
  const map = { clientDate };
  demand(await admin.send('PUT', '/api/company/fields', { revision: fields.data.revision, map }));
  for (const pipeline of ['projects', 'short'] as const)
    await switchOn(admin, host.pipelineKey(pipeline), await publish(admin, pipeline));
  const inboxTemplate = await publish(admin, 'inbox');
  const intake = { stageIds: [host.stageKey('inbox', 'INBOX')] };
  demand(await admin.send('PUT', `/api/pipelines/${host.pipelineKey('inbox')}/intake`, intake));
  demand(await admin.send('PUT', '/api/rules', { heldOutShare: month.heldOutShare }));
  for (const rule of RULES) {
    const parameters = rule === 'topEmpty' ? { parameters: { count: 1 } } : {};
    demand(await admin.send('PUT', `/api/rules/${rule}`, { on: true, ...parameters }));
  }
  const reasons = await admin.get<{ reasons: readonly Reason[] }>('/api/company/reasons');
  return { inboxTemplate, reasons: reasons.data.reasons };
}

async function setCalendar(admin: Caller, start: number): Promise<void> {
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

/** Not every CRM knows where its people live. */
async function setZones(admin: Caller): Promise<void> {
  const { data } = await admin.get<PeopleView>('/api/company/people');
  for (const { id, timeZone, own } of data.people) {
    const zone = PEOPLE[Number(id)]?.zone ?? timeZone;
    if (zone === timeZone) continue;
    const schedule = { revision: own.revision, week: null, timeZone: zone };
    demand(await admin.send('PUT', `/api/company/people/${id}/schedule`, schedule));
  }
}

async function publish(admin: Caller, pipeline: PipelineName): Promise<string> {
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

export async function switchOn(admin: Caller, pipelineKey: string, templateId: string): Promise<void> {
  const order = { templateId, language: 'ru', existingDeals: false };
  demand(await admin.post(`/api/pipelines/${pipelineKey}/template`, order));
}

export function demand({ status, data }: { readonly status: number; readonly data: unknown }): void {
  if (status >= 300) throw new Error(`the product refused with ${status}: ${JSON.stringify(data)}`);
}
