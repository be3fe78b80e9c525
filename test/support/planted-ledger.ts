import type { Shown } from './planted-host.js';
import type { LivedPlanted } from './planted-run.js';
import type { Planted } from './planted-script.js';
import { SOON } from './planted-truth.js';

/** Hosts tell times in whole seconds. */
const SECOND = 1_000;

export interface FoundAlert {
  readonly alertId: string;
  readonly rule: string;
  /** The script's number; null: it is about a person. */
  readonly deal: number | null;
  readonly subject: number;
  readonly at: number;
  /** Nobody is told of it, so that the rule's effect can be measured. */
  readonly heldOut: boolean;
}

export interface Telling {
  readonly alertId: string;
  readonly level: number;
  readonly userId: number;
  readonly delivery: string;
  readonly sentAt: number | null;
}

export interface PushRow {
  readonly state: string;
  readonly level: number;
  readonly userId: number;
  /** Of working time, until it was answered. */
  readonly minutes: number | null;
}

export interface PushMessageRow {
  readonly pushId: string;
  readonly userId: number;
  readonly level: number;
  readonly kind: string;
  readonly at: number;
}

/** What the product wrote down of a planted month, and what the portal showed to people. */
export interface PlantedLedger {
  readonly alerts: readonly FoundAlert[];
  readonly tellings: readonly Telling[];
  readonly pushes: ReadonlyMap<string, PushRow>;
  readonly messages: readonly PushMessageRow[];
  readonly notifications: readonly Shown[];
  /** How often the portal showed something, what of it the product knows, and what it still has to do. */
  readonly counts: { readonly shown: number; readonly done: number; readonly unfinished: number };
  readonly deadLetters: number;
}

export async function readPlanted(lived: LivedPlanted): Promise<PlantedLedger> {
  const { times, all } = await lived.host.shown();
  const [counts] = await lived.service.database().query<{ done: number; unfinished: number; dead: number }>(
    `SELECT (count(*) FILTER (WHERE kind = $1 AND state = 'done'))::int AS done,
       (count(*) FILTER (WHERE state <> 'done' AND next_at <= now()))::int AS unfinished,
       (SELECT count(*) FROM dead_letter)::int AS dead FROM outbox_action`,
    [lived.host.tellsBy],
  );
  return {
    ...(await readAlerts(lived)),
    ...(await readPushes(lived)),
    notifications: all,
    counts: { shown: times, done: counts?.done ?? 0, unfinished: counts?.unfinished ?? 0 },
    deadLetters: counts?.dead ?? 0,
  };
}

async function readAlerts({
  service,
  host,
  ids,
}: LivedPlanted): Promise<Pick<PlantedLedger, 'alerts' | 'tellings'>> {
  const database = service.database();
  const numbers = new Map([...ids].map(([number, id]) => [host.dealKey(id), number]));
  const alerts = await database.query<{
    readonly id: string;
    readonly rule: string;
    readonly deal: string | null;
    readonly subject: string;
    readonly at: Date;
    readonly state: string;
  }>('SELECT alert_id AS id, rule_id AS rule, deal_id AS deal, subject, at, state FROM alert ORDER BY at');
  const tellings = await database.query<{
    readonly id: string;
    readonly level: number;
    readonly user_id: string;
    readonly delivery: string;
    readonly sent_at: Date | null;
  }>('SELECT alert_id AS id, level, user_id, delivery, sent_at FROM alert_delivery');
  return {
    alerts: alerts.map((row) => ({
      alertId: row.id,
      rule: row.rule,
      deal: row.deal === null ? null : (numbers.get(row.deal) ?? 0),
      subject: Number(row.subject),
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
  };
}

async function readPushes({ service }: LivedPlanted): Promise<Pick<PlantedLedger, 'pushes' | 'messages'>> {
  const database = service.database();
  const pushes = await database.query<{
    readonly id: string;
    readonly state: string;
    readonly level: number;
    readonly user_id: string;
    readonly minutes: number | null;
  }>('SELECT push_id AS id, state, level, user_id, minutes FROM push');
  const messages = await database.query<{
    readonly id: string;
    readonly user_id: string;
    readonly level: number;
    readonly kind: string;
    readonly at: Date;
  }>('SELECT push_id AS id, user_id, level, kind, at FROM push_message ORDER BY at');
  return {
    pushes: new Map(
      pushes.map(({ id, user_id: userId, ...rest }) => [id, { ...rest, userId: Number(userId) }]),
    ),
    messages: messages.map(({ id, user_id: userId, at, ...rest }) => ({
      ...rest,
      pushId: id,
      userId: Number(userId),
      at: at.getTime(),
    })),
  };
}

/** Which alert is that of which omission; each belongs to one at most. */
export function matched(
  planted: readonly Planted[],
  alerts: readonly FoundAlert[],
): { readonly pairs: ReadonlyMap<Planted, FoundAlert>; readonly invented: readonly FoundAlert[] } {
  const left = new Set(alerts);
  const pairs = new Map<Planted, FoundAlert>();
  for (const one of planted) {
    const found = [...left].find(
      (alert) =>
        alert.rule === one.rule &&
        alert.deal === one.deal &&
        alert.subject === one.ownerId &&
        alert.at >= one.at - SECOND &&
        alert.at <= one.latest + SOON,
    );
    if (!found) continue;
    left.delete(found);
    pairs.set(one, found);
  }
  return { pairs, invented: [...left] };
}
