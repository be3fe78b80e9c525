import { Injectable } from '@nestjs/common';
import type { FormerDeadlines, OrderOutcome, PlanCommands, StepOrder } from '../../contract/plan-commands.js';
import type { Instant } from '../../domain/crm/time.js';
import type { StepCommand } from '../../domain/plans/step-commands.js';
import type { PausePlan, PlanStep, TemplateStep } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanDecisions, type PlanEdit } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { StepCommands } from './step-commands.service.js';
import { readResult } from './step-result.reader.js';
import type { DealFacts, PlanEvent, StoredPlan } from './stored-plan.js';

/** Every step may be written again: one transaction takes no more plans than this. */
const CHUNK = 200;

/** An open, locked plan as the order leaves it; null: the order says nothing of it. */
type Edit = (
  plan: StoredPlan,
  facts: DealFacts,
  now: Instant,
) => { readonly plan: StoredPlan; readonly what: Pick<PlanEvent, 'kind' | 'detail'> } | null;

type PauseOrder = Pick<PausePlan, 'until' | 'reason' | 'follows'>;

/** Orders of people about plans, of one or of many deals. Rights are the caller's to check. */
@Injectable()
export class PlanOrders implements PlanCommands {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
    private readonly deals: DealFactsRepository,
    private readonly decisions: PlanDecisions,
    private readonly commands: StepCommands,
  ) {}

  async step(
    accountId: string,
    place: { readonly dealId: string; readonly stepId: string },
    order: StepOrder,
    by: string,
    language: 'ru' | 'en',
  ): Promise<OrderOutcome> {
    const facts = (await this.deals.load(this.database, accountId, [place.dealId])).get(place.dealId);
    try {
      if (!facts || facts.deleted) throw noDeal();
      const access = { facts, scope: 'deal' } as const;
      const commandFor = (rule: TemplateStep): StepCommand => commandOf(order, rule, by);
      await this.commands.run({ accountId, userId: by }, access, place.stepId, commandFor);
      return { kind: 'ok' };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: 'refused', code: error.code, text: error.text[language] };
    }
  }

  reassign(
    accountId: string,
    dealIds: readonly string[],
    userId: string,
    by: string,
  ): Promise<readonly string[]> {
    return this.each(accountId, dealIds, by, (plan, { deal }) => {
      const steps = plan.steps.map((step) => handed(step, deal.ownerId, userId));
      if (steps.every((step, at) => step === plan.steps[at])) return null;
      return { plan: { ...plan, steps }, what: { kind: 'plan.reassigned', detail: { userId } } };
    });
  }

  /** The time so far counts as a pause: what became possible in it gets its whole norm anew from now. */
  async replan(
    accountId: string,
    dealIds: readonly string[],
    by: string,
  ): Promise<readonly FormerDeadlines[]> {
    const former: FormerDeadlines[] = [];
    await this.each(accountId, dealIds, by, (plan, _, now) => {
      former.push(formerOf(plan));
      return {
        plan: {
          ...plan,
          pauses: [{ since: plan.startedAt, until: now }],
          steps: plan.steps.map(withoutDue),
        },
        what: { kind: 'plan.replanned', detail: {} },
      };
    });
    return former;
  }

  undoReplan(accountId: string, former: readonly FormerDeadlines[], by: string): Promise<readonly string[]> {
    const byPlan = new Map(former.map((one) => [one.planId, one]));
    const dealIds = former.map((one) => one.dealId);
    return this.each(accountId, dealIds, by, (plan) => {
      const known = byPlan.get(plan.planId);
      if (!known) return null;
      // The first of them stands for the time before; those after it are younger than what is undone.
      const pauses = [...known.pauses, ...plan.pauses.slice(1)];
      const steps = plan.steps.map((step) => withDue(step, known.dues[idOf(step)]));
      return { plan: { ...plan, pauses, steps }, what: { kind: 'plan.replanned', detail: { undone: true } } };
    });
  }

  pause(
    accountId: string,
    dealIds: readonly string[],
    pause: PauseOrder | null,
    by: string,
  ): Promise<readonly string[]> {
    return this.each(accountId, dealIds, by, (plan, _, now) => {
      if (pause === null && plan.pause === null) return null;
      const ended = { ...plan, pause: null, pauses: pausesBy(plan, now) };
      if (pause === null) return { plan: ended, what: { kind: 'pause.ended', detail: {} } };
      const detail = { ...pause };
      return { plan: { ...ended, pause: { since: now, ...pause } }, what: { kind: 'pause.set', detail } };
    });
  }

  /** Returns the deals of which something was changed, in chunks that do not undo each other. */
  private async each(
    accountId: string,
    dealIds: readonly string[],
    by: string,
    edit: Edit,
  ): Promise<readonly string[]> {
    const touched: string[] = [];
    const ids = [...new Set(dealIds)].toSorted();
    for (let at = 0; at < ids.length; at += CHUNK) {
      const context = await this.contexts.of(accountId);
      if (!context) return touched;
      touched.push(...(await this.chunk(context, ids.slice(at, at + CHUNK), by, edit)));
    }
    return touched;
  }

  private chunk(
    context: PlanningContext,
    dealIds: readonly string[],
    by: string,
    edit: Edit,
  ): Promise<readonly string[]> {
    const { accountId, now } = context;
    return this.database.transaction(async (tx) => {
      const locked = await this.plans.lockByDeals(tx, accountId, dealIds);
      const facts = await this.deals.load(tx, accountId, dealIds);
      const edits: PlanEdit[] = [];
      const events: PlanEvent[] = [];
      for (const plan of locked) {
        const deal = facts.get(plan.dealId);
        const edited = deal && plan.state !== 'closed' ? edit(plan, deal, now) : null;
        if (!deal || !edited) continue;
        edits.push({ stored: { ...edited.plan, steps: plan.steps }, steps: edited.plan.steps, facts: deal });
        events.push({ planId: plan.planId, dealId: plan.dealId, at: now, actor: by, ...edited.what });
      }
      if (edits.length === 0) return [];
      await this.plans.saveMarks(
        tx,
        accountId,
        edits.map(({ stored }) => stored),
      );
      await this.plans.addEvents(tx, accountId, events);
      await this.decisions.decideEdited(tx, context, edits, { trigger: 'command', actor: by });
      return [...new Set(edits.map(({ stored }) => stored.dealId))];
    });
  }
}

