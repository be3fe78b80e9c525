import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import axios from 'axios';
import type { TemplateStage, TemplateStep } from '../../src/domain/plans/types.js';
import type { PlanView, StepCommandAnswer, StepView } from '../../src/features/plans/plan.view.js';
import type { TemplateView } from '../../src/features/plans/templates.view.js';
import { createApp } from '../../src/create-app.js';
import { createHosts } from '../../src/hosts/create-hosts.js';
import { systemClock } from '../../src/infra/clock.js';
import { Config } from '../../src/infra/config/config.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import type { Database } from '../../src/infra/db/database.js';
import { createLogger, Log } from '../../src/infra/log.js';
import type { CrmContext } from '../../src/sandbox/common/page/crm-context.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { INTEGRATION } from './amocrm-world.js';
import { startAmocrmEverything } from './amocrm-running.js';
import { MortalDatabase } from './mortal-database.js';
import { settleSeconds } from './move-seconds.js';
import { PUT_FORWARD } from './plan-world.js';
import { smallCompany, startEverything, UNLIMITED } from './running.js';
import { until } from './until.js';
import { openFrame, stepsOf } from './widget-person.js';

export const PATIENCE = { timeoutMs: 60_000 };
/** Hosts date moves by whole seconds: two of them are kept apart. */
const MOVES_APART_MS = 3_000;
/** Of the running portal's application: the same card, so the same secrets. */
const SEED = 7;
const CLOSING_MS = 5_000;

/** What a person's widget can ask for; never throws for a status. */
interface Caller {
  get<T>(path: string): Promise<{ readonly data: T; readonly status: number }>;
  post<T>(path: string, body?: object): Promise<{ readonly data: T; readonly status: number }>;
  put<T>(path: string, body: object): Promise<{ readonly data: T; readonly status: number }>;
}

/** What differs between hosts, as far as these tests look. */
interface HostPlace {
  readonly context: CrmContext;
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Of the pipeline in which plans run. */
  readonly pipelineId: number;
  readonly pipelineKey: string;
  dealKey(dealId: number): string;
  comments(dealId: number): readonly string[];
  /** A lead comes in by a form, where the host keeps those apart; its id. */
  readonly incoming?: () => Promise<number>;
  enter(userId: number): Promise<Caller>;
  /** Another process over the same card of the application. */
  hosts(publicUrl: string, log: Log): ReturnType<typeof createHosts>;
  stop(): Promise<void>;
}

const PLAN_HOSTS = {
  bitrix24: async (database: Database): Promise<HostPlace> => {
    const running = await startEverything({ database, company: smallCompany(10) });
    const { context } = running.portal;
    return {
      context,
      app: running.app,
      url: running.url,
      pipelineId: 0,
      pipelineKey: 'D_0',
      dealKey: (dealId) => `D_${dealId}`,
      comments: (dealId) => context.timeline(dealId).map((entry) => entry.text),
      enter: async (userId) => {
        const person = await openFrame(running, userId);
        return {
          get: (path) => person.get(path),
          post: (path, body = {}) => person.post(path, body),
          put: (path, body) => person.send('PUT', path, body),
        };
      },
      hosts: (publicUrl, log) => {
        const { clientId, clientSecret } = demoApplication(running.url, 'ru', SEED);
        const trustedOrigins = [new URL(running.portal.url).origin];
        return createHosts(
          { BITRIX24_CLIENT_ID: clientId, BITRIX24_CLIENT_SECRET: clientSecret, ...UNLIMITED },
          { clock: systemClock, log, trustedOrigins, publicUrl },
        );
      },
      stop: () => running.stop(),
    };
  },
  amocrm: async (database: Database): Promise<HostPlace> => {
    const running = await startAmocrmEverything({ database, company: smallCompany(10) });
    const { context } = running.portal;
    const pipelineId = context.pipelines()[0]?.id ?? 0;
    return {
      context,
      app: running.app,
      url: running.url,
      pipelineId,
      pipelineKey: String(pipelineId),
      dealKey: String,
      comments: (dealId) => context.notes(dealId).map(({ text }) => text),
      incoming: async () => {
        const form = { name: 'Заявка с сайта', contactName: 'Вера', category: 'forms' };
        await axios.post(`${running.portal.control}/unsorted`, form, { proxy: false });
        return [...running.portal.store.leads].at(-1)?.id ?? 0;
      },
      enter: async (userId) => {
        const { api } = await running.enter(userId);
        return {
          get: (path) => api.get(path),
          post: (path, body = {}) => api.post(path, body),
          put: (path, body) => api.put(path, body),
        };
      },
      hosts: (publicUrl, log) =>
        createHosts(
          { AMOCRM_CLIENT_ID: INTEGRATION.clientId, AMOCRM_CLIENT_SECRET: INTEGRATION.clientSecret },
          { clock: systemClock, log, trustedOrigins: [running.portal.url], publicUrl },
        ),
      stop: () => running.stop(),
    };
  },
} as const;

