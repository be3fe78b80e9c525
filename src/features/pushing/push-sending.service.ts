import { Injectable } from '@nestjs/common';
import type { AppPlace } from '../../contract/links.js';
import type { Instant } from '../../domain/crm/time.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox, type ActionWish } from '../../outbox/index.js';
import { nameOf, type ControlContext } from './control-context.service.js';
import { PushRepository } from './push.repository.js';
import { askTitle, escalationText, noteText, repeatText, type PushWords } from './push.texts.js';
import type { PushMessage, StoredPush } from './push.types.js';
import { StepTitles } from './step-titles.service.js';

const HOUR_MS = 3_600_000;
/** What the head finds there: the deals whose questions nobody answered. */
const UNANSWERED: AppPlace = { screen: 'panel', params: { mark: 'pushedUnanswered' } };

/** Titles of deals and steps, for texts; read before the transaction. */
export type PushTitles = ReadonlyMap<string, { readonly deal: string | null; readonly step: string | null }>;

/** How pushes reach people inside the host; everything goes through the outbox, once by its key. */
@Injectable()
export class PushSending {
  constructor(
    private readonly pushes: PushRepository,
    private readonly outbox: ActionOutbox,
    private readonly titles: StepTitles,
  ) {}

  /** What the pushes are about, by push id. Steps are told by the plan that the deal has now. */
  async titlesOf(sql: Sql, accountId: string, pushes: readonly StoredPush[]): Promise<PushTitles> {
    const dealIds = pushes.flatMap((push) => push.dealId ?? []);
    const rows = await sql.query<TitleRow>(
      `SELECT d.deal_id, d.title, o.template_id, o.template_version FROM deal d
       LEFT JOIN deal_pulse o ON o.account_id = d.account_id AND o.deal_id = d.deal_id
       WHERE d.account_id = $1::uuid AND d.deal_id = ANY($2::text[])`,
      [accountId, dealIds],
    );
    const byDeal = new Map(rows.map((row) => [row.deal_id, row]));
    const found = new Map<string, { deal: string | null; step: string | null }>();
    for (const { pushId, dealId, stepId } of pushes) {
      const row = dealId === null ? undefined : byDeal.get(dealId);
      const step = row && stepId !== null ? await this.stepTitle(sql, accountId, row, stepId) : null;
      found.set(pushId, { deal: row?.title ?? null, step });
    }
    return found;
  }

  /**
   * Asks in each deal, and notifies each person once for all pushes of one moment: a notification that still waits for
   * that moment is taken back and written anew.
   */
  async deliver(
    tx: Sql,
    context: ControlContext,
    pushes: readonly StoredPush[],
    titles: PushTitles,
    anchors: ReadonlyMap<string, string>,
  ): Promise<void> {
    const messages: PushMessage[] = [];
    const wishes: ActionWish[] = [];
    for (const push of pushes) {
      const dealId = push.dealId ?? (context.kinds.has('notify') ? null : (anchors.get(push.userId) ?? null));
      if (dealId === null || !context.kinds.has('ask')) continue;
      const words = wordsOf(context, push, titles);
      const key = actionKey(context.accountId, 'push', push.pushId);
      messages.push(messageOf(push, key, 'ask'));
      wishes.push({
        key,
        notBefore: push.deliverAt,
        action: {
          kind: 'ask',
          dealId,
          userId: push.userId,
          title: askTitle(words, context.language),
          text: push.text,
          dueAt: push.answerBy,
        },
      });
    }
    await this.outbox.want(tx, context.accountId, wishes);
    await this.pushes.messages(tx, context.accountId, messages);
    if (context.kinds.has('notify')) await this.notify(tx, context, pushes, titles);
    else await this.pushes.messages(tx, context.accountId, silentOnes(pushes, messages));
  }

