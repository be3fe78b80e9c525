import { Injectable } from '@nestjs/common';
import { Changes } from '../infra/changes.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { DeadLetters } from '../infra/jobs/dead-letters.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { Log } from '../infra/log.js';
import { ActionDelivery, type ActionClaim, type SettledAction } from './action-delivery.repository.js';
import type { ActionSettlement } from './action-settlement.js';
import { closing, deleteUnsent, insertActions } from './action-wish.repository.js';
import type { OutboxAction } from './action.types.js';
import { actionsSettled, type ActionSettled } from './jobs.js';
import { callWorkers } from './wish.repository.js';

interface Recorded {
  readonly row: OutboxAction;
  readonly settlement: ActionSettlement;
  readonly now: SettledAction;
}

/** Records what came out of attempts, and tells whom it concerns in the same transaction. */
@Injectable()
export class ActionRecorder {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly repository: ActionDelivery,
    private readonly deadLetters: DeadLetters,
    private readonly jobs: Jobs,
    private readonly changes: Changes,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  /** Rows that are no longer ours are left as they are: whoever took them knows better. */
  async record(claim: ActionClaim, settlements: readonly ActionSettlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const rows = new Map(claim.actions.map((row) => [row.key, row]));
    await this.jobs.prepare(actionsSettled);
    await this.database.transaction(async (tx) => {
      const ours = await this.repository.settle(tx, claim, settlements);
      const recorded = settlements.flatMap((settlement) => {
        const [row, now] = [rows.get(settlement.key), ours.get(settlement.key)];
        return row && now ? [{ row, settlement, now }] : [];
      });
      if (recorded.length < settlements.length) {
        this.log.warn('rows were taken over meanwhile', { count: settlements.length - recorded.length });
      }
      await this.endUnwanted(tx, claim.accountId, recorded);
      await this.tell(tx, claim.accountId, recorded);
    });
  }

  /** Questions that lost their point while they were under way. */
  private async endUnwanted(tx: Sql, accountId: string, recorded: readonly Recorded[]): Promise<void> {
    const unwanted = recorded.filter(({ now }) => now.closeText !== null);
    if (unwanted.length === 0) return;
    const neverMade = unwanted.filter(({ now }) => now.state === 'planned').map(({ now }) => now.key);
    await deleteUnsent(tx, accountId, neverMade);
    const closings = unwanted.flatMap(({ now: { key, state, dealId, hostId, closeText } }) =>
      state === 'done' && dealId !== null && hostId !== null
        ? [closing(accountId, key, dealId, hostId, closeText ?? '')]
        : [],
    );
    const inserted = await insertActions(tx, accountId, closings);
    if (inserted.size > 0) await callWorkers(tx, accountId);
  }

  private async tell(tx: Sql, accountId: string, recorded: readonly Recorded[]): Promise<void> {
    const ended = recorded.filter(({ now }) => now.state === 'done' || now.state === 'refused');
    if (ended.length === 0) return;
    for (const { row, settlement, now } of ended) {
      if (!settlement.redrivable) continue;
      await this.deadLetters.add(
        {
          accountId,
          source: 'outbox',
          subject: row.key,
          payload: { kind: row.action.kind, dealId: now.dealId },
          reason: settlement.fault ?? 'refused',
          attempts: settlement.attempts,
        },
        tx,
      );
    }
    await this.jobs.enqueue(actionsSettled, { accountId, actions: ended.map(settledOf) }, { tx });
    const deals = new Set(ended.flatMap(({ now }) => now.dealId ?? []));
    // Revision 0: no plan was decided, yet an open widget may show what was done.
    await this.changes.publish(
      tx,
      [...deals].map((dealId) => ({ accountId, dealId, revision: 0 })),
    );
  }
}

function settledOf({ row, settlement, now }: Recorded): ActionSettled {
  return {
    key: row.key,
    kind: row.action.kind,
    dealId: now.dealId,
    outcome: now.state === 'done' ? 'done' : 'refused',
    hostId: now.hostId,
    fault: settlement.fault,
  };
}