export type PlanHostName = keyof typeof PLAN_HOSTS;

type Funnel = readonly (Partial<TemplateStage> & { readonly steps: readonly TemplateStep[] })[];

/** The whole product in one of the hosts, with a funnel of the test's own, and the way to kill its process. */
export class PlanHost {
  /** Of the pipeline, open ones, in order. */
  readonly stageIds: readonly string[];
  readonly admin: number;
  /** Active, no administrators. */
  readonly people: readonly number[];
  /** Where new leads were to wait when plans were switched on. */
  intake: readonly { readonly stage_id: string }[] = [];
  private second: NestFastifyApplication | null = null;

  private constructor(
    readonly place: HostPlace,
    readonly mortal: MortalDatabase,
    private readonly truth: Database,
    private caller: Caller,
  ) {
    const { context, pipelineId } = place;
    const pipeline = context.pipelines().find(({ id }) => id === pipelineId);
    this.stageIds = pipeline?.stages.filter(({ kind }) => kind === 'open').map(({ id }) => id) ?? [];
    const users = context.users().filter(({ active }) => active);
    this.admin = users.find(({ admin }) => admin)?.id ?? 0;
    this.people = users.filter(({ admin }) => !admin).map(({ id }) => id);
  }

  static async start(name: PlanHostName, database: Database): Promise<PlanHost> {
    const mortal = new MortalDatabase(database);
    const place = await PLAN_HOSTS[name](mortal.database);
    const behind = `SELECT 1 FROM checkpoint WHERE stage <> 'following' AND stream IN ('deals', 'users', 'departments')`;
    await until(async () => {
      const [stage] = await database.query('SELECT 1 FROM stage LIMIT 1');
      return stage !== undefined && (await database.query(behind)).length === 0;
    }, PATIENCE);
    const admin = place.context.users().find((user) => user.admin && user.active)?.id ?? 0;
    return new PlanHost(place, mortal, database, await place.enter(admin));
  }

  /** Publishes a funnel with these first stages and switches it on. */
  async switchOn(stages: Funnel): Promise<void> {
    const { pipelineKey } = this.place;
    const order = { from: 'blank', name: 'Своя воронка', language: 'ru', pipelineId: pipelineKey };
    const { data } = await this.caller.post<TemplateView>('/api/templates', order);
    const own = data.body.stages.map((stage, at) => ({ ...stage, ...stages[at] }));
    const address = `/api/templates/${data.id}`;
    const draft = { body: { ...data.body, stages: own }, revision: data.revision };
    const saved = await this.caller.put<{ revision: number }>(`${address}/draft`, draft);
    const published = await this.caller.post(`${address}/publish`, { revision: saved.data.revision });
    const on = { templateId: data.id, language: 'ru', existingDeals: false };
    const switched = await this.caller.post(`/api/pipelines/${pipelineKey}/template`, on);
    if (published.status !== 200 || switched.status !== 200)
      throw new Error(JSON.stringify([saved.data, published.data, switched.data]));
    // Where the host keeps new leads apart they would wait to be accepted.
    this.intake = await this.rows<{ stage_id: string }>('SELECT stage_id FROM intake_stage');
    await this.holdBack([]);
  }

  /** From now on new leads wait in these stages to be accepted. */
  async holdBack(stageIds: readonly string[]): Promise<void> {
    await this.caller.put(`/api/pipelines/${this.place.pipelineKey}/intake`, { stageIds });
  }

  /** A new deal in the first stage, once its plan is there. */
  async deal(): Promise<number> {
    const { context, pipelineId } = this.place;
    const ownerId = this.people[0] ?? 0;
    const [stageId = ''] = this.stageIds;
    const { id } = context.createDeal(
      { title: 'Сделка для проверки', pipelineId, stageId, ownerId },
      ownerId,
    );
    await until(async () => (await this.view(id)).plan?.state === 'active', {
      ...PATIENCE,
      what: 'the plan',
    });
    return id;
  }

