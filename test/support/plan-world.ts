import { COMPANY, type Company } from '../../src/contract/company.js';
import type { Clock } from '../../src/domain/crm/time.js';
import type { TemplateBody, TemplateStage, TemplateStep } from '../../src/domain/plans/types.js';
import type { PlanView, StepView } from '../../src/features/plans/plan.view.js';
import type { TemplateView } from '../../src/features/plans/templates.view.js';
import { systemClock } from '../../src/infra/clock.js';
import type { Database } from '../../src/infra/db/database.js';
import { aStep } from './plan-builders.js';
import { settleSeconds } from './move-seconds.js';
import { smallCompany, startEverything, type Running } from './running.js';
import { until } from './until.js';
import { openFrame, stepsOf, type WidgetPerson } from './widget-person.js';

const MOVES_APART_MS = 1_100;

export const WAIT = { timeoutMs: 60_000 };

/** A worker finds it with its next look. */
export const PUT_FORWARD = `UPDATE outbox_action SET next_at = now()
  WHERE deal_id = $1 AND state = 'planned' AND next_at > now()`;

/** Steps and rules of a pipeline's first stages, by their places; `steps` of the won stage under `won`. */
export interface Funnel {
  readonly stages: readonly (Partial<TemplateStage> & { readonly steps: readonly TemplateStep[] })[];
  readonly body?: Partial<TemplateBody>;
}

/** The whole product over a simulated portal, and one funnel of the test's own in the portal's first pipeline. */
export interface PlanWorld {
  readonly running: Running;
  readonly admin: WidgetPerson;
  readonly accountId: string;
  readonly company: Company;
  /** Open stages of the pipeline, in order. */
  readonly stages: readonly { readonly id: string; readonly name: string }[];
  readonly wonStage: string;
  /** Active people who are no administrators; heads are among them. */
  readonly people: readonly number[];
  /** Publishes the funnel and switches it on in the pipeline. Returns the template's id. */
  switchOn(funnel: Funnel): Promise<string>;
  open(userId: number): Promise<WidgetPerson>;
  /** A new deal of the pipeline, once its plan is there. */
  deal(ownerId?: number): Promise<number>;
  /** Hosts date moves by whole seconds: two of them are kept apart. */
  move(dealId: number, stageId: string): Promise<void>;
  view(dealId: number, person?: WidgetPerson): Promise<PlanView>;
  step(dealId: number, stepKey: string, person?: WidgetPerson): Promise<StepView>;
  /** As if what the product put off on purpose had waited long enough: a return of a deal above all. */
  waitedFor(dealId: number): Promise<void>;
  rows<Row = { readonly n: number }>(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  /** How often this happened to the deal's plans. */
  events(dealId: number, kind: string): Promise<number>;
}

export async function startPlanWorld(
  database: Database,
  company = smallCompany(10),
  clock: Clock = systemClock,
): Promise<PlanWorld> {
  const running = await startEverything({ database, company, clock });
  const { context } = running.portal;
  await until(async () => (await rows('SELECT 1 FROM stage')).length > 0, WAIT);
  await until(
    async () =>
      (
        await rows(
          `SELECT 1 FROM checkpoint WHERE stage <> 'following' AND stream IN ('deals', 'users', 'departments')`,
        )
      ).length === 0,
    WAIT,
  );
  const boss = context.users().find((user) => user.admin && user.active)?.id ?? 0;
  const admin = await openFrame(running, boss);
  const [account] = await rows<{ account_id: string }>('SELECT account_id FROM account');
  const pipeline = context.pipelines().find((each) => each.id === 0);
  const stages = pipeline?.stages.filter((stage) => stage.kind === 'open') ?? [];
  const people = context.users().filter((user) => user.active && !user.admin);

  async function rows<Row>(sql: string, params: readonly unknown[] = []): Promise<readonly Row[]> {
    return database.query<Row>(sql, params);
  }
  async function view(dealId: number, person = admin): Promise<PlanView> {
    return (await person.get<PlanView>(`/api/plan/D_${dealId}`)).data;
  }

  return {
    running,
    admin,
    accountId: account?.account_id ?? '',
    company: running.app.get<Company>(COMPANY, { strict: false }),
    stages,
    wonStage: pipeline?.stages.find((stage) => stage.kind === 'won')?.id ?? '',
    people: people.map((user) => user.id),
    rows,
    view,
    waitedFor: async (dealId) => {
      await rows(PUT_FORWARD, [`D_${dealId}`]);
    },
    open: (userId) => openFrame(running, userId),
    move: async (dealId, stageId) => {
      await settleSeconds(context, dealId, MOVES_APART_MS);
      context.moveDeal(dealId, stageId, boss);
    },
    switchOn: async (funnel) => {
      const order = { from: 'blank', name: 'Своя воронка', language: 'ru', pipelineId: 'D_0' };
      const { data } = await admin.post<TemplateView>('/api/templates', order);
      const body = {
        ...data.body,
        ...funnel.body,
        stages: data.body.stages.map((stage, at) => ({ ...stage, ...funnel.stages[at] })),
      };
      const path = `/api/templates/${data.id}`;
      const saved = await admin.send<{ revision: number }>('PUT', `${path}/draft`, {
        body,
        revision: data.revision,
      });
      const published = await admin.post(`${path}/publish`, { revision: saved.data.revision });
      if (published.status !== 200) throw new Error(JSON.stringify([saved.data, published.data]));
      const on = { templateId: data.id, language: 'ru', existingDeals: false };
      const switched = await admin.post('/api/pipelines/D_0/template', on);
      if (switched.status !== 200) throw new Error(JSON.stringify(switched.data));
      return data.id;
    },
    deal: async (ownerId = people[0]?.id ?? 0) => {
      const draft = { title: 'Сделка для проверки', pipelineId: 0, ownerId };
      const { id } = context.createDeal(draft, ownerId);
      const planned = async (): Promise<boolean> =>
        (await rows(`SELECT 1 FROM plan WHERE deal_id = 'D_${id}'`)).length > 0;
      await until(planned, { ...WAIT, what: 'the plan of a new deal' });
      return id;
    },
    step: async (dealId, stepKey, person = admin) => {
      const shown = await view(dealId, person);
      const all = [
        ...stepsOf(shown),
        ...(shown.afterSale ?? []).flatMap((each) => each.stages.flatMap((s) => s.steps)),
      ];
      const found = all.find((each) => each.id.startsWith(`${stepKey}~`));
      if (!found) throw new Error(`no step ${stepKey} in ${all.map(({ id }) => id).join(' ')}`);
      return found;
    },
    events: async (dealId, kind) => {
      const found = await rows(`SELECT 1 FROM plan_event WHERE deal_id = 'D_${dealId}' AND kind = $1`, [
        kind,
      ]);
      return found.length;
    },
  };
}

/** A step that is a task as soon as its stage is entered. */
export function aTask(key: string, changes: Partial<TemplateStep> = {}): TemplateStep {
  return aStep(key, { title: `Шаг ${key}`, required: false, ...changes });
}
