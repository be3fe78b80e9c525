import { Inject, Injectable } from '@nestjs/common';
import type { DealAction } from '../../contract/actions.js';
import type { Clock } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { ActionOutbox, actionKey, type ActionWish } from '../../outbox/index.js';
import { DealDeedRepository, type DealDeed, type DeedFacts } from './deal-deed.repository.js';
import type { Targets } from './panel-targets.service.js';

/** What is to be done with one deal. */
export interface PlannedDeed {
  readonly dealId: string;
  readonly facts: DeedFacts;
  /** In the host; its key is remembered with the deed. */
  readonly action?: DealAction;
  /** A note in the deal's history that goes with it. */
  readonly comment?: string;
}

/** Writes deeds down together with what they want of the host: all of it, or nothing. */
@Injectable()
export class PanelDeeds {
  constructor(
    private readonly database: Database,
    private readonly deeds: DealDeedRepository,
    private readonly outbox: ActionOutbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the deed's id, null when there was nothing to do. `also` runs in the same transaction. */
  async record(
    { person }: Pick<Targets, 'person'>,
    kind: DealDeed['kind'],
    planned: readonly PlannedDeed[],
    also?: (tx: Sql, at: Date) => Promise<void>,
  ): Promise<string | null> {
    if (planned.length === 0) return null;
    const deedId = uuidv7();
    await this.database.transaction((tx) => this.within(tx, person, { deedId, kind }, planned, also));
    return deedId;
  }

  /** The same inside the caller's transaction. */
  async within(
    tx: Sql,
    person: Targets['person'],
    deed: { readonly deedId: string; readonly kind: DealDeed['kind'] },
    planned: readonly PlannedDeed[],
    also?: (tx: Sql, at: Date) => Promise<void>,
  ): Promise<void> {
    const { accountId, userId: actor } = person;
    const at = new Date(this.clock.now());
    const rows: DealDeed[] = [];
    const wishes: ActionWish[] = [];
    for (const { dealId, facts, action, comment } of planned) {
      const key = (what: string): string => actionKey(accountId, 'deed', deed.deedId, dealId, what);
      if (action) wishes.push({ key: key('do'), action });
      if (comment !== undefined)
        wishes.push({ key: key('say'), action: { kind: 'comment', dealId, text: comment } });
      const said = comment === undefined ? {} : { commentKey: key('say') };
      rows.push({
        ...deed,
        dealId,
        actor,
        at,
        actionKey: action ? key('do') : null,
        facts: { ...facts, ...said },
      });
    }
    await this.deeds.add(tx, accountId, rows);
    await also?.(tx, at);
    await this.outbox.want(tx, accountId, wishes);
    const detail = { deedId: deed.deedId, deals: planned.length };
    await audit(tx, { accountId, actor, action: `panel.${deed.kind}`, detail });
  }
}
