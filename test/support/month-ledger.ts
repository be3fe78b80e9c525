import type { LivedMonth } from './month-run.js';

export interface AlertRow {
  readonly alertId: string;
  readonly rule: string;
  readonly deal: number;
  readonly at: number;
  readonly heldOut: boolean;
}

export interface TellingRow {
  readonly alertId: string;
  readonly level: number;
  readonly userId: number;
  readonly delivery: string;
  readonly sentAt: number | null;
}

export interface PushRow {
  readonly pushId: string;
  readonly state: string;
  readonly level: number;
  readonly deliverAt: number;
  readonly minutes: number | null;
}

/** What is written down of the month: by the product, and by the portal of what reached people. */
export interface MonthLedger {
  readonly accountId: string;
  readonly alerts: readonly AlertRow[];
  readonly tellings: readonly TellingRow[];
  readonly pushes: readonly PushRow[];
  readonly notifications: readonly { readonly userId: number; readonly at: number; readonly text: string }[];
  readonly actions: {
    /** How often the portal showed something, and what of it the product knows. */
    readonly notified: { readonly shown: number; readonly done: number };
    readonly unfinished: number;
    /** Of what the portal was asked to do, and did. */
    readonly keys: ReadonlySet<string>;
  };
}

interface PortalNote {
  readonly id: number;
  readonly userId: number;
  readonly at: number;
  readonly message: string;
}

export async function readLedger({ service, ids }: LivedMonth): Promise<MonthLedger> {
  const database = service.database();
  const numbers = new Map([...ids].map(([number, id]) => [`D_${id}`, number]));
  const alerts = await database.query<{ id: string; rule: string; deal: string; at: Date; state: string }>(
    'SELECT alert_id AS id, rule_id AS rule, deal_id AS deal, at, state FROM alert ORDER BY at',
  );
  const tellings = await database.query<{
    id: string;
    level: number;
    user_id: string;
    delivery: string;
    sent_at: Date | null;
  }>('SELECT alert_id AS id, level, user_id, delivery, sent_at FROM alert_delivery');
  const pushes = await database.query<{
    id: string;
    state: string;
    level: number;
    at: Date;
    minutes: number | null;
  }>('SELECT push_id AS id, state, level, deliver_at AS at, minutes FROM push');
  const [counts] = await database.query<{ done: number; unfinished: number }>(
    `SELECT (count(*) FILTER (WHERE kind = 'notify' AND state = 'done'))::int AS done,
       (count(*) FILTER (WHERE state NOT IN ('done') AND next_at <= now()))::int AS unfinished FROM outbox_action`,
  );
  const notes = await service.inPortal<readonly PortalNote[]>('GET', '/notifications');
  const done = await database.query<{ key: string }>(`SELECT key FROM outbox_action WHERE state = 'done'`);
  const [account] = await database.query<{ id: string }>('SELECT account_id AS id FROM account');
  return {
    accountId: account?.id ?? '',
    alerts: alerts.map((row) => ({
      alertId: row.id,
      rule: row.rule,
      deal: numbers.get(row.deal) ?? 0,
      at: row.at.getTime(),
      heldOut: row.state === 'heldOut',
    })),
    tellings: tellings.map((row) => ({
      alertId: row.id,
      level: row.level,
      userId: Number(row.user_id),
      delivery: row.delivery,
      sentAt: row.sent_at?.getTime() ?? null,
    })),
    pushes: pushes.map((row) => ({
      pushId: row.id,
      state: row.state,
      level: row.level,
      deliverAt: row.at.getTime(),
      minutes: row.minutes,
    })),
    notifications: notes.map(({ userId, at, message }) => ({ userId, at, text: message })),
    actions: {
      // The portal numbers what it shows; a repeat of the same message takes the place of the first one.
      notified: { shown: Math.max(0, ...notes.map((note) => note.id)), done: counts?.done ?? 0 },
      unfinished: counts?.unfinished ?? 0,
      keys: new Set(done.map((row) => row.key)),
    },
  };
}
