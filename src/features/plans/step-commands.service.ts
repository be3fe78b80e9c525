import { Injectable } from '@nestjs/common';
import { applyCommand, type StepCommand } from '../../domain/plans/step-commands.js';
import type { PlanStep, TemplateStep } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import type { DealAccess } from './plan-access.service.js';
import { PlanDecisions } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { refusalError } from './refusal.texts.js';
import { StepPostponements } from './step-postponements.service.js';
import { readStepPlace, stepIdOf, type StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';
import type { UndoTicket } from './undo-token.js';

/** The command, once the step's own rule is known. */
export type CommandFor = (rule: TemplateStep) => StepCommand;

/** Whoever gives the command; rights to the deal were checked. */
export interface Commander {
  readonly accountId: string;
  readonly userId: string;
}

interface Order {
  readonly step: PlanStep;
  readonly commandFor: CommandFor;
  readonly by: Commander;
}

/** What people do with steps in our interface: recorded as facts, then the plan is decided anew. */
@Injectable()
export class StepCommands {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
    private readonly bodies: TemplateBodies,
    private readonly decisions: PlanDecisions,
    private readonly postponements: StepPostponements,
  ) {}

  /** Returns what may be undone. Throws `ApiError` when the domain refuses. */
  async run(
    by: Commander,
    access: DealAccess,
    stepId: string,
    commandFor: CommandFor,
  ): Promise<UndoTicket | null> {
    return this.change(by, access, async (tx, context, plans) => {
      const { plan, step } = find(plans, stepId);
      return this.command(tx, context, plan, access, { step, commandFor, by });
    });
  }

  /** Takes back exactly the command that the ticket names. */
  async undo(by: Commander, access: DealAccess, ticket: UndoTicket): Promise<void> {
    await this.change(by, access, async (tx, context, plans) => {
      const plan = plans.find((each) => each.planId === ticket.planId);
      const step = plan?.steps.find((each) => stepIdOf(each) === ticket.stepId);
      if (!plan || !step || step.undo?.at !== ticket.at) throw refusalError('nothingToUndo');
      const commandFor = (): StepCommand => ({ kind: 'undo', by: by.userId });
      return this.command(tx, context, plan, access, { step, commandFor, by });
    });
  }

  private async change<T>(
    by: Commander,
    { facts }: DealAccess,
    work: (tx: Sql, context: PlanningContext, plans: readonly StoredPlan[]) => Promise<T>,
  ): Promise<T> {
    const context = await this.contexts.of(by.accountId);
    if (!context) throw disconnected();
    return this.database.transaction(async (tx) =>
      work(tx, context, await this.plans.lockByDeals(tx, by.accountId, [facts.deal.id])),
    );
  }

  private async command(
    tx: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    { facts, scope }: DealAccess,
    { step, commandFor, by }: Order,
  ): Promise<UndoTicket | null> {
    const body = await this.bodies.of(context.accountId, plan.templateId, plan.version, tx);
    const rule = rulesOf(body).get(step.stepKey);
    if (!rule) throw noStep();
    const command = commandFor(rule);
    // Who has only a step in somebody else's deal handles that step, and may take one that waits for the group.
    if (scope === 'steps' && step.ownerId !== by.userId && command.kind !== 'take') throw notYourStep();
    const result = applyCommand(step, rule, command, context.now, context.people.forCommands);
    if (result.kind === 'refused') throw refusalError(result.code);
    const steps = plan.steps.map((each) => (each === step ? result.step : each));
    const occasion = { trigger: 'command', actor: by.userId } as const;
    await this.decisions.decideEdited(tx, context, [{ stored: plan, steps, facts }], occasion);
    const change = { plan, template: body, facts, before: step, after: result.step, by: by.userId };
    await this.postponements.tell(tx, context, change);
    const at = result.step.undo?.at;
    return at === undefined ? null : { planId: plan.planId, stepId: stepIdOf(step), at, userId: by.userId };
  }
}

/** An id without a plan means the sale's; where that has no such open step, one of a plan after it. */
function find(
  plans: readonly StoredPlan[],
  stepId: string,
): { readonly plan: StoredPlan; readonly step: PlanStep } {
  const place = readStepPlace(stepId);
  const found = plans
    .filter((plan) => place.planId === null || plan.planId === place.planId)
    .flatMap((plan) => plan.steps.map((step) => ({ plan, step })))
    .filter(({ step }) => stepIdOf(step) === place.stepId);
  const open = found.filter(({ plan }) => plan.state !== 'closed');
  const ofSale = ({ plan }: { readonly plan: StoredPlan }): boolean => plan.purpose === 'sale';
  const best = open.find(ofSale) ?? found.find(ofSale) ?? open[0] ?? found[0];
  if (!best) throw noStep();
  return best;
}

function noStep(): ApiError {
  return notFound({
    ru: 'Такого шага в плане этой сделки нет. Обновите страницу: план мог измениться.',
    en: 'The plan of this deal has no such step. Refresh the page: the plan may have changed.',
  });
}

function notYourStep(): ApiError {
  return new ApiError(403, 'not-your-step', {
    ru: 'Этот шаг делает другой человек. В чужой сделке вам доступны только свои шаги.',
    en: 'Somebody else does this step. In a deal that is not yours you handle your own steps only.',
  });
}

export function disconnected(): ApiError {
  return new ApiError(409, 'not-connected', {
    ru: 'Приложение отключено от CRM. Попросите администратора открыть его ещё раз.',
    en: 'The app is disconnected from the CRM. Ask an administrator to open it again.',
  });
}
