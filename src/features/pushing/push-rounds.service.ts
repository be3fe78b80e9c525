import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { reach, scheduleOf, workingHeadOf } from '../../domain/pushing/crew.js';
import { deliveryMoment, nextOfPush, TOP_LEVEL } from '../../domain/pushing/push.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';
import { nameOf } from './control-context.service.js';
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
    for (const push of due) {
      if (push.state === 'answered') await this.promised(tx, context, push);
      else up.push(...(await this.unanswered(tx, context, push, now)));
    }
    for (const escalations of Map.groupBy(up, (one) => `${one.userId}|${one.level}`).values()) {
      await this.escalate(tx, context, escalations);
    }
    return due.length;
  }

  private async unanswered(
    tx: Sql,
    context: ControlContext,
    push: StoredPush,
    now: Instant,
  ): Promise<readonly Escalation[]> {
    const gone = !context.crew.activeIds.has(push.userId);
    const schedule = scheduleOf(context.crew, push.userId);
    const next = gone
      ? ({ kind: 'escalate', level: push.level + 1, at: now } as const)
      : nextOfPush(push, schedule);
    if (next === null || next.at > now) {
      // The ladder was counted before an absence was known: it waits with the person.
      await this.repository.advance(tx, context.accountId, { ...push, nextAt: next?.at ?? null });
      return [];
    }
    if (next.kind === 'escalate') return this.goUp(tx, context, push, next.level);
    const last = await this.repository.lastReached(tx, context.accountId, [push.userId]);
    const at = deliveryMoment(now, last.get(push.userId) ?? null, schedule);
    if (at > now) {
      await this.repository.advance(tx, context.accountId, { ...push, nextAt: at });
      return [];
    }
    await this.sending.repeat(tx, context, push, now);
    const repeated = { ...push, repeats: push.repeats + 1 };
    const nextAt = nextOfPush(repeated, schedule)?.at ?? null;
    await this.repository.advance(tx, context.accountId, { ...repeated, nextAt });
    return [];
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
        body: {
          text: push.text,
          level: first.level,
          aboutId: push.userId,
          aboutName: nameOf(context.structure, push.userId),
          toId: reached.userId,
          toName: nameOf(context.structure, reached.userId),
        },
      })),
    );
  }

  /** "Will be done by …" is asked about again when nothing has happened in the deal until then. */
  private async promised(tx: Sql, context: ControlContext, push: StoredPush): Promise<void> {
    await this.repository.advance(tx, context.accountId, { ...push, nextAt: null });
    if (push.dealId === null || push.answer?.until == null || !context.crew.activeIds.has(push.userId))
      return;
    const [row] = await tx.query<{ quiet: boolean }>(
      `SELECT stage_kind = 'open' AND last_event_at <= $3 AS quiet FROM deal_pulse
       WHERE account_id = $1::uuid AND deal_id = $2`,
      [context.accountId, push.dealId, new Date(push.answer.at)],
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
      { text: promiseText(dayText(push.answer.until, reader), context.language), follows: push.pushId },
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