  async move(dealId: number, at: number): Promise<void> {
    await settleSeconds(this.place.context, dealId, MOVES_APART_MS);
    this.place.context.moveDeal(dealId, this.stageIds[at] ?? '', this.admin);
  }

  /** As if what the product put off on purpose had waited long enough: a return of a deal above all. */
  async waitedFor(dealId: number): Promise<void> {
    await this.rows(PUT_FORWARD, [this.place.dealKey(dealId)]);
  }

  /** Once the plan knows that the deal stands there. */
  async stands(dealId: number, at: number): Promise<void> {
    const key = `stage-${at + 1}`;
    await until(
      async () =>
        (await this.view(dealId)).stages.some((each) => each.position === 'current' && each.key === key),
      { ...PATIENCE, what: `the plan at ${key}` },
    );
  }

  /** Where the deal is in the host itself. */
  stageOf(dealId: number): number {
    return this.stageIds.indexOf(this.place.context.deal(dealId)?.stageId ?? '');
  }

  /** How often the deal came to this stage, by the host's own history. */
  entries(dealId: number, at: number): number {
    const stays = this.place.context.stageHistory(dealId);
    return stays.filter(({ stageId }) => stageId === this.stageIds[at]).length;
  }

  async view(dealId: number): Promise<PlanView> {
    return (await this.caller.get<PlanView>(`/api/plan/${this.place.dealKey(dealId)}`)).data;
  }

  async steps(dealId: number, stepKey: string): Promise<readonly StepView[]> {
    return stepsOf(await this.view(dealId)).filter(({ id }) => id.startsWith(`${stepKey}~`));
  }

  /** The pass of the step that is not over, else its last one. */
  async step(dealId: number, stepKey: string): Promise<StepView> {
    const found = await this.steps(dealId, stepKey);
    const best = found.findLast((step) => step.outcome === null) ?? found.at(-1);
    if (!best) throw new Error(`no step ${stepKey}`);
    return best;
  }

  post(dealId: number, what: string, body: object = {}) {
    return this.caller.post<StepCommandAnswer>(`/api/plan/${this.place.dealKey(dealId)}/${what}`, body);
  }

  /** Titles of the deal's open tasks in the host. */
  openTasks(dealId: number): readonly string[] {
    return this.place.context.tasks({ dealId, open: true }).map(({ title }) => title);
  }

  rows<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.truth.query<Row>(sql, params);
  }

  /** How often this happened to the deal's plans. */
  async events(dealId: number, kind: string): Promise<number> {
    const sql = 'SELECT 1 FROM plan_event WHERE deal_id = $1 AND kind = $2';
    return (await this.rows(sql, [this.place.dealKey(dealId), kind])).length;
  }

  /** The dead process is gone, its leases are over, and a new one starts on its database at its address. */
  async bootAgain(): Promise<void> {
    const { app, url } = this.place;
    const secret = app.get(Config).secrets[0] ?? '';
    await Promise.race([app.close().catch(() => undefined), sleep(CLOSING_MS)]);
    app.getHttpServer().closeAllConnections();
    app.getHttpServer().close();
    for (const table of ['outbox_action', 'outbox_task'])
      await this.rows(
        `UPDATE ${table} SET claimed_until = now() - interval '1 second',
           first_sent_at = first_sent_at - interval '10 min', sending_at = sending_at - interval '10 min'
         WHERE claimed_until IS NOT NULL`,
      );
    const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-again-'));
    const config = readConfig({
      PORT: new URL(url).port,
      DATA_DIR: dataDir,
      SANDBOX: 'on',
      LOG_LEVEL: 'silent',
      APP_SECRET: secret,
    });
    const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
    const { database } = new MortalDatabase(this.truth);
    this.second = await createApp({ config, log, hosts: this.place.hosts(config.publicUrl, log), database });
    await this.second.listen(Number(config.port), '127.0.0.1');
    rmSync(dataDir, { recursive: true, force: true });
    this.caller = await this.place.enter(this.admin);
  }

  async stop(): Promise<void> {
    await this.second?.close();
    await this.place.stop();
    await this.truth.close();
  }
}
