import { actionKey } from '../../outbox/index.js';

/** Of what tells one person of an alert, in the outbox and among letters. */
export function alertKey(
  accountId: string,
  delivery: { readonly alert_id: string; readonly level: number; readonly user_id: string },
): string {
  return actionKey(accountId, 'alert', delivery.alert_id, delivery.level, delivery.user_id);
}