  /** The one reminder of a person's pushes: a notification, or where the host has none, a note in each deal. */
  async repeat(tx: Sql, context: ControlContext, pushes: readonly StoredPush[], at: Instant): Promise<void> {
    const titles = await this.titlesOf(tx, context.accountId, pushes);
    const groups = context.kinds.has('notify') ? [pushes] : pushes.map((push) => [push]);
    for (const group of groups) {
      const [first] = group;
      if (!first) continue;
      const words = group.map((push) => wordsOf(context, push, titles));
      const text = repeatText(words, context.language);
      const key = actionKey(context.accountId, 'push-repeat', ...group.map((push) => push.pushId).toSorted());
      const dealId = group.length === 1 ? first.dealId : null;
      const kind = context.kinds.has('notify') ? 'notify' : 'comment';
      const action =
        kind === 'notify'
          ? ({ kind, userId: first.userId, text, dealId, place: answerPlace(group) } as const)
          : dealId !== null && context.kinds.has('comment')
            ? ({ kind, dealId, text } as const)
            : null;
      if (action) await this.outbox.want(tx, context.accountId, [{ key, action, notBefore: at }]);
      const messages = group.map((push) => ({ ...messageOf(push, key, kind), at }));
      await this.pushes.messages(tx, context.accountId, messages);
    }
  }

  /** One message for everything that escalated to this person now. */
  async escalate(
    tx: Sql,
    context: ControlContext,
    to: { readonly userId: string; readonly at: Instant; readonly level: number },
    pushes: readonly StoredPush[],
  ): Promise<void> {
    const titles = await this.titlesOf(tx, context.accountId, pushes);
    const words = pushes.map((push) => ({
      ...wordsOf(context, push, titles),
      userName: nameOf(context.structure, push.userId) ?? push.userId,
    }));
    const text = escalationText(words, context.language);
    const ids = pushes.map((push) => push.pushId).toSorted();
    const key = actionKey(context.accountId, 'push-up', to.userId, to.level, ...ids);
    const dealId = pushes.length === 1 ? (pushes[0]?.dealId ?? null) : null;
    const anchor = pushes.find((push) => push.dealId !== null)?.dealId ?? null;
    const place = dealId === null ? UNANSWERED : undefined;
    const wish = tellWish(context, { key, userId: to.userId, dealId, place, anchor, text, at: to.at });
    if (wish) await this.outbox.want(tx, context.accountId, [wish]);
    const kind = context.kinds.has('notify') ? 'notify' : 'comment';
    await this.pushes.messages(
      tx,
      context.accountId,
      pushes.map((push) => ({ ...messageOf(push, key, kind), ...to })),
    );
  }

  /** Tells a person something that wants no answer. */
  async tell(tx: Sql, context: ControlContext, message: Omit<Telling, 'anchor'>): Promise<void> {
    if (!context.kinds.has('notify')) return;
    const wish = tellWish(context, { ...message, anchor: message.dealId });
    if (wish) await this.outbox.want(tx, context.accountId, [wish]);
  }

  /**
   * Takes the questions of these pushes away, and the notifications that were not sent yet: what else such a
   * notification was about is told without them.
   */
  async takeAway(tx: Sql, context: ControlContext, pushIds: readonly string[], text: string): Promise<void> {
    const messages = await this.pushes.messagesOf(tx, context.accountId, pushIds);
    const asks = messages.filter((message) => message.kind === 'ask').map((message) => message.key);
    if (asks.length > 0) await this.outbox.closeAsks(tx, context.accountId, { keys: asks }, text);
    const notes = messages.filter((message) => message.kind === 'notify' && message.level === 0);
    for (const note of new Map(notes.map((one) => [`${one.userId}|${one.at}`, one])).values())
      await this.notifyAt(tx, context, note, [], new Map());
  }

  private async notify(
    tx: Sql,
    context: ControlContext,
    pushes: readonly StoredPush[],
    titles: PushTitles,
  ): Promise<void> {
    for (const group of Map.groupBy(pushes, (push) => `${push.userId}|${push.deliverAt}`).values()) {
      const [first] = group;
      if (first)
        await this.notifyAt(tx, context, { userId: first.userId, at: first.deliverAt }, group, titles);
    }
  }

