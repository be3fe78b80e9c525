import { Inject, Injectable } from '@nestjs/common';
import { awayUntil } from '../../domain/calendar/away.js';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { deputyOf, isPresent, scheduleOf } from '../../domain/pushing/crew.js';
import { answerByOf, COOL_DOWN_MS, deliveryMoment, nextOfPush } from '../../domain/pushing/push.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { ControlContexts, type ControlContext } from './control-context.service.js';
import { dayText, disconnected, momentText } from './control.texts.js';
import { Ledger } from './ledger.js';
import { PushRepository } from './push.repository.js';
import { PushSending } from './push-sending.service.js';
import { onlyHeads, readyText, refusalOf, withdrawnText, type PushRefusal } from './push.texts.js';
import { storedKey, type StoredPush } from './push.types.js';
import type { PushTarget } from './pushing.view.js';

/** Who pushes: a head or an administrator through the interface. */
export type Pusher = Pick<SessionClaims, 'accountId' | 'userId' | 'admin' | 'language' | 'timeZone'>;

export interface PushedTargets {
  readonly pushes: readonly StoredPush[];
  readonly refused: readonly {
    readonly target: PushTarget;
    readonly refusal: PushRefusal;
    readonly why: string;
  }[];
}

/** A target with the person who has to answer for it. */
interface Aim {
  readonly target: PushTarget;
  readonly userId: string;
}

type Aimed = Aim | { readonly target: PushTarget; readonly refusal: PushRefusal };

interface TargetRow {
  readonly deal_id: string;
  readonly owner_id: string | null;
  readonly stage_kind: string;
  readonly step_id: string | null;
  readonly step_owner: string | null;
}

/** Demands for status: on a step, a deal, a seller or a selection of them. */
@Injectable()
export class Pushes {
  constructor(
    private readonly database: Database,
    private readonly repository: PushRepository,
    private readonly contexts: ControlContexts,
    private readonly sending: PushSending,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A selection of deals; the ones left out are named with words. For `PanelAction` `push`. */
  async pushDeals(person: Pusher, dealIds: readonly string[], text?: string): Promise<PushedTargets> {
    return this.push(
      person,
      [...new Set(dealIds)].map((dealId) => ({ kind: 'deal', dealId })),
      text,
    );
  }

  /** Throws `ApiError` when the person leads nobody or the account is not connected; other refusals are in the answer. */
  async push(person: Pusher, targets: readonly PushTarget[], text?: string): Promise<PushedTargets> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const reach = reachOf(person, context.structure);
    if (reach.kind === 'people' && reach.userIds.size < 2) throw onlyHeads();
    const now = this.clock.now();
    const aimed = await this.aim(context, person, reach, targets);
    const aims = aimed.filter((one) => 'userId' in one);
    const refused = aimed.filter((one) => 'refusal' in one);
    const anchors = await this.anchors(
      context.accountId,
      aims.filter((aim) => aim.target.kind === 'seller').map((aim) => aim.userId),
    );
    return this.database.transaction(async (tx) => {
      await this.repository.lock(tx, context.accountId);
      const cooling = await this.cooling(tx, context.accountId, aims, now);
      const free = aims.filter((aim) => !cooling.has(keyOf(aim)));
      const pushes = await this.make(tx, context, free, { byUser: person.userId, text, now, follows: null });
      await this.save(tx, context, pushes, anchors);
      const cold = aims.flatMap(({ target, userId }) => {
        const until = cooling.get(keyOf({ target, userId }));
        if (until === undefined) return [];
        const refusal = { code: 'cooling', until: momentText(until, now, person) } as const;
        return [{ target, refusal }];
      });
      const left = [...refused, ...cold];
      return {
        pushes,
        refused: left.map((one) => ({ ...one, why: refusalOf(one.refusal)[person.language] })),
      };
    });
  }

  /** A push of the system's own, inside the caller's transaction and under the repository's lock. */
  async ask(
    tx: Sql,
    context: ControlContext,
    aim: Aim,
    order: { readonly text: string; readonly follows: string | null },
  ): Promise<void> {
    const now = this.clock.now();
    const pushes = await this.make(tx, context, [aim], { byUser: null, now, ...order });
    await this.save(tx, context, pushes, new Map());
  }

