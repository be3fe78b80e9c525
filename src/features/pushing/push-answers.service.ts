import { Inject, Injectable, Optional } from '@nestjs/common';
import { PLAN_COMMANDS, type PlanCommands, type StepOrder } from '../../contract/plan-commands.js';
import { mayHandle, reachOf } from '../../domain/crm/rights.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { nextWorkingMoment } from '../../domain/calendar/working-time.js';
import { isPresent, scheduleOf } from '../../domain/pushing/crew.js';
import { responseMinutes } from '../../domain/pushing/push.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError } from '../../infra/http/api-error.js';
import { actionKey } from '../../outbox/index.js';
import { ControlContexts, nameOf, type ControlContext } from './control-context.service.js';
import { disconnected, untilText } from './control.texts.js';
import { Ledger } from './ledger.js';
import { PushRepository } from './push.repository.js';
import { PushSending } from './push-sending.service.js';
import {
  answeredElsewhere,
  answerText,
  noPush,
  notYoursToAnswer,
  promisedMoveText,
  tooLate,
} from './push.texts.js';
import type { StoredAnswer, StoredPush } from './push.types.js';
import type { PushAnswerRequest } from './pushing.view.js';

const YEAR_MS = 366 * 86_400_000;

/** What answering reads and writes. */
@Injectable()
export class AnswerParts {
  constructor(
    readonly database: Database,
    readonly repository: PushRepository,
    readonly contexts: ControlContexts,
  ) {}
}

/** What people answer, in the widget or by the host's own button. */
@Injectable()
export class PushAnswers {
  private readonly database: Database;
  private readonly repository: PushRepository;
  private readonly contexts: ControlContexts;

  constructor(
    parts: AnswerParts,
    private readonly sending: PushSending,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(PLAN_COMMANDS) private readonly plans: PlanCommands | null,
  ) {
    ({ database: this.database, repository: this.repository, contexts: this.contexts } = parts);
  }

