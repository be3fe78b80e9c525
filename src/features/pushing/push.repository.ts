import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { PushMessage, StoredAnswer, StoredPush } from './push.types.js';

interface PushRow {
  readonly push_id: string;
  readonly target: StoredPush['target'];
  readonly deal_id: string | null;
  readonly step_id: string | null;
  readonly user_id: string;
  readonly by_user: string | null;
  readonly text: string;
  readonly at: Date;
  readonly deliver_at: Date;
  readonly answer_by: Date;
  readonly state: StoredPush['state'];
  readonly repeats: number;
  readonly level: number;
  readonly next_at: Date | null;
  readonly answered_at: Date | null;
  readonly answered_by: string | null;
  readonly answer: StoredAnswer['kind'] | null;
  readonly until: Date | null;
  readonly reason_key: string | null;
  readonly reason: string | null;
  readonly minutes: number | null;
  readonly follows: string | null;
}

const COLUMNS = `push_id, target, deal_id, step_id, user_id, by_user, text, at, deliver_at, answer_by, state, repeats,
  level, next_at, answered_at, answered_by, answer, until, reason_key, reason, minutes, follows`;
/** Key space of our advisory locks, so that they meet nobody else's. */
const LOCK_SPACE = 0x70757368;
const UNANSWERED = `state IN ('waiting', 'escalated')`;

/** Pushes and what was sent for them. */
@Injectable()
export class PushRepository {
  constructor(private readonly database: Database) {}

  /** One writer of pushes an account at a time: cool-downs are counted over rows that two writers would both miss. */
  async lock(tx: Sql, accountId: string): Promise<void> {
    await tx.query('SELECT 1 FROM pg_advisory_xact_lock($1, hashtext($2))', [LOCK_SPACE, accountId]);
  }

  async insert(tx: Sql, accountId: string, pushes: readonly StoredPush[]): Promise<void> {
    await tx.query(
      `INSERT INTO push (account_id, push_id, target, deal_id, step_id, user_id, by_user, text, at, deliver_at, answer_by,
         state, repeats, level, next_at, follows)
       SELECT $1::uuid, (p ->> 'pushId')::uuid, p ->> 'target', p ->> 'dealId', p ->> 'stepId', p ->> 'userId',
         p ->> 'byUser', p ->> 'text', to_timestamp((p ->> 'at')::float8 / 1000),
         to_timestamp((p ->> 'deliverAt')::float8 / 1000), to_timestamp((p ->> 'answerBy')::float8 / 1000),
         p ->> 'state', (p ->> 'repeats')::int, (p ->> 'level')::int, to_timestamp((p ->> 'nextAt')::float8 / 1000),
         (p ->> 'follows')::uuid
       FROM jsonb_array_elements($2::jsonb) p ON CONFLICT DO NOTHING`,
      [accountId, JSON.stringify(pushes)],
    );
  }

  async messages(tx: Sql, accountId: string, messages: readonly PushMessage[]): Promise<void> {
    await tx.query(
      `INSERT INTO push_message (account_id, key, push_id, user_id, kind, level, at)
       SELECT $1::uuid, m ->> 'key', (m ->> 'pushId')::uuid, m ->> 'userId', m ->> 'kind', (m ->> 'level')::int,
         to_timestamp((m ->> 'at')::float8 / 1000)
       FROM jsonb_array_elements($2::jsonb) m ON CONFLICT DO NOTHING`,
      [accountId, JSON.stringify(messages)],
    );
  }

  async find(
    accountId: string,
    pushId: string,
    sql: Sql = this.database,
    lock = false,
  ): Promise<StoredPush | null> {
    const [row] = await sql.query<PushRow>(
      `SELECT ${COLUMNS} FROM push WHERE account_id = $1::uuid AND push_id = $2::uuid${lock ? ' FOR UPDATE' : ''}`,
      [accountId, pushId],
    );
    return row ? pushOf(row) : null;
  }

  /** By the key of a question in the host. */
  async byAsk(accountId: string, key: string): Promise<StoredPush | null> {
    const [row] = await this.database.query<PushRow>(
      `SELECT ${COLUMNS} FROM push p WHERE p.account_id = $1::uuid AND p.push_id = (SELECT m.push_id FROM push_message m
         WHERE m.account_id = $1::uuid AND m.key = $2 AND m.kind = 'ask' LIMIT 1)`,
      [accountId, key],
    );
    return row ? pushOf(row) : null;
  }

