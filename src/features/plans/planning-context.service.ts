import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { COMPANY, type Company, type CompanyRules } from '../../contract/company.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import type { Deal, Stage } from '../../domain/crm/records.js';
import type { StageMap, TemplateBody } from '../../domain/plans/types.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { PlanningPeople } from './planning-people.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { completeMap } from './template-bodies.service.js';
import {
  stageMapKey,
  TemplateRepository,
  type AccountPlans,
  type PipelinePlan,
} from './template.repository.js';

/** A published template version. */
export type Funnel = Pick<PipelinePlan, 'templateId' | 'version'>;

/** What new plans depend on besides their pipeline. */
interface Launching {
  /** Newest published versions of the templates that products name, by template id. */
  readonly funnels: ReadonlyMap<string, number>;
  /** `pipeline|stage` where new leads wait to be accepted. */
  readonly intake: ReadonlySet<string>;
}

const NOTHING_SPECIAL: Launching = { funnels: new Map(), intake: new Set() };

/** Everything of an account that decisions about its plans need besides the deals; a value of one moment. */
export class PlanningContext {
  readonly people: PlanningPeople;
  private readonly maps = new Map<string, StageMap>();
  private readonly stagesByPipeline: ReadonlyMap<string, readonly Stage[]>;

  constructor(
    readonly accountId: string,
    readonly now: Instant,
    readonly structure: CompanyStructure,
    readonly company: CompanyRules,
    private readonly plans: AccountPlans,
    private readonly launching: Launching = NOTHING_SPECIAL,
  ) {
    this.stagesByPipeline = Map.groupBy(structure.stages, (stage) => stage.pipelineId);
    this.people = new PlanningPeople(structure, company);
  }

  /** Null: plans are switched off there. */
  pipelinePlan(pipelineId: string): PipelinePlan | null {
    return this.plans.byPipeline.get(pipelineId) ?? null;
  }

  /** What a new plan of the deal follows: the funnel of its product, else the usual one. */
  funnelFor(deal: Deal, usual: Funnel): Funnel {
    if (this.launching.funnels.size === 0) return usual;
    const templateId = this.company.productOf(deal)?.templateId ?? null;
    const version = templateId === null ? undefined : this.launching.funnels.get(templateId);
    return templateId === null || version === undefined ? usual : { templateId, version };
  }

  get hasIntake(): boolean {
    return this.launching.intake.size > 0;
  }

  /** Whether the deal stands where new leads wait. */
  isIntake({ pipelineId, stageId }: Pick<Deal, 'pipelineId' | 'stageId'>): boolean {
    return this.launching.intake.has(`${pipelineId}|${stageId}`);
  }

  get anythingSwitchedOn(): boolean {
    return this.plans.byPipeline.size > 0;
  }

  /** The administrator's map of this version on the pipeline, else the one that names and places suggest. */
  stageMap(template: TemplateBody, templateId: string, version: number, pipelineId: string): StageMap {
    const key = stageMapKey(pipelineId, templateId, version);
    const known = this.maps.get(key);
    if (known) return known;
    const map = completeMap(
      this.plans.maps.get(key) ?? null,
      template,
      this.stagesByPipeline.get(pipelineId) ?? [],
    );
    this.maps.set(key, map);
    return map;
  }
}

@Injectable()
export class PlanningContexts {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    private readonly structure: CompanyStructures,
    private readonly templates: TemplateRepository,
    @Inject(COMPANY) private readonly company: Company,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null: the account is gone or frozen, nothing is to be planned. Never inside a transaction. People may be some seconds old. */
  async of(
    accountId: string,
    people: 'asRemembered' | 'asStored' = 'asRemembered',
  ): Promise<PlanningContext | null> {
    const account = await this.accounts.find(accountId);
    if (!account || (account.state !== 'active' && account.state !== 'connecting')) return null;
    const structure =
      people === 'asStored' ? await this.structure.now(accountId) : await this.structure.of(accountId);
    const plans = await this.templates.accountPlans(accountId);
    const company = await this.company.of(accountId);
    const funnels = await this.funnelsOf(accountId, company);
    const intake = await this.intakeOf(accountId);
    return new PlanningContext(accountId, this.clock.now(), structure, company, plans, { funnels, intake });
  }

  private async intakeOf(accountId: string): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ pipeline_id: string; stage_id: string }>(
      'SELECT pipeline_id, stage_id FROM intake_stage WHERE account_id = $1::uuid',
      [accountId],
    );
    return new Set(rows.map((row) => `${row.pipeline_id}|${row.stage_id}`));
  }

  private async funnelsOf(accountId: string, company: CompanyRules): Promise<ReadonlyMap<string, number>> {
    const wanted = new Set(company.productLine.map((line) => line.templateId).filter((id) => id !== null));
    if (wanted.size === 0) return NO_FUNNELS;
    const heads = await this.templates.heads(accountId);
    return new Map(
      heads.filter((head) => wanted.has(head.templateId)).map((head) => [head.templateId, head.version]),
    );
  }
}

const NO_FUNNELS: ReadonlyMap<string, number> = new Map();
