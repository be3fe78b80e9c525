import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { Stage } from '../../domain/crm/records.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { funnelAdviceOf, standstillOf, type Standstill } from '../../domain/pushing/prompts.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import type { DayAdviceView, DayDealView, DayPromptView } from './day.view.js';
import { notYourDeal } from './day.texts.js';
import { adviceText, promptText } from './prompts.texts.js';
import { StepTitles } from './step-titles.service.js';

const PROMPTS = 5;
const ADVICE_DEALS = 5;
const ADVICE = 2;

interface OwnDeal {
  readonly deal_id: string;
  readonly title: string;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly amount: string | null;
  readonly stage_since: Date;
  readonly last_event_at: Date;
  readonly waits: boolean;
  readonly lowered: boolean;
  readonly norm_ms: string | null;
  readonly stuck_after_ms: string | null;
  readonly next_step: string | null;
  /** The next step is this person's to do. */
  readonly is_own_step: boolean;
  readonly postponed: number | null;
  readonly template_id: string | null;
  readonly template_version: number | null;
}

/** A step as far as moving its date needs it. */
export interface MovableStep {
  readonly dealId: string;
  readonly stepId: string;
  readonly dueAt: Instant | null;
  /** How often it was put off already. */
  readonly postponed: number;
}

type Person = Pick<SessionClaims, 'accountId' | 'userId' | 'host' | 'language'>;

export interface Prompted {
  readonly prompts: readonly DayPromptView[];
  readonly advice: readonly DayAdviceView[];
}