/** Pauses that are over when the one that lasts is ended now. */
function pausesBy({ pause, pauses, state }: StoredPlan, now: Instant): StoredPlan['pauses'] {
  if (pause === null) return pauses;
  const until = state === 'paused' ? now : Math.min(pause.until ?? now, now);
  return [...pauses, { since: pause.since, until }];
}

const OPEN: ReadonlySet<PlanStep['state']> = new Set(['future', 'waiting', 'actionable']);

/** Steps that nobody owns yet go along: somebody has to have them. */
function handed(step: PlanStep, formerId: string | null, userId: string): PlanStep {
  const isTheirs = step.ownerId === formerId || step.ownerId === null;
  if (!OPEN.has(step.state) || step.outcome !== null || !isTheirs || step.ownerId === userId) return step;
  return { ...step, ownerId: userId, manual: { ...step.manual, ownerId: userId } };
}

function withoutDue(step: PlanStep): PlanStep {
  if (step.outcome !== null || step.manual.dueAt === null) return step;
  const { dueReason: _reason, ...manual } = step.manual;
  return { ...step, manual: { ...manual, dueAt: null } };
}

function formerOf({ planId, dealId, pauses, steps }: StoredPlan): FormerDeadlines {
  const dues = steps.flatMap((step) => {
    const { dueAt, dueReason } = step.manual;
    if (step.outcome !== null || dueAt === null) return [];
    return [[idOf(step), { dueAt, ...(dueReason !== undefined && { reason: dueReason }) }] as const];
  });
  return { planId, dealId, pauses, dues: Object.fromEntries(dues) };
}

function withDue(step: PlanStep, former: FormerDeadlines['dues'][string] | undefined): PlanStep {
  if (former === undefined || step.outcome !== null || step.manual.dueAt !== null) return step;
  const { dueAt, reason } = former;
  return {
    ...step,
    manual: { ...step.manual, dueAt, ...(reason !== undefined && { dueReason: reason }) },
  };
}

function idOf({ stepKey, visitSeq }: PlanStep): string {
  return `${stepKey}~${visitSeq}`;
}

function commandOf(order: StepOrder, rule: TemplateStep, by: string): StepCommand {
  switch (order.kind) {
    case 'done':
      return { kind: 'done', by, result: readResult(rule.result, order.result) };
    case 'reassign':
      return { kind: 'reassign', by, ownerId: order.userId };
    default:
      return { ...order, by };
  }
}

function noDeal(): ApiError {
  return new ApiError(404, 'not-found', {
    ru: 'Этой сделки больше нет.',
    en: 'The deal is no longer there.',
  });
}