  /** Takes unanswered pushes back; those that are answered, unknown or not the person's to take back stay. */
  async withdraw(person: Pusher, pushIds: readonly string[]): Promise<readonly string[]> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const reach = reachOf(person, context.structure);
    return this.database.transaction(async (tx) => {
      // Rounds take the rows of pushes in an order of their own.
      await this.repository.lock(tx, person.accountId);
      const mine: StoredPush[] = [];
      for (const pushId of pushIds) {
        const push = await this.repository.find(person.accountId, pushId, tx, true);
        if (push && mayWithdraw(person, reach, push)) mine.push(push);
      }
      const ids = await this.repository.withdraw(
        tx,
        person.accountId,
        mine.map((push) => push.pushId),
      );
      await this.sending.takeAway(tx, context, ids, withdrawnText(context.language));
      await this.repository.mark(
        tx,
        person.accountId,
        mine.flatMap((push) => push.dealId ?? []),
      );
      return ids;
    });
  }

  private async save(
    tx: Sql,
    context: ControlContext,
    pushes: readonly StoredPush[],
    anchors: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (pushes.length === 0) return;
    await this.repository.insert(tx, context.accountId, pushes);
    const titles = await this.sending.titlesOf(tx, context.accountId, pushes);
    await this.sending.deliver(tx, context, pushes, titles, anchors);
    await this.repository.mark(
      tx,
      context.accountId,
      pushes.flatMap((push) => push.dealId ?? []),
    );
    await this.ledger.record(
      tx,
      context.accountId,
      pushes.map((push) => ({
        sourceKey: `push:${push.pushId}`,
        at: push.at,
        kind: 'pushed',
        dealId: push.dealId,
        by: push.byUser,
        body: {
          text: push.text,
          userIds: [push.userId],
          ...stepOf(titles.get(push.pushId)?.step),
        },
      })),
    );
  }

  /** Who has to answer, or why nobody can be asked. */
  private async aim(
    context: ControlContext,
    person: Pusher,
    reach: Reach,
    targets: readonly PushTarget[],
  ): Promise<readonly Aimed[]> {
    const rows = await this.targetRows(context.accountId, targets);
    return targets.map((target): Aimed => {
      const answerable = target.kind === 'seller' ? target.userId : ownerOf(target, rows, reach);
      if (typeof answerable !== 'string') return { target, refusal: answerable };
      if (target.kind === 'seller' && !mayHandle(reach, { ownerId: answerable }))
        return { target, refusal: { code: 'notYours' } };
      if (answerable === person.userId) return { target, refusal: { code: 'own' } };
      return this.present(context, target, answerable, person);
    });
  }

  private present(context: ControlContext, target: PushTarget, userId: string, person: Pusher): Aimed {
    const now = this.clock.now();
    const { crew } = context;
    if (!crew.activeIds.has(userId)) return { target, refusal: { code: 'nobody' } };
    if (isPresent(crew, userId, now)) return { target, userId };
    const deputy = deputyOf(crew, userId, now);
    if (deputy !== null && deputy !== person.userId) return { target, userId: deputy };
    const until = awayUntil(now, scheduleOf(crew, userId)) ?? now;
    return { target, refusal: { code: 'away', until: dayText(until, person, now) } };
  }

  private async targetRows(accountId: string, targets: readonly PushTarget[]): Promise<readonly TargetRow[]> {
    const dealt = targets.filter((target) => target.kind !== 'seller');
    return this.database.query<TargetRow>(
      `SELECT t.deal_id, d.owner_id, d.stage_kind, t.step_id, s.owner_id AS step_owner
       FROM unnest($2::text[], $3::text[]) AS t(deal_id, step_id)
       JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = t.deal_id AND d.deleted_at IS NULL AND d.pipeline_id <> ''
       LEFT JOIN LATERAL (SELECT coalesce(s.owner_id, '') AS owner_id FROM plan_step s
         JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id AND p.state <> 'closed'
         WHERE s.account_id = $1::uuid AND s.deal_id = t.deal_id AND s.step_key || '~' || s.visit_seq = t.step_id
           AND s.state IN ('future', 'waiting', 'actionable') LIMIT 1) s ON true`,
      [
        accountId,
        dealt.map((target) => target.dealId),
        dealt.map((target) => (target.kind === 'step' ? target.stepId : '')),
      ],
    );
  }

  /** Where the host has no notifications, a seller is asked in the own deal that is due first. */
  private async anchors(accountId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (userIds.length === 0) return new Map();
    const rows = await this.database.query<{ owner_id: string; deal_id: string }>(
      `SELECT DISTINCT ON (owner_id) owner_id, deal_id FROM deal_pulse
       WHERE account_id = $1::uuid AND owner_id = ANY($2::text[]) AND stage_kind = 'open'
       ORDER BY owner_id, next_due_at NULLS LAST, deal_id`,
      [accountId, [...userIds]],
    );
    return new Map(rows.map((row) => [row.owner_id, row.deal_id]));
  }

  /** Targets that were pushed within the cool-down, and when it ends. */
  private async cooling(
    tx: Sql,
    accountId: string,
    aims: readonly Aim[],
    now: Instant,
  ): Promise<ReadonlyMap<string, Instant>> {
    const of = {
      dealIds: aims.flatMap(({ target }) => (target.kind === 'seller' ? [] : target.dealId)),
      userIds: aims.flatMap(({ target, userId }) => (target.kind === 'seller' ? userId : [])),
    };
    const recent = await this.repository.since(tx, accountId, of, now - COOL_DOWN_MS);
    return new Map(recent.map((push) => [storedKey(push), push.at + COOL_DOWN_MS]));
  }

  private async make(
    tx: Sql,
    context: ControlContext,
    aims: readonly Aim[],
    order: {
      readonly byUser: string | null;
      readonly text: string | undefined;
      readonly now: Instant;
      readonly follows: string | null;
    },
  ): Promise<readonly StoredPush[]> {
    const last = await this.repository.lastReached(
      tx,
      context.accountId,
      aims.map((aim) => aim.userId),
    );
    return aims.map(({ target, userId }): StoredPush => {
      const schedule = scheduleOf(context.crew, userId);
      const deliverAt = deliveryMoment(order.now, last.get(userId) ?? null, schedule);
      const standing = { deliverAt, repeats: 0, level: 0 };
      return {
        ...standing,
        pushId: uuidv7(),
        target: target.kind,
        dealId: target.kind === 'seller' ? null : target.dealId,
        stepId: target.kind === 'step' ? target.stepId : null,
        userId,
        byUser: order.byUser,
        text: order.text?.trim() || readyText(target.kind, context.language),
        at: order.now,
        answerBy: answerByOf(deliverAt, schedule),
        state: 'waiting',
        nextAt: nextOfPush(standing, schedule)?.at ?? null,
        answer: null,
        follows: order.follows,
      };
    });
  }
}

