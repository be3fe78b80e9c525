import { Injectable } from '@nestjs/common';
import { ASKED_BY_TASK } from '../contract/actions.js';
import { type AskAnswered, askAnswered } from '../contract/jobs.js';
import type { HostTask } from '../domain/crm/records.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { isActionKey } from './action-key.js';
import {
  deleteUnsent,
  endAsks,
  insertActions,
  markAnswered,
  redriveAction,
  type WhichAsks,
} from './action-wish.repository.js';
import { STANDING_COLUMNS, standingOf, type StandingRow } from './action.rows.js';
import type { ActionStanding, ActionWish } from './action.types.js';
import { callWorkers } from './wish.repository.js';

/** What is to be done in the host besides a plan's tasks: carried out once, whatever happens on the way. */
@Injectable()
export class ActionOutbox {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Saves wishes in the caller's transaction; workers hear of it when that commits. Idempotent by key: a second wish with
   * a known key changes nothing, whatever it says. Moves and hand-overs of one deal are carried out in the order of their
   * wishes. When one is done or refused for good, the job `outbox.actions-settled` tells.
   */
  async want(tx: Sql, accountId: string, wishes: readonly ActionWish[]): Promise<void> {
    for (const { key } of wishes) if (!isActionKey(key)) throw new Error(`not a key of an action: ${key}`);
    const inserted = await insertActions(tx, accountId, wishes);
    if (inserted.size > 0) await callWorkers(tx, accountId);
  }

  /** Takes wishes back that surely are not in the host; returns their keys. What is or may be there stays. */
  async cancel(tx: Sql, accountId: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    return deleteUnsent(tx, accountId, keys);
  }

  /**
   * Takes questions away that nobody needs an answer to any more, wherever they are on their way: never sent, under way
   * or there. Closed and answered ones stay as they are. `text` is shown where the host shows why.
   */
  async closeAsks(tx: Sql, accountId: string, which: WhichAsks, text: string): Promise<void> {
    await this.want(tx, accountId, await endAsks(tx, accountId, which, text));
  }

  /** By key; a key without an entry was never wanted, or was taken back. */
  async of(accountId: string, keys: readonly string[]): Promise<ReadonlyMap<string, ActionStanding>> {
    const rows = await this.database.query<StandingRow>(
      `SELECT ${STANDING_COLUMNS} FROM outbox_action WHERE account_id = $1 AND key = ANY($2::text[])`,
      [accountId, [...keys]],
    );
    return new Map(rows.map((row) => [row.key, standingOf(row)]));
  }

  /** A proven call of the host says that somebody answered: told on once, and only for a question of ours that is open. */
  async answered(
    accountId: string,
    hostId: string,
    by: Pick<AskAnswered, 'userId' | 'answer'>,
  ): Promise<void> {
    await this.jobs.prepare(askAnswered);
    await this.database.transaction(async (tx) => {
      const asks = await markAnswered(tx, accountId, [hostId]);
      await this.tell(tx, accountId, asks, () => by);
    });
  }

  /** Reads of the host's tasks: one that asked something and is completed is answered. */
  async observe(tx: Sql, accountId: string, tasks: readonly HostTask[]): Promise<void> {
    const closed = new Map(
      tasks
        .filter(({ state }) => state === 'completed' || state === 'awaitingControl')
        .map((task) => [`${ASKED_BY_TASK}${task.id}`, task]),
    );
    const asks = await markAnswered(tx, accountId, [...closed.keys()]);
    await this.tell(tx, accountId, asks, (hostId) => {
      const task = closed.get(hostId);
      const words = task?.result?.trim();
      return { userId: task?.completedBy ?? null, answer: 'done', ...(words && { words }) };
    });
  }

  /** Tries again what was refused for good; false when there is no such action. */
  async redrive(tx: Sql, accountId: string, key: string): Promise<boolean> {
    const redriven = await redriveAction(tx, accountId, key);
    if (redriven) await callWorkers(tx, accountId);
    return redriven;
  }

  private async tell(
    tx: Sql,
    accountId: string,
    asks: Awaited<ReturnType<typeof markAnswered>>,
    by: (hostId: string) => Pick<AskAnswered, 'userId' | 'answer' | 'words'>,
  ): Promise<void> {
    const told = asks.map(({ key, dealId, hostId }) => ({ accountId, key, dealId, ...by(hostId) }));
    if (told.length > 0) await this.jobs.enqueue<AskAnswered>(askAnswered, told, { tx });
  }
}