  /** What waits for this person's answer, own ones and those that were escalated to the person; oldest first. */
  async waitingFor(accountId: string, userId: string): Promise<readonly StoredPush[]> {
    const rows = await this.database.query<PushRow>(
      `SELECT ${COLUMNS} FROM push WHERE account_id = $1::uuid AND user_id = $2 AND ${UNANSWERED}
       ORDER BY at, push_id LIMIT 200`,
      [accountId, userId],
    );
    return rows.map(pushOf);
  }

  /** The last push of each of these deals that was not withdrawn. */
  async lastOf(accountId: string, dealIds: readonly string[]): Promise<ReadonlyMap<string, StoredPush>> {
    const rows = await this.database.query<PushRow>(
      `SELECT DISTINCT ON (deal_id) ${COLUMNS} FROM push
       WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND state <> 'withdrawn'
       ORDER BY deal_id, at DESC, push_id DESC`,
      [accountId, [...dealIds]],
    );
    return new Map(rows.map((row) => [row.deal_id ?? '', pushOf(row)]));
  }

  async allOf(accountId: string, dealId: string): Promise<readonly StoredPush[]> {
    const rows = await this.database.query<PushRow>(
      `SELECT ${COLUMNS} FROM push WHERE account_id = $1::uuid AND deal_id = $2 ORDER BY at DESC, push_id DESC LIMIT 50`,
      [accountId, dealId],
    );
    return rows.map(pushOf);
  }

  /** Pushes that are younger than `since`, of these targets: by deal and step, or by person where there is no deal. */
  async since(
    tx: Sql,
    accountId: string,
    of: { readonly dealIds: readonly string[]; readonly userIds: readonly string[] },
    since: Instant,
  ): Promise<readonly StoredPush[]> {
    const rows = await tx.query<PushRow>(
      `SELECT ${COLUMNS} FROM push WHERE account_id = $1::uuid AND at > $4 AND state <> 'withdrawn'
         AND (deal_id = ANY($2::text[]) OR (deal_id IS NULL AND user_id = ANY($3::text[])))`,
      [accountId, [...of.dealIds], [...of.userIds], new Date(since)],
    );
    return rows.map(pushOf);
  }

