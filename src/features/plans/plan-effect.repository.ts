import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { Sql } from '../../infra/db/sql.js';

export interface EffectKey {
  readonly planId: string;
  readonly key: string;
}

/** What plans asked for so far: whoever claims something first carries it out, in the same transaction. */
@Injectable()
export class PlanEffectClaims {
  /** Returns those that nobody claimed before. */
  async claim(
    tx: Sql,
    accountId: string,
    effects: readonly EffectKey[],
    at: Instant,
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ plan_id: string; effect_key: string }>(
      `INSERT INTO plan_effect (account_id, plan_id, effect_key, at)
       SELECT $1::uuid, r.plan, r.key, to_timestamp($4::float8 / 1000)
       FROM (SELECT DISTINCT * FROM unnest($2::uuid[], $3::text[]) AS u(plan, key)) r ORDER BY r.plan, r.key
       ON CONFLICT (account_id, plan_id, effect_key) DO NOTHING RETURNING plan_id, effect_key`,
      [accountId, effects.map(({ planId }) => planId), effects.map(({ key }) => key), at],
    );
    return new Set(rows.map((row) => claimOf(row.plan_id, row.effect_key)));
  }
}

/** How a claimed effect is named in the answer. */
export function claimOf(planId: string, key: string): string {
  return `${planId}|${key}`;
}
