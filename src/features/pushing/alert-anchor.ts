import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';

/**
 * The deal in which people are told of these alerts where the host has no personal notifications: the first that one of
 * them is about, else the liveliest one of a person that they are about. Null: there is none, or none is needed.
 */
export async function anchorOf(
  tx: Sql,
  { accountId, kinds }: Pick<ControlContext, 'accountId' | 'kinds'>,
  alerts: readonly { readonly deal_id: string | null; readonly subject: string }[],
): Promise<string | null> {
  const own = alerts.find((alert) => alert.deal_id !== null)?.deal_id ?? null;
  if (own !== null || kinds.has('notify')) return own;
  const [row] = await tx.query<{ deal_id: string }>(
    `SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND owner_id = ANY($2::text[]) AND stage_kind = 'open'
     ORDER BY last_event_at DESC, deal_id LIMIT 1`,
    [accountId, alerts.map((alert) => alert.subject)],
  );
  return row?.deal_id ?? null;
}
