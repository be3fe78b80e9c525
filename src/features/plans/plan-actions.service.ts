import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { Launches } from './launches.service.js';
import { PlanAccess } from './plan-access.service.js';
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
    return this.views.of(person, await this.access.deal(person, dealId));
  }

  async launch(person: SessionClaims, dealId: string, template: string): Promise<StepCommandAnswer> {
    const facts = await this.access.deal(person, dealId);
    if (facts.deal.stageKind !== 'open') throw dealClosed();
    const outcome = await this.launches.byHand(person.accountId, dealId, template, person.userId);
    if (outcome === 'unknownTemplate') throw unknownTemplate();
    if (outcome === 'disconnected') throw disconnected();
    return { plan: await this.views.of(person, facts), undo: null };
  }

  async run(
    person: SessionClaims,
    dealId: string,
    stepId: string,
    commandFor: CommandFor,
  ): Promise<StepCommandAnswer> {
    const facts = await this.access.deal(person, dealId);
    const ticket = await this.commands.run(person, facts, stepId, commandFor);
    const undo = ticket === null ? null : this.undos.issue(person.accountId, ticket);
    return { plan: await this.views.of(person, facts), undo };
  }

  async undo(person: SessionClaims, dealId: string, token: string): Promise<StepCommandAnswer> {
    const facts = await this.access.deal(person, dealId);
    const ticket = this.undos.read(person.accountId, person.userId, token);
    if (!ticket) throw refusalError('undoExpired');
    await this.commands.undo(person, facts, ticket);
    return { plan: await this.views.of(person, facts), undo: null };
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
