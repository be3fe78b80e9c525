import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { reach, scheduleOf, workingHeadOf } from '../../domain/pushing/crew.js';
import { deliveryMoment, nextOfPush, TOP_LEVEL } from '../../domain/pushing/push.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';
import { dayText } from './control.texts.js';
import { Ledger } from './ledger.js';
import { PushRepository } from './push.repository.js';
import { PushSending } from './push-sending.service.js';
import { promiseText } from './push.texts.js';
import type { StoredPush } from './push.types.js';
import { Pushes } from './pushes.service.js';

const AT_ONCE = 200;

/** Unanswered pushes repeat, then go up; promises are asked about when their date has passed. */
@Injectable()
export class PushRounds {
  constructor(
    private readonly database: Database,
    private readonly repository: PushRepository,
    private readonly sending: PushSending,
    private readonly pushes: Pushes,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything of the account that is due; returns how many pushes were looked at. */
  async run(context: ControlContext): Promise<number> {
    let looked = 0;
    for (;;) {
      const due = await this.database.transaction((tx) => this.round(tx, context));
      looked += due;
      if (due < AT_ONCE) return looked;
    }
  }

  private async round(tx: Sql, context: ControlContext): Promise<number> {
    const { accountId } = context;
    await this.repository.lock(tx, accountId);
    const now = this.clock.now();
    const due = await this.repository.due(tx, accountId, now, AT_ONCE);
    const up: Escalation[] = [];
    const again: StoredPush[] = [];
    for (const push of due) {
      if (push.state === 'answered') await this.promised(tx, context, push);
      else if (await this.isToRepeat(tx, context, push, now, up)) again.push(push);
    }
    for (const group of Map.groupBy(again, (push) => push.userId).values())
      await this.repeat(tx, context, group, now);
    for (const escalations of Map.groupBy(up, (one) => `${one.userId}|${one.level}`).values()) {
      await this.escalate(tx, context, escalations);
    }
    return due.length;
  }

  /** True: the push is to be repeated now. What goes up is added to `up`. */
  private async isToRepeat(
    tx: Sql,
    context: ControlContext,
    push: StoredPush,
    now: Instant,
    up: Escalation[],
  ): Promise<boolean> {
    const gone = !context.crew.activeIds.has(push.userId);
    const next = gone
      ? ({ kind: 'escalate', level: push.level + 1, at: now } as const)
      : nextOfPush(push, scheduleOf(context.crew, push.userId));
    if (next === null || next.at > now) {
      // The ladder was counted before an absence was known: it waits with the person.
      await this.repository.advance(tx, context.accountId, { ...push, nextAt: next?.at ?? null });
      return false;
    }
    if (next.kind === 'repeat') return true;
    up.push(...(await this.goUp(tx, context, push, next.level)));
    return false;
  }

  /** One reminder for all pushes of the person, unless another push reached the person within the hour. */
  private async repeat(
    tx: Sql,
    context: ControlContext,
    pushes: readonly StoredPush[],
    now: Instant,
  ): Promise<void> {
    const userId = pushes[0]?.userId ?? '';
    const schedule = scheduleOf(context.crew, userId);
    const last = await this.repository.lastReached(tx, context.accountId, [userId]);
    const at = deliveryMoment(now, last.get(userId) ?? null, schedule);
    if (at <= now) await this.sending.repeat(tx, context, pushes, now);
    for (const push of pushes) {
      const after = at > now ? push : { ...push, repeats: push.repeats + 1 };
      const nextAt = at > now ? at : (nextOfPush(after, schedule)?.at ?? null);
      await this.repository.advance(tx, context.accountId, { ...after, nextAt });
    }
  }

  private async goUp(
    tx: Sql,
    context: ControlContext,
    push: StoredPush,
    level: number,
  ): Promise<readonly Escalation[]> {
    const head = headAt(context, push.userId, level);
    const schedule = scheduleOf(context.crew, push.userId);
    const raised = { ...push, state: 'escalated', level: head === null ? TOP_LEVEL : level } as const;
    const nextAt = head === null ? null : (nextOfPush(raised, schedule)?.at ?? null);
    await this.repository.advance(tx, context.accountId, { ...raised, nextAt });
    return head === null ? [] : [{ push: raised, userId: head, level }];
  }

  private async escalate(
    tx: Sql,
    context: ControlContext,
    escalations: readonly Escalation[],
  ): Promise<void> {
    const [first] = escalations;
    const reached = first && reach(context.crew, first.userId, this.clock.now());
    if (!first || !reached) return;
    const pushes = escalations.map((one) => one.push);
    await this.sending.escalate(tx, context, { ...reached, level: first.level }, pushes);
    await this.ledger.record(
      tx,
      context.accountId,
      pushes.map((push) => ({
        sourceKey: `push-up:${push.pushId}:${first.level}`,
        at: this.clock.now(),
        kind: 'escalated',
        dealId: push.dealId,
        by: null,
        body: { text: push.text, userIds: [reached.userId] },
      })),
    );
  }

  /** "Will be done by …" is asked about again when nothing has happened in the deal until then. */
  private async promised(tx: Sql, context: ControlContext, push: StoredPush): Promise<void> {
    await this.repository.advance(tx, context.accountId, { ...push, nextAt: null });
    const { answer } = push;
    if (push.dealId === null || !answer || answer.until === null) return;
    if (!context.crew.activeIds.has(push.userId)) return;
    const [row] = await tx.query<{ quiet: boolean }>(
      `SELECT stage_kind = 'open' AND last_event_at <= $3 AS quiet FROM deal_pulse
       WHERE account_id = $1::uuid AND deal_id = $2`,
      [context.accountId, push.dealId, new Date(answer.at)],
    );
    if (!row?.quiet) return;
    const reader = {
      language: context.language,
      timeZone: scheduleOf(context.crew, push.userId).timeZone,
    };
    const target =
      push.stepId === null
        ? ({ kind: 'deal', dealId: push.dealId } as const)
        : ({ kind: 'step', dealId: push.dealId, stepId: push.stepId } as const);
    await this.pushes.ask(
      tx,
      context,
      { target, userId: push.userId },
      { text: promiseText(dayText(answer.until, reader), context.language), follows: push.pushId },
    );
  }
}

interface Escalation {
  readonly push: StoredPush;
  readonly userId: string;
  readonly level: number;
}

/** The head of that level above the person; null when there is none. */
function headAt(context: ControlContext, userId: string, level: number): string | null {
  let head: string | null = userId;
  for (let step = 0; step < level && head !== null; step += 1) head = workingHeadOf(context.crew, head);
  return head === userId ? null : head;
}
