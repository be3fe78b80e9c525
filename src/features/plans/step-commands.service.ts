import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { applyCommand, type StepCommand } from '../../domain/plans/step-commands.js';
import type { PlanStep, TemplateStep } from '../../domain/plans/types.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { PlanDecisions } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { refusalError } from './refusal.texts.js';
import { stepIdOf, type DealFacts, type StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';
import type { UndoTicket } from './undo-token.js';

/** The command, once the step's own rule is known. */
export type CommandFor = (rule: TemplateStep) => StepCommand;

/** What people do with steps in our interface: recorded as facts, then the plan is decided anew. */
@Injectable()
export class StepCommands {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
    private readonly bodies: TemplateBodies,
    private readonly decisions: PlanDecisions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns what may be undone. Throws `ApiError` when the domain refuses. */
  async run(
    person: SessionClaims,
    facts: DealFacts,
    stepId: string,
    commandFor: CommandFor,
  ): Promise<UndoTicket | null> {
    return this.change(person, facts, async (tx, context, plan) => {
      const step = plan.steps.find((each) => stepIdOf(each) === stepId);
      if (!step) throw noStep();
      return this.command(tx, context, plan, facts, { step, commandFor, userId: person.userId });
    });
  }

  /** Takes back exactly the command that the ticket names. */
  async undo(person: SessionClaims, facts: DealFacts, ticket: UndoTicket): Promise<void> {
    await this.change(person, facts, async (tx, context, plan) => {
      const step = plan.steps.find((each) => stepIdOf(each) === ticket.stepId);
      if (!step || plan.planId !== ticket.planId || step.undo?.at !== ticket.at) {
        throw refusalError('nothingToUndo');
      }
      const commandFor = (): StepCommand => ({ kind: 'undo', by: person.userId });
      return this.command(tx, context, plan, facts, { step, commandFor, userId: person.userId });
    });
  }

  private async change<T>(
    person: SessionClaims,
    facts: DealFacts,
    work: (tx: Sql, context: PlanningContext, plan: StoredPlan) => Promise<T>,
  ): Promise<T> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    return this.database.transaction(async (tx) => {
      const [plan] = await this.plans.lockByDeals(tx, person.accountId, [facts.deal.id]);
      if (!plan) throw noStep();
      return work(tx, context, plan);
    });
  }

  private async command(
    tx: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    facts: DealFacts,
    order: { readonly step: PlanStep; readonly commandFor: CommandFor; readonly userId: string },
  ): Promise<UndoTicket | null> {
    const body = await this.bodies.of(context.accountId, plan.templateId, plan.version, tx);
    const rule = rulesOf(body).get(order.step.stepKey);
    if (!rule) throw noStep();
    const result = applyCommand(order.step, rule, order.commandFor(rule), this.clock.now());
    if (result.kind === 'refused') throw refusalError(result.code);
    const steps = plan.steps.map((each) => (each === order.step ? result.step : each));
    const occasion = { trigger: 'command', actor: order.userId } as const;
    await this.decisions.decideEdited(tx, context, plan, steps, facts, occasion);
    const at = result.step.undo?.at;
    return at === undefined
      ? null
      : { planId: plan.planId, stepId: stepIdOf(order.step), at, userId: order.userId };
  }
}

function noStep(): ApiError {
  return notFound({
    ru: 'Такого шага в плане этой сделки нет. Обновите страницу: план мог измениться.',
    en: 'The plan of this deal has no such step. Refresh the page: the plan may have changed.',
  });
}

export function disconnected(): ApiError {
  return new ApiError(409, 'not-connected', {
    ru: 'Приложение отключено от CRM. Попросите администратора открыть его ещё раз.',
    en: 'The app is disconnected from the CRM. Ask an administrator to open it again.',
  });
}
