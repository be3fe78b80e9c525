import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';

export interface Preferences {
  readonly theme?: 'auto' | 'light' | 'dark';
  readonly language?: 'ru' | 'en';
}

/** What a person chose; kept here because a page in a foreign frame has no storage of its own. */
@Injectable()
export class PreferenceRepository {
  constructor(private readonly database: Database) {}

  async find(accountId: string, userId: string): Promise<Preferences> {
    const [row] = await this.database.query<{ settings: Preferences }>(
      'SELECT settings FROM preference WHERE account_id = $1::uuid AND user_id = $2',
      [accountId, userId],
    );
    return row?.settings ?? {};
  }

  /** Merges; idempotent. */
  async save(accountId: string, userId: string, patch: Preferences): Promise<void> {
    await this.database.query(
      `INSERT INTO preference AS p (account_id, user_id, settings) VALUES ($1::uuid, $2, $3::jsonb)
       ON CONFLICT (account_id, user_id) DO UPDATE SET settings = p.settings || excluded.settings`,
      [accountId, userId, JSON.stringify(patch)],
    );
  }
}