/** What the seller is told of his own funnel: where to move on or to switch, and what to work on first. */
@Injectable()
export class Prompts {
  constructor(
    private readonly database: Database,
    private readonly structures: CompanyStructures,
    private readonly titles: StepTitles,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(person: Person): Promise<Prompted> {
    const structure = await this.structures.of(person.accountId);
    const deals = await this.own(person);
    const now = this.clock.now();
    return {
      prompts: await this.prompts(person, structure, deals, now),
      advice: this.advice(person, structure, deals),
    };
  }

  /** Puts the deal behind the person's others until it moves on, or takes that back. Idempotent. */
  async lower(person: Person, dealId: string, isLowered: boolean): Promise<void> {
    const [deal] = await this.database.query<{ stage_since: Date }>(
      `SELECT stage_since FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = $2 AND owner_id = $3
         AND stage_kind = 'open'`,
      [person.accountId, dealId, person.userId],
    );
    if (!deal) throw notYourDeal();
    if (!isLowered) {
      await this.database.query(`DELETE FROM lowered_deal WHERE account_id = $1::uuid AND deal_id = $2`, [
        person.accountId,
        dealId,
      ]);
      return;
    }
    await this.database.query(
      `INSERT INTO lowered_deal (account_id, deal_id, stage_since, by_user, at) VALUES ($1::uuid, $2, $3, $4, $5)
       ON CONFLICT (account_id, deal_id) DO UPDATE SET stage_since = excluded.stage_since, by_user = excluded.by_user,
         at = excluded.at WHERE lowered_deal.stage_since < excluded.stage_since`,
      [person.accountId, dealId, deal.stage_since, person.userId, new Date(this.clock.now())],
    );
  }

  /** The person's own step that a prompt offers to move, by the item's id; null: there is none. */
  async movable({ accountId, userId }: Person, itemId: string): Promise<MovableStep | null> {
    const [row] = await this.database.query<{
      deal_id: string;
      step_id: string;
      due_at: Date | null;
      postponed: number | null;
    }>(
      `SELECT o.deal_id, o.next_step AS step_id, s.due_at, (s.detail -> 'manual' ->> 'postponed')::int AS postponed
       FROM deal_pulse o JOIN plan_step s ON s.account_id = o.account_id AND s.plan_id = o.plan_id
         AND s.step_key || '~' || s.visit_seq = o.next_step AND s.state = 'actionable' AND s.owner_id = $2
       WHERE o.account_id = $1::uuid AND o.owner_id = $2 AND o.stage_kind = 'open'
         AND o.deal_id || '~' || o.next_step = $3`,
      [accountId, userId, itemId],
    );
    if (!row) return null;
    const { deal_id: dealId, step_id: stepId, due_at: dueAt, postponed } = row;
    return { dealId, stepId, dueAt: dueAt?.getTime() ?? null, postponed: postponed ?? 0 };
  }

  private own({ accountId, userId }: Person): Promise<readonly OwnDeal[]> {
    return this.database.query<OwnDeal>(
      `SELECT o.deal_id, d.title, o.pipeline_id, o.stage_id, trim_scale(o.amount)::text AS amount, o.stage_since,
         o.last_event_at, coalesce(o.waiting_until > $3 OR o.snoozed_until > $3, false) AS waits,
         l.deal_id IS NOT NULL AS lowered, n.norm_ms::text, n.stuck_after_ms::text, o.next_step,
         o.template_id, o.template_version, coalesce(o.next_owner_id = $2, false) AS is_own_step, (SELECT (s.detail -> 'manual' ->> 'postponed')::int FROM plan_step s
           WHERE s.account_id = o.account_id AND s.deal_id = o.deal_id AND s.plan_id = o.plan_id
             AND s.step_key || '~' || s.visit_seq = o.next_step) AS postponed
       FROM deal_pulse o JOIN deal d ON d.account_id = o.account_id AND d.deal_id = o.deal_id AND d.deleted_at IS NULL
         LEFT JOIN stage_norm n ON n.account_id = o.account_id AND n.pipeline_id = o.pipeline_id
           AND n.stage_id = o.stage_id
         LEFT JOIN lowered_deal l ON l.account_id = o.account_id AND l.deal_id = o.deal_id
           AND l.stage_since >= o.stage_since
       WHERE o.account_id = $1::uuid AND o.owner_id = $2 AND o.stage_kind = 'open' AND NOT o.unsorted`,
      [accountId, userId, new Date(this.clock.now())],
    );
  }

  private async prompts(
    person: Person,
    structure: CompanyStructure,
    deals: readonly OwnDeal[],
    now: Instant,
  ): Promise<readonly DayPromptView[]> {
    const standing = deals
      .filter((deal) => !deal.waits && !deal.lowered)
      .flatMap((deal) => {
        const stages = openStages(structure, deal.pipeline_id);
        const still = standstillOf(momentsOf(deal), normOf(deal, stages), now);
        return still
          ? [{ deal, stages, still, pain: still.over * Math.max(1, Number(deal.amount ?? 0) || 0) }]
          : [];
      })
      .toSorted((a, b) => b.pain - a.pain || (a.deal.deal_id < b.deal.deal_id ? -1 : 1))
      .slice(0, PROMPTS);
    return Promise.all(standing.map((one) => this.prompt(person, one)));
  }

  private async prompt(
    person: Person,
    {
      deal,
      stages,
      still,
    }: { readonly deal: OwnDeal; readonly stages: readonly Stage[]; readonly still: Standstill },
  ): Promise<DayPromptView> {
    const place = stages.findIndex((stage) => stage.id === deal.stage_id);
    const stageName = stages[place]?.name ?? '';
    const step = await this.stepTitle(person.accountId, deal);
    const ahead = stages[place + 1]?.name ?? null;
    return {
      ...this.dealView(person, deal),
      text: promptText({ ...still, stageName, stepTitle: step, nextStage: ahead }, person.language),
      stageName,
      actions: ['openDeal', ...(deal.is_own_step ? (['moveDate'] as const) : []), 'lowerPriority'],
      itemId: deal.is_own_step ? `${deal.deal_id}~${deal.next_step ?? ''}` : null,
      postponed: deal.postponed ?? 0,
    };
  }

  private stepTitle(accountId: string, deal: OwnDeal): Promise<string> | null {
    if (deal.next_step === null || deal.template_id === null) return null;
    const stepKey = deal.next_step.slice(0, deal.next_step.lastIndexOf('~'));
    return this.titles.title(accountId, deal.template_id, deal.template_version ?? 0, stepKey);
  }

  private advice(
    person: Person,
    structure: CompanyStructure,
    deals: readonly OwnDeal[],
  ): readonly DayAdviceView[] {
    const byPipeline = Map.groupBy(deals, (deal) => deal.pipeline_id);
    return [...byPipeline]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .flatMap(([pipelineId, own]) => {
        const stages = openStages(structure, pipelineId);
        const places = new Map(stages.map((stage, place) => [stage.id, place]));
        const load = stages.map((stage) => own.filter((deal) => deal.stage_id === stage.id).length);
        const advice = funnelAdviceOf(load);
        if (!advice) return [];
        const from = advice.kind === 'pushNearClosing' ? advice.fromPlace : 0;
        const first = own
          .filter((deal) => advice.kind === 'pushNearClosing' && (places.get(deal.stage_id) ?? -1) >= from)
          .toSorted((a, b) => (places.get(b.stage_id) ?? 0) - (places.get(a.stage_id) ?? 0));
        const pipelineName = structure.pipelines.find((one) => one.id === pipelineId)?.name ?? '';
        return [
          {
            kind: advice.kind,
            pipelineName,
            text: adviceText(advice, { pipelineName, stageName: stages[from]?.name ?? '' }, person.language),
            deals: first.slice(0, ADVICE_DEALS).map((deal) => this.dealView(person, deal)),
          },
        ];
      })
      .slice(0, ADVICE);
  }

  private dealView({ host }: Person, deal: OwnDeal): DayDealView {
    const dealPath = this.hosts.get(host)?.dealPath?.(deal.deal_id) ?? null;
    return { dealId: deal.deal_id, dealTitle: deal.title, dealPath };
  }
}

function openStages(structure: CompanyStructure, pipelineId: string): readonly Stage[] {
  return structure.stages
    .filter((stage) => stage.pipelineId === pipelineId && stage.kind === 'open')
    .toSorted((a, b) => a.sort - b.sort);
}

function momentsOf(deal: OwnDeal): { readonly stageSince: Instant; readonly lastEventAt: Instant } {
  return { stageSince: deal.stage_since.getTime(), lastEventAt: deal.last_event_at.getTime() };
}

function normOf(deal: OwnDeal, stages: readonly Stage[]): Parameters<typeof standstillOf>[1] {
  return {
    normMs: deal.norm_ms === null ? null : Number(deal.norm_ms),
    stuckAfterMs: deal.stuck_after_ms === null ? null : Number(deal.stuck_after_ms),
    place: Math.max(
      0,
      stages.findIndex((stage) => stage.id === deal.stage_id),
    ),
    openStages: stages.length,
  };
}
