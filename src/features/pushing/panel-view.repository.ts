import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import type { PanelFilter, PanelSort, SavedPanelView } from './panel.view.js';

/** More than anybody keeps apart; a guard against a script, not a limit to feel. */
const MAX_VIEWS = 100;

interface ViewRow {
  readonly view_id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly shared: boolean;
  readonly filter: PanelFilter;
  readonly sort: PanelSort;
}

/** Ways to look at the panel that people saved, and the filter of each person's last visit. */
@Injectable()
export class PanelViewRepository {
  constructor(private readonly database: Database) {}

  /** The person's own ones and those that others share, by name. */
  async list(accountId: string, userId: string): Promise<readonly SavedPanelView[]> {
    const rows = await this.database.query<ViewRow>(
      `SELECT view_id, owner_id, name, shared, filter, sort FROM panel_view
       WHERE account_id = $1::uuid AND (owner_id = $2 OR shared) ORDER BY lower(name), view_id LIMIT ${MAX_VIEWS * 2}`,
      [accountId, userId],
    );
    return rows.map(({ view_id: id, owner_id: ownerId, ...rest }) => ({
      id,
      ...rest,
      mine: ownerId === userId,
    }));
  }

  /** Idempotent by the id, which the browser makes. False: the id is somebody else's, or there are too many. */
  async save(accountId: string, userId: string, view: Omit<SavedPanelView, 'mine'>): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO panel_view AS v (account_id, view_id, owner_id, name, shared, filter, sort)
       SELECT $1::uuid, $2::uuid, $3, $4, $5, $6::jsonb, $7
       WHERE (SELECT count(*) FROM panel_view WHERE account_id = $1::uuid AND owner_id = $3 AND view_id <> $2::uuid) < ${MAX_VIEWS}
       ON CONFLICT (account_id, view_id) DO UPDATE SET name = excluded.name, shared = excluded.shared,
         filter = excluded.filter, sort = excluded.sort, saved_at = now()
       WHERE v.owner_id = excluded.owner_id RETURNING view_id`,
      [accountId, view.id, userId, view.name, view.shared, JSON.stringify(view.filter), view.sort],
    );
    return rows.length > 0;
  }

  /** Idempotent; somebody else's stays. */
  async remove(accountId: string, userId: string, viewId: string): Promise<void> {
    await this.database.query(
      'DELETE FROM panel_view WHERE account_id = $1::uuid AND view_id = $2::uuid AND owner_id = $3',
      [accountId, viewId, userId],
    );
  }

  async last(accountId: string, userId: string): Promise<PanelFilter | null> {
    const [row] = await this.database.query<{ filter: PanelFilter | null }>(
      `SELECT settings -> 'panelFilter' AS filter FROM preference WHERE account_id = $1::uuid AND user_id = $2`,
      [accountId, userId],
    );
    return row?.filter ?? null;
  }

  async remember(accountId: string, userId: string, filter: PanelFilter): Promise<void> {
    await this.database.query(
      `INSERT INTO preference AS p (account_id, user_id, settings) VALUES ($1::uuid, $2, $3::jsonb)
       ON CONFLICT (account_id, user_id) DO UPDATE SET settings = p.settings || excluded.settings`,
      [accountId, userId, JSON.stringify({ panelFilter: filter })],
    );
  }
}
