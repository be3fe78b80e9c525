import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { Launches } from './launches.service.js';
import { PlanAccess, type DealAccess } from './plan-access.service.js';
import { PlanViews } from './plan-views.service.js';
import type { PlanView, StepCommandAnswer } from './plan.view.js';
import { refusalError } from './refusal.texts.js';
import { StepCommands, disconnected, type CommandFor } from './step-commands.service.js';
import { UndoTokens } from './undo-token.js';

/** The widget's calls: rights first, then the thing itself, then the plan as it is now. */
@Injectable()
export class PlanActions {
  constructor(
    private readonly access: PlanAccess,
    private readonly views: PlanViews,
    private readonly commands: StepCommands,
    private readonly launches: Launches,
    private readonly undos: UndoTokens,
  ) {}

  async view(person: SessionClaims, dealId: string): Promise<PlanView> {
    return this.views.of(person, await this.access.dealOrSteps(person, dealId));
  }

  async launch(person: SessionClaims, dealId: string, template: string): Promise<StepCommandAnswer> {
    const facts = await this.access.deal(person, dealId);
    if (facts.deal.stageKind === 'lost') throw dealClosed();
    const outcome = await this.launches.byHand(person.accountId, dealId, template, person.userId);
    if (outcome === 'unknownTemplate') throw unknownTemplate();
    if (outcome === 'closedDeal') throw dealClosed();
    if (outcome === 'disconnected') throw disconnected();
    return this.answer(person, { facts, scope: 'deal' });
  }

  /** The plan as it is now, with nothing to undo. */
  async answer(person: SessionClaims, access: DealAccess): Promise<StepCommandAnswer> {
    return { plan: await this.views.of(person, access), undo: null };
  }

  async run(
    person: SessionClaims,
    dealId: string,
    stepId: string,
    commandFor: CommandFor,
  ): Promise<StepCommandAnswer> {
    const access = await this.access.dealOrSteps(person, dealId);
    const ticket = await this.commands.run(person, access, stepId, commandFor);
    const undo = ticket === null ? null : this.undos.issue(person.accountId, ticket);
    return { plan: await this.views.of(person, access), undo };
  }

  async undo(person: SessionClaims, dealId: string, token: string): Promise<StepCommandAnswer> {
    const access = await this.access.dealOrSteps(person, dealId);
    const ticket = this.undos.read(person.accountId, person.userId, token);
    if (!ticket) throw refusalError('undoExpired');
    await this.commands.undo(person, access, ticket);
    return this.answer(person, access);
  }
}

function unknownTemplate(): ApiError {
  return new ApiError(404, 'unknown-template', {
    ru: 'Такого шаблона больше нет. Обновите страницу и выберите другой.',
    en: 'That template is no longer there. Refresh the page and choose another.',
  });
}

function dealClosed(): ApiError {
  return new ApiError(409, 'deal-closed', {
    ru: 'Сделка закрыта: план для неё уже не нужен.',
    en: 'The deal is closed: it needs no plan any more.',
  });
}