  /** The asked person, or an administrator in the person's name, answers. A step's plan follows the answer. */
  async answer(person: SessionClaims, pushId: string, request: PushAnswerRequest): Promise<StoredAnswer> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const push = await this.repository.find(person.accountId, pushId);
    if (!push || !isInReach(context, person, push)) throw noPush();
    if (push.userId !== person.userId && !person.admin) throw notYoursToAnswer();
    if (push.state === 'answered' || push.state === 'withdrawn') throw tooLate();
    const now = this.clock.now();
    const answer = answerOf(context, person.userId, request, now);
    await this.followInPlan(context, push, request, person);
    return this.record(context, push, answer);
  }

  /** By a button or a closed task in the host. What is answered already stays as it is. */
  async answeredInHost(
    accountId: string,
    key: string,
    by: { readonly userId: string | null; readonly answer: 'done' | 'notDone'; readonly words?: string },
  ): Promise<void> {
    const push = await this.repository.byAsk(accountId, key);
    if (!push || push.state === 'answered' || push.state === 'withdrawn') return;
    const context = await this.contexts.of(accountId);
    if (!context) return;
    const request: PushAnswerRequest =
      by.answer === 'notDone'
        ? { kind: 'notDone', reasonKey: '', reason: '' }
        : { kind: 'done', ...(by.words !== undefined && { result: by.words }) };
    if (by.answer === 'done')
      await this.followInPlan(context, push, request, {
        userId: by.userId ?? push.userId,
        language: context.language,
      }).catch((error: unknown) => {
        // The step may demand a result that a button cannot give: the answer counts, the step stays open.
        if (!(error instanceof ApiError)) throw error;
      });
    const answer = { ...bare(by.userId, by.answer, this.clock.now()), reason: by.words ?? null };
    await this.record(context, push, answer).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }

  private async record(
    context: ControlContext,
    push: StoredPush,
    given: StoredAnswer,
  ): Promise<StoredAnswer> {
    const { accountId } = context;
    const schedule = scheduleOf(context.crew, push.userId);
    const answer = { ...given, minutes: responseMinutes(push.deliverAt, given.at, schedule) };
    const followAt = answer.until === null ? null : nextWorkingMoment(answer.until, schedule);
    await this.database.transaction(async (tx) => {
      await this.repository.lock(tx, accountId);
      if (!(await this.repository.answered(tx, accountId, push.pushId, answer, followAt))) throw tooLate();
      await this.sending.takeAway(tx, context, [push.pushId], answeredElsewhere(context.language));
      if (push.dealId !== null) await this.repository.mark(tx, accountId, [push.dealId], answer.at);
      await this.tellPusher(tx, context, push, answer);
      await this.ledger.record(tx, accountId, [
        {
          sourceKey: `push-answer:${push.pushId}`,
          at: answer.at,
          kind: 'answered',
          dealId: push.dealId,
          by: answer.by,
          body: {
            answer: answer.kind,
            text: push.text,
            ...(answer.until !== null && { until: answer.until }),
            ...(answer.reason !== null && { reason: answer.reason }),
            ...(push.byUser !== null && { userIds: [push.byUser] }),
          },
        },
      ]);
    });
    return answer;
  }

  private async tellPusher(
    tx: Sql,
    context: ControlContext,
    push: StoredPush,
    answer: StoredAnswer,
  ): Promise<void> {
    const to = push.byUser;
    if (to === null || to === answer.by || !isPresent(context.crew, to, answer.at)) return;
    const schedule = scheduleOf(context.crew, to);
    const reader = { language: context.language, timeZone: schedule.timeZone };
    const titles = await this.sending.titlesOf(tx, context.accountId, [push]);
    const words = {
      userName: nameOf(context.structure, answer.by ?? push.userId) ?? push.userId,
      dealTitle: titles.get(push.pushId)?.deal ?? null,
      kind: answer.kind,
      until: answer.until === null ? null : untilText(answer.until, answer.at, reader),
      reason: answer.reason,
    };
    await this.sending.tell(tx, context, {
      key: actionKey(context.accountId, 'push-answer', push.pushId),
      userId: to,
      dealId: push.dealId,
      text: answerText(words, context.language),
      at: nextWorkingMoment(answer.at, schedule),
    });
  }

  /** Throws `ApiError` when the plan refuses, before anything is recorded: the person sees what is missing. */
  private async followInPlan(
    { accountId }: ControlContext,
    push: StoredPush,
    request: PushAnswerRequest,
    by: Pick<SessionClaims, 'userId' | 'language'>,
  ): Promise<void> {
    const { dealId, stepId } = push;
    const order = orderOf(request, by.language);
    if (this.plans === null || order === null || dealId === null || stepId === null) return;
    const outcome = await this.plans.step(accountId, { dealId, stepId }, order, by.userId, by.language);
    if (outcome.kind === 'refused')
      throw new ApiError(409, outcome.code, { ru: outcome.text, en: outcome.text });
  }
}

function orderOf(request: PushAnswerRequest, language: SessionClaims['language']): StepOrder | null {
  switch (request.kind) {
    case 'done':
      return request.result === undefined ? { kind: 'done' } : { kind: 'done', result: request.result };
    case 'willBeDone':
      return { kind: 'reschedule', dueAt: Date.parse(request.until), reason: promisedMoveText(language) };
    case 'notDone':
      return null;
  }
}

function answerOf(
  { rules }: ControlContext,
  userId: string,
  request: PushAnswerRequest,
  now: Instant,
): StoredAnswer {
  const base = bare(userId, request.kind, now);
  if (request.kind === 'done') return base;
  if (request.kind === 'willBeDone') {
    const until = Date.parse(request.until);
    if (!(until > now && until < now + YEAR_MS)) throw badDate();
    return { ...base, until };
  }
  const known = rules.reasons.find((reason) => reason.key === request.reasonKey);
  const words = request.reason.trim();
  if (!known && words === '') throw noReason();
  const reason = [known?.name, words].filter((part) => part !== undefined && part !== '').join('. ');
  return { ...base, reasonKey: known?.key ?? null, reason };
}

function bare(by: string | null, kind: StoredAnswer['kind'], at: Instant): StoredAnswer {
  return { kind, by, at, until: null, reasonKey: null, reason: null, minutes: null };
}

function isInReach(context: ControlContext, person: SessionClaims, push: StoredPush): boolean {
  return mayHandle(reachOf(person, context.structure), { ownerId: push.userId });
}

function badDate(): ApiError {
  return new ApiError(422, 'bad-date', {
    ru: 'Укажите день в будущем, не дальше года.',
    en: 'Name a day in the future, within a year.',
  });
}

function noReason(): ApiError {
  return new ApiError(422, 'reason-missing', {
    ru: 'Выберите причину или напишите её словами.',
    en: 'Choose a reason or write it in words.',
  });
}