  /** When each of these people was or will be reached by a push the last time. */
  async lastReached(
    tx: Sql,
    accountId: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, Instant>> {
    const rows = await tx.query<{ user_id: string; at: Date }>(
      `SELECT user_id, max(at) AS at FROM push_message
       WHERE account_id = $1::uuid AND user_id = ANY($2::text[]) AND level = 0 GROUP BY user_id`,
      [accountId, [...userIds]],
    );
    return new Map(rows.map((row) => [row.user_id, row.at.getTime()]));
  }

  /** Pushes whose next step is due, locked for the caller. */
  async due(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly StoredPush[]> {
    const rows = await tx.query<PushRow>(
      `SELECT ${COLUMNS} FROM push WHERE account_id = $1::uuid AND next_at <= $2 ORDER BY next_at, push_id LIMIT $3
       FOR UPDATE`,
      [accountId, new Date(now), limit],
    );
    return rows.map(pushOf);
  }

  async advance(
    tx: Sql,
    accountId: string,
    push: Pick<StoredPush, 'pushId' | 'state' | 'repeats' | 'level' | 'nextAt'>,
  ): Promise<void> {
    await tx.query(
      `UPDATE push SET state = $3, repeats = $4, level = $5, next_at = $6
       WHERE account_id = $1::uuid AND push_id = $2::uuid`,
      [
        accountId,
        push.pushId,
        push.state,
        push.repeats,
        push.level,
        push.nextAt === null ? null : new Date(push.nextAt),
      ],
    );
  }

  /** False when somebody else answered or withdrew it first. */
  async answered(
    tx: Sql,
    accountId: string,
    pushId: string,
    answer: StoredAnswer,
    nextAt: Instant | null,
  ): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE push SET state = 'answered', answered_at = $3, answered_by = $4, answer = $5, until = $6, reason_key = $7,
         reason = $8, minutes = $9, next_at = $10
       WHERE account_id = $1::uuid AND push_id = $2::uuid AND ${UNANSWERED} RETURNING push_id`,
      [
        accountId,
        pushId,
        new Date(answer.at),
        answer.by,
        answer.kind,
        answer.until === null ? null : new Date(answer.until),
        answer.reasonKey,
        answer.reason,
        answer.minutes,
        nextAt === null ? null : new Date(nextAt),
      ],
    );
    return rows.length > 0;
  }

  async withdraw(tx: Sql, accountId: string, pushIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ push_id: string }>(
      `UPDATE push SET state = 'withdrawn', next_at = NULL
       WHERE account_id = $1::uuid AND push_id = ANY($2::uuid[]) AND ${UNANSWERED} RETURNING push_id`,
      [accountId, [...pushIds]],
    );
    return rows.map((row) => row.push_id);
  }

  async messagesOf(tx: Sql, accountId: string, pushIds: readonly string[]): Promise<readonly PushMessage[]> {
    const rows = await tx.query<PushMessageRow>(
      `SELECT key, push_id, user_id, kind, level, at FROM push_message
       WHERE account_id = $1::uuid AND push_id = ANY($2::uuid[])`,
      [accountId, [...pushIds]],
    );
    return rows.map(messageOf);
  }

  /** Notifications that still wait for this moment, for a person whom further pushes join. */
  async notesAt(tx: Sql, accountId: string, userId: string, at: Instant): Promise<readonly PushMessage[]> {
    const rows = await tx.query<PushMessageRow>(
      `SELECT key, push_id, user_id, kind, level, at FROM push_message
       WHERE account_id = $1::uuid AND user_id = $2 AND at = $3 AND kind = 'notify' AND level = 0`,
      [accountId, userId, new Date(at)],
    );
    return rows.map(messageOf);
  }

  /** Brings "pushed and unanswered" of these deals up to date; an answer counts as a sign of life. */
  async mark(
    tx: Sql,
    accountId: string,
    dealIds: readonly string[],
    answeredAt: Instant | null = null,
  ): Promise<void> {
    await tx.query(
      `UPDATE deal_pulse o SET pushed_at = (SELECT min(p.at) FROM push p WHERE p.account_id = $1::uuid
           AND p.deal_id = o.deal_id AND p.${UNANSWERED}),
         last_event = CASE WHEN $3::timestamptz > o.last_event_at THEN 'pushAnswered' ELSE o.last_event END,
         last_event_at = greatest(o.last_event_at, $3::timestamptz), next_check_at = '-infinity'
       WHERE o.account_id = $1::uuid AND o.deal_id = ANY($2::text[])`,
      [accountId, [...dealIds], answeredAt === null ? null : new Date(answeredAt)],
    );
  }
}

interface PushMessageRow {
  readonly key: string;
  readonly push_id: string;
  readonly user_id: string;
  readonly kind: PushMessage['kind'];
  readonly level: number;
  readonly at: Date;
}

function messageOf(row: PushMessageRow): PushMessage {
  const { key, kind, level } = row;
  return { key, kind, level, pushId: row.push_id, userId: row.user_id, at: row.at.getTime() };
}

function pushOf(row: PushRow): StoredPush {
  return {
    pushId: row.push_id,
    target: row.target,
    dealId: row.deal_id,
    stepId: row.step_id,
    userId: row.user_id,
    byUser: row.by_user,
    text: row.text,
    at: row.at.getTime(),
    deliverAt: row.deliver_at.getTime(),
    answerBy: row.answer_by.getTime(),
    state: row.state,
    repeats: row.repeats,
    level: row.level,
    nextAt: row.next_at?.getTime() ?? null,
    answer: answerOf(row),
    follows: row.follows,
  };
}

function answerOf(row: PushRow): StoredAnswer | null {
  if (row.answer === null || row.answered_at === null) return null;
  return {
    kind: row.answer,
    at: row.answered_at.getTime(),
    by: row.answered_by,
    until: row.until?.getTime() ?? null,
    reasonKey: row.reason_key,
    reason: row.reason,
    minutes: row.minutes,
  };
}
