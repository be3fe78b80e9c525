import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { Acceptance } from './acceptance.service.js';
import { MoveOverrides } from './move-overrides.service.js';
import { PlanAccess, type DealAccess } from './plan-access.service.js';
import { PlanActions } from './plan-actions.service.js';
import { PlanOrders } from './plan-orders.service.js';
import { PlanStandings } from './plan-standings.service.js';
import type { PauseRequest } from './plan-orders.requests.js';
import type { FailRequest } from './plan.requests.js';
import type { PlanChoicesView, StepCommandAnswer } from './plan.view.js';
import { refusalError } from './refusal.texts.js';

/** Calls about a whole plan: rights first, then the thing itself, then the plan as it is now. */
@Injectable()
export class PlanManaging {
  constructor(
    private readonly access: PlanAccess,
    private readonly actions: PlanActions,
    private readonly orders: PlanOrders,
    private readonly overrides: MoveOverrides,
    private readonly acceptance: Acceptance,
    private readonly standings: PlanStandings,
  ) {}

  async choices(person: SessionClaims, dealId: string): Promise<PlanChoicesView> {
    await this.access.dealOrSteps(person, dealId);
    return this.standings.choices(person);
  }

  async fail(
    person: SessionClaims,
    dealId: string,
    stepId: string,
    { cause, reason, reasonKey }: FailRequest,
  ): Promise<StepCommandAnswer> {
    const key = reasonKey === undefined ? {} : { reasonKey };
    const command = { kind: 'fail', by: person.userId, cause, reason, ...key } as const;
    if (reasonKey !== undefined) {
      const { reasons } = await this.choices(person, dealId);
      if (!reasons.some((listed) => listed.key === reasonKey)) throw unknownReason();
    }
    return this.actions.run(person, dealId, stepId, () => command);
  }

  /** Heads and administrators only: who gets work decides who leads. */
  async reassign(
    person: SessionClaims,
    dealId: string,
    stepId: string,
    userId: string | null,
  ): Promise<StepCommandAnswer> {
    await this.access.deal(person, dealId);
    const { people } = await this.standings.choices(person);
    if (people.length === 0) throw headsOnly();
    if (userId !== null && !people.some(({ id }) => id === userId)) throw refusalError('ownerDismissed');
    const command = { kind: 'reassign', by: person.userId, ownerId: userId } as const;
    return this.actions.run(person, dealId, stepId, () => command);
  }

  async pause(
    person: SessionClaims,
    dealId: string,
    { until = null, follows, reason }: PauseRequest,
  ): Promise<StepCommandAnswer> {
    const access = await this.whole(person, dealId);
    const at = until === null ? null : Date.parse(until);
    if (at !== null) this.standings.demandAhead(at);
    const pause = { until: at, reason: reason.trim(), ...(follows ? { follows } : {}) };
    const touched = await this.orders.pause(person.accountId, [dealId], pause, person.userId);
    if (touched.length === 0) throw noPlan();
    return this.actions.answer(person, access);
  }

  async resume(person: SessionClaims, dealId: string): Promise<StepCommandAnswer> {
    const access = await this.whole(person, dealId);
    const touched = await this.orders.pause(person.accountId, [dealId], null, person.userId);
    if (touched.length === 0) throw notPaused();
    return this.actions.answer(person, access);
  }

  async accept(person: SessionClaims, dealId: string): Promise<StepCommandAnswer> {
    const access = await this.whole(person, dealId);
    await this.acceptance.accept(person, access.facts);
    return this.actions.answer(person, access);
  }

  async override(
    person: SessionClaims,
    dealId: string,
    stageKey: string,
    reason: string,
  ): Promise<StepCommandAnswer> {
    const access = await this.whole(person, dealId);
    if (reason.trim().length < 5) throw refusalError('reasonTooShort');
    await this.overrides.let(person, access.facts, stageKey, reason.trim());
    return this.actions.answer(person, access);
  }

  private async whole(person: SessionClaims, dealId: string): Promise<DealAccess> {
    return { facts: await this.access.deal(person, dealId), scope: 'deal' };
  }
}

function headsOnly(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Передать шаг другому может руководитель отдела или администратор CRM.',
    en: 'Heads of departments and administrators of the CRM may give a step to somebody else.',
  });
}

function noPlan(): ApiError {
  return new ApiError(409, 'no-open-plan', {
    ru: 'У сделки нет плана в работе: ставить на паузу нечего.',
    en: 'The deal has no plan at work: there is nothing to pause.',
  });
}

function notPaused(): ApiError {
  return new ApiError(409, 'not-paused', { ru: 'План и так в работе.', en: 'The plan is at work as it is.' });
}

function unknownReason(): ApiError {
  return new ApiError(422, 'unknown-reason', {
    ru: 'Такой причины нет в списке компании. Обновите страницу и выберите другую.',
    en: 'The company’s list has no such reason. Reload the page and choose another one.',
  });
}
