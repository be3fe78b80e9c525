import { Inject, Injectable } from '@nestjs/common';
import type { ReasonFacts } from '../../contract/company.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { PanelDeeds } from './panel-deeds.service.js';
import { badDate } from './panel-refusal.texts.js';
import type { Targets } from './panel-targets.service.js';
import type { PanelActionAnswer } from './panel.view.js';

const LONGEST_MS = 366 * 86_400_000;

export interface SnoozeOrder {
  readonly until: string;
  readonly reason: ReasonFacts;
  readonly comment: string | undefined;
}

/** Puts deals off: until the date nobody is alerted of them. Each time is kept with its reason and counted. */
@Injectable()
export class PanelSnoozes {
  constructor(
    private readonly deeds: PanelDeeds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async snooze(targets: Targets, { until, reason, comment }: SnoozeOrder): Promise<PanelActionAnswer> {
    const { accountId, userId } = targets.person;
    const end = Date.parse(until);
    const ahead = end - this.clock.now();
    if (!(ahead > 0 && ahead <= LONGEST_MS)) throw badDate();
    const said = comment === undefined ? {} : { comment };
    const planned = targets.deals.map((deal) => ({
      dealId: deal.id,
      facts: { until: new Date(end).toISOString(), reasonKey: reason.key, snoozeId: uuidv7(), ...said },
    }));
    const undo = await this.deeds.record(targets, 'snooze', planned, async (tx, at) => {
      await tx.query(
        `INSERT INTO snooze (account_id, snooze_id, deal_id, until, reason_key, comment, by_user, at)
         SELECT $1::uuid, r.id, r.deal, $4, $5, $6, $7, $8 FROM unnest($2::uuid[], $3::text[]) AS r(id, deal)`,
        [
          accountId,
          planned.map((one) => one.facts.snoozeId),
          planned.map((one) => one.dealId),
          new Date(end),
          reason.key,
          comment ?? null,
          userId,
          at,
        ],
      );
      await keepSnoozed(
        tx,
        accountId,
        planned.map((one) => one.dealId),
      );
    });
    return { done: planned.length, refused: targets.refused, undo };
  }

  /** Takes snoozes back; those before them hold again. */
  async takeBack(tx: Sql, accountId: string, snoozeIds: readonly string[]): Promise<void> {
    const rows = await tx.query<{ deal_id: string }>(
      `UPDATE snooze SET undone_at = $3 WHERE account_id = $1::uuid AND snooze_id = ANY($2::uuid[])
         AND undone_at IS NULL RETURNING deal_id`,
      [accountId, [...snoozeIds], new Date(this.clock.now())],
    );
    await keepSnoozed(
      tx,
      accountId,
      rows.map((row) => row.deal_id),
    );
  }
}

/** The rows of control say what the newest snooze of each deal says. */
async function keepSnoozed(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<void> {
  const sorted = dealIds.toSorted();
  // In the order in which everybody takes these rows.
  await tx.query(
    `SELECT 1 FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) ORDER BY deal_id FOR UPDATE`,
    [accountId, sorted],
  );
  await tx.query(
    `UPDATE deal_pulse o SET next_check_at = '-infinity', snoozed_until = (SELECT s.until FROM snooze s
       WHERE s.account_id = o.account_id AND s.deal_id = o.deal_id AND s.undone_at IS NULL ORDER BY s.at DESC LIMIT 1)
     WHERE o.account_id = $1::uuid AND o.deal_id = ANY($2::text[])`,
    [accountId, sorted],
  );
}