function ownerOf(
  target: Exclude<PushTarget, { kind: 'seller' }>,
  rows: readonly TargetRow[],
  reach: Reach,
): string | PushRefusal {
  const row = rows.find(
    (one) => one.deal_id === target.dealId && one.step_id === (target.kind === 'step' ? target.stepId : ''),
  );
  if (!row) return { code: 'noDeal' };
  if (!mayHandle(reach, { ownerId: row.owner_id })) return { code: 'notYours' };
  if (target.kind === 'step' && row.step_owner === null) return { code: 'noStep' };
  if (target.kind === 'deal' && row.stage_kind !== 'open') return { code: 'closed' };
  return row.step_owner || row.owner_id || { code: 'nobody' };
}

function stepOf(stepTitle: string | null | undefined): { readonly stepTitle?: string } {
  return stepTitle ? { stepTitle } : {};
}

function mayWithdraw(person: Pusher, reach: Reach, push: StoredPush): boolean {
  if (push.byUser === person.userId) return true;
  return push.userId !== person.userId && mayHandle(reach, { ownerId: push.userId });
}

function keyOf({ target, userId }: Aim): string {
  if (target.kind === 'seller') return `seller|${userId}`;
  return target.kind === 'deal' ? `deal|${target.dealId}` : `step|${target.dealId}|${target.stepId}`;
}