  /** What waits for that moment is written anew with these pushes, and without those that nobody asks any more. */
  private async notifyAt(
    tx: Sql,
    context: ControlContext,
    { userId, at }: { readonly userId: string; readonly at: Instant },
    pushes: readonly StoredPush[],
    titles: PushTitles,
  ): Promise<void> {
    const joined = await this.pushes.notesAt(tx, context.accountId, userId, at);
    const oldKeys = [...new Set(joined.map((message) => message.key))];
    const taken = await this.outbox.cancel(tx, context.accountId, oldKeys);
    const others = joined.filter((message) => taken.has(message.key)).map((message) => message.pushId);
    const stored = await Promise.all(others.map((id) => this.pushes.find(context.accountId, id, tx)));
    const asked = stored.flatMap((push) => (push && isAsked(push) ? push : []));
    const all = [...asked, ...pushes];
    const [first] = all;
    if (!first) return;
    const otherTitles = await this.titlesOf(tx, context.accountId, all);
    const words = all.map((push) => wordsOf(context, push, new Map([...otherTitles, ...titles])));
    const key = actionKey(
      context.accountId,
      'push-note',
      userId,
      ...all.map((push) => push.pushId).toSorted(),
    );
    const dealId = all.length === 1 ? first.dealId : null;
    const text = noteText(words, context.language);
    const action = { kind: 'notify', userId, text, dealId, place: answerPlace(all) } as const;
    await this.outbox.want(tx, context.accountId, [{ key, notBefore: at, action }]);
    const messages = all.map((push) => messageOf(push, key, 'notify'));
    await this.pushes.messages(tx, context.accountId, messages);
  }

  private stepTitle(sql: Sql, accountId: string, row: TitleRow, stepId: string): Promise<string> | null {
    if (row.template_id === null) return null;
    const stepKey = stepId.slice(0, stepId.lastIndexOf('~'));
    return this.titles.title(accountId, row.template_id, row.template_version ?? 0, stepKey, sql);
  }
}

/** All answers are given in the person's day, with the reasons to choose from; one question is shown at once. */
function answerPlace(pushes: readonly StoredPush[]): AppPlace {
  const [first] = pushes;
  return pushes.length === 1 && first
    ? { screen: 'home', params: { push: first.pushId } }
    : { screen: 'home' };
}

function isAsked({ state }: StoredPush): boolean {
  return state === 'waiting' || state === 'escalated';
}

interface TitleRow {
  readonly deal_id: string;
  readonly title: string;
  readonly template_id: string | null;
  readonly template_version: number | null;
}

interface Telling {
  readonly key: string;
  readonly userId: string;
  readonly dealId: string | null;
  /** Deal in which the person is told where the host has no notifications. */
  readonly anchor: string | null;
  /** A screen of ours that it leads to; absent: the deal, where there is one. */
  readonly place?: AppPlace | undefined;
  readonly text: string;
  readonly at: Instant;
}

/** A notification, or where the host has none a question in a deal; null: the host can do neither. */
export function tellWish(context: ControlContext, telling: Telling): ActionWish | null {
  const { key, userId, dealId, anchor, text, at } = telling;
  const place = telling.place ? { place: telling.place } : {};
  if (context.kinds.has('notify'))
    return { key, notBefore: at, action: { kind: 'notify', userId, text, dealId, ...place } };
  if (anchor === null || !context.kinds.has('ask')) return null;
  const [title = '', ...rest] = text.split('\n');
  const dueAt = at + HOUR_MS;
  return {
    key,
    notBefore: at,
    action: { kind: 'ask', dealId: anchor, userId, title, text: rest.join('\n'), dueAt, ...place },
  };
}

function wordsOf(context: ControlContext, push: StoredPush, titles: PushTitles): PushWords {
  const found = titles.get(push.pushId);
  return {
    byName: nameOf(context.structure, push.byUser),
    dealTitle: found?.deal ?? null,
    stepTitle: found?.step ?? null,
    text: push.text,
  };
}

function messageOf(push: StoredPush, key: string, kind: PushMessage['kind']): PushMessage {
  return { key, kind, pushId: push.pushId, userId: push.userId, level: 0, at: push.deliverAt };
}

/** Pushes that only the widget shows still count for the cool-down. */
function silentOnes(pushes: readonly StoredPush[], sent: readonly PushMessage[]): readonly PushMessage[] {
  const told = new Set(sent.map((message) => message.pushId));
  return pushes
    .filter((push) => !told.has(push.pushId))
    .map((push) => messageOf(push, `widget-${push.pushId}`, 'comment'));
}
