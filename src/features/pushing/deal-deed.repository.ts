import { Injectable } from '@nestjs/common';
import type { FormerDeadlines } from '../../contract/plan-commands.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { PanelAction } from './panel.view.js';

export interface StagePlace {
  readonly pipelineId: string;
  readonly stageId: string;
}

/** What was so before, and what was asked for; only what the kind of the deed has. */
export interface DeedFacts {
  readonly from?: StagePlace;
  readonly to?: StagePlace;
  readonly fromOwner?: string | null;
  readonly toOwner?: string;
  /** The plans' open steps went along with the deal. */
  readonly withSteps?: boolean;
  readonly until?: string;
  readonly reasonKey?: string;
  readonly comment?: string;
  readonly snoozeId?: string;
  readonly pushId?: string;
  /** What deadlines rested on before they were counted anew. */
  readonly deadlines?: readonly FormerDeadlines[];
  /** Key of the comment that went with it. */
  readonly commentKey?: string;
  /** Of an undo: what it took back. */
  readonly undone?: PanelAction['kind'];
}

export interface DealDeed {
  readonly deedId: string;
  readonly dealId: string;
  readonly kind: PanelAction['kind'] | 'undo';
  /** A host user's id. */
  readonly actor: string;
  readonly at: Date;
  readonly actionKey: string | null;
  readonly facts: DeedFacts;
}

interface DeedRow {
  readonly deed_id: string;
  readonly deal_id: string;
  readonly kind: DealDeed['kind'];
  readonly actor: string;
  readonly at: Date;
  readonly action_key: string | null;
  readonly facts: DeedFacts;
}

const COLUMNS = 'deed_id, deal_id, kind, actor, at, action_key, facts';

/** What people did to deals in the panel: one row for each deal of a deed. */
@Injectable()
export class DealDeedRepository {
  constructor(private readonly database: Database) {}

  async add(tx: Sql, accountId: string, deeds: readonly DealDeed[]): Promise<void> {
    if (deeds.length === 0) return;
    await tx.query(
      `INSERT INTO deal_deed (account_id, deed_id, deal_id, kind, actor, at, action_key, facts)
       SELECT $1::uuid, r.deed, r.deal, r.kind, r.actor, r.at, r.key, r.facts::jsonb
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])
         AS r(deed, deal, kind, actor, at, key, facts)`,
      [
        accountId,
        deeds.map((deed) => deed.deedId),
        deeds.map((deed) => deed.dealId),
        deeds.map((deed) => deed.kind),
        deeds.map((deed) => deed.actor),
        deeds.map((deed) => deed.at),
        deeds.map((deed) => deed.actionKey),
        deeds.map((deed) => JSON.stringify(deed.facts)),
      ],
    );
  }

  /** Takes a deed for undoing, once and for its own actor only; empty: somebody else's, over, or undone already. */
  async takeBack(
    tx: Sql,
    accountId: string,
    which: { readonly deedId: string; readonly actor: string; readonly since: Date; readonly at: Date },
  ): Promise<readonly DealDeed[]> {
    const rows = await tx.query<DeedRow>(
      `UPDATE deal_deed SET undone_at = $5 WHERE account_id = $1::uuid AND deed_id = $2::uuid AND actor = $3
         AND at >= $4 AND undone_at IS NULL AND kind <> 'undo' RETURNING ${COLUMNS}`,
      [accountId, which.deedId, which.actor, which.since, which.at],
    );
    return rows.map(deedOf).toSorted((one, other) => (one.dealId < other.dealId ? -1 : 1));
  }

  /** Of each deal the newest deed that does something in the host, since `since`. */
  async latestWished(
    accountId: string,
    dealIds: readonly string[],
    since: Date,
  ): Promise<readonly DealDeed[]> {
    if (dealIds.length === 0) return [];
    const rows = await this.database.query<DeedRow>(
      `SELECT DISTINCT ON (deal_id) ${COLUMNS} FROM deal_deed
       WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND at >= $3 AND facts ? 'to'
       ORDER BY deal_id, at DESC, deed_id DESC`,
      [accountId, [...dealIds], since],
    );
    return rows.map(deedOf);
  }

  /** Newest first. */
  async ofDeal(accountId: string, dealId: string, limit: number): Promise<readonly DealDeed[]> {
    const rows = await this.database.query<DeedRow>(
      `SELECT ${COLUMNS} FROM deal_deed WHERE account_id = $1::uuid AND deal_id = $2 ORDER BY at DESC LIMIT $3`,
      [accountId, dealId, limit],
    );
    return rows.map(deedOf);
  }
}

function deedOf(row: DeedRow): DealDeed {
  const { deed_id: deedId, deal_id: dealId, kind, actor, at, action_key: actionKey, facts } = row;
  return { deedId, dealId, kind, actor, at, actionKey, facts };
}
