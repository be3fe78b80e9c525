import { Inject, Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { CompanyStructures, MirrorReads } from '../../mirror/index.js';
import { DealDeedRepository, type DealDeed } from './deal-deed.repository.js';
import { undoOver } from './panel-refusal.texts.js';
import { PanelTakeBacks, type StandingDeed } from './panel-take-backs.service.js';
import { refuse, type Refused } from './panel-targets.service.js';
import type { PanelActionAnswer } from './panel.view.js';

/** Product's figure: longer than any slow network, too short to undo yesterday's work. */
const LIFETIME_MS = 15 * 60_000;

/** Takes an action of the panel back, once, by whoever did it. What moved on meanwhile stays and is named. */
@Injectable()
export class PanelUndo {
  constructor(
    private readonly database: Database,
    private readonly deeds: DealDeedRepository,
    private readonly mirror: MirrorReads,
    private readonly structures: CompanyStructures,
    private readonly takeBacks: PanelTakeBacks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async undo(person: SessionClaims, deedId: string): Promise<PanelActionAnswer> {
    const reach = reachOf(person, await this.structures.of(person.accountId));
    const taken = await this.database.transaction(async (tx) => {
      const rows = await this.take(tx, person, deedId);
      const { deeds, refused } = await this.within(tx, person, reach, rows);
      const more = await this.takeBacks.inTransaction(tx, person, deeds);
      return { deeds, refused: [...refused, ...more.refused], done: more.done };
    });
    const after = await this.takeBacks.afterwards(person, taken.deeds, taken.done);
    return { done: after.done.length, refused: [...taken.refused, ...after.refused], undo: null };
  }

  private async take(tx: Sql, person: SessionClaims, deedId: string): Promise<readonly DealDeed[]> {
    const now = this.clock.now();
    const rows = await this.deeds.takeBack(tx, person.accountId, {
      deedId,
      actor: person.userId,
      since: new Date(now - LIFETIME_MS),
      at: new Date(now),
    });
    if (rows.length === 0) throw undoOver();
    return rows;
  }

  /** Deals that are still there and within the person's reach, as the mirror has them now. */
  private async within(
    tx: Sql,
    person: SessionClaims,
    reach: Reach,
    rows: readonly DealDeed[],
  ): Promise<{ readonly deeds: readonly StandingDeed[]; readonly refused: readonly Refused[] }> {
    const dealIds = rows.map((row) => row.dealId);
    const found = await this.mirror.deals(person.accountId, dealIds, tx);
    const known = new Map(found.filter((deal) => !deal.deleted).map((deal) => [deal.id, deal]));
    const deeds: StandingDeed[] = [];
    const refused: Refused[] = [];
    for (const deed of rows) {
      const deal = known.get(deed.dealId);
      if (deal && mayHandle(reach, deal)) deeds.push({ deed, deal });
      else refused.push(refuse(deed.dealId, 'notThere', person.language));
    }
    return { deeds, refused };
  }
}
