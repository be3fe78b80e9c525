import { AlertRounds } from '../../src/features/pushing/alert-rounds.service.js';
import { ControlContexts } from '../../src/features/pushing/control-context.service.js';
import { DigestRounds } from '../../src/features/pushing/digest-rounds.service.js';
import type { RuleChangeBody, RulesView, RuleView } from '../../src/features/pushing/pushing.view.js';
import type { Database } from '../../src/infra/db/database.js';
import { DEMO_PLANS } from '../../src/sandbox/demo/demo-administrator.js';
import { ADMIN, HEAD } from './company-world.js';
import { openMailBox, type MailBox } from './mail-box.js';
import { workAlways } from './pushing-world.js';
import { settled, smallCompany, startEverything, type Running } from './running.js';
import { until } from './until.js';
import { openFrame, type WidgetPerson } from './widget-person.js';

export const WAIT = { timeoutMs: 60_000 };

type RuleAnswer = RulesView & { readonly error?: { readonly code: string } };

export interface Told {
  readonly user_id: string;
  readonly delivery: string;
  readonly level: number;
}

/** The whole product with a mail server, an administrator, a head, and a seller of hers with an open deal. */
export interface RulesWorld {
  readonly running: Running;
  readonly database: Database;
  readonly box: MailBox;
  readonly accountId: string;
  readonly admin: WidgetPerson;
  readonly head: WidgetPerson;
  readonly seller: WidgetPerson;
  readonly sellerId: string;
  readonly dealId: string;
  /** What is due by now: everything that the minute's round does of alerts. */
  round(): Promise<void>;
  put(ruleKey: string, change: object, person?: WidgetPerson): Promise<{ status: number; data: RuleAnswer }>;
  /** Fails when the change is refused. */
  changed(ruleKey: string, change: RuleChangeBody): Promise<RuleView>;
  /** Who was or is to be told of alerts of that kind. */
  told(kind: string): Promise<readonly Told[]>;
  /** As if something had happened to the deal just now. */
  look(dealId: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startRulesWorld(database: Database): Promise<RulesWorld> {
  const box = await openMailBox();
  const running = await startEverything({
    database,
    company: smallCompany(60),
    plans: DEMO_PLANS,
    environment: { SMTP_URL: box.url, MAIL_FROM: 'Дожим <sales@example.com>' },
  });
  await settled(running);
  const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
  const accountId = account?.account_id ?? '';
  await workAlways(database, accountId);
  const { openDeals } = await running.state();
  await until(async () => (await pulses(database)) >= openDeals, { ...WAIT, what: 'a pulse of every deal' });
  const owner = await someSeller(database);
  const admin = await openFrame(running, ADMIN);
  const round = async (): Promise<void> => {
    const part = <T>(type: abstract new (...parts: never[]) => T): T =>
      running.app.get<T>(type, { strict: false });
    const context = await part(ControlContexts).of(accountId);
    if (!context) throw new Error('the account is not connected');
    await part(AlertRounds).run(context);
    await part(DigestRounds).run(context);
  };
  const put = (ruleKey: string, change: object, person = admin) =>
    person.send<RuleAnswer>('PUT', `/api/rules/${ruleKey}`, change);
  return {
    running,
    database,
    box,
    accountId,
    admin,
    head: await openFrame(running, HEAD),
    seller: await openFrame(running, Number(owner.sellerId)),
    ...owner,
    round,
    put,
    changed: async (ruleKey, change) => {
      const { status, data } = await put(ruleKey, change);
      const rule = data.rules?.find((one) => one.id === ruleKey);
      if (!rule) throw new Error(`the change of ${ruleKey} was refused: ${status} ${data.error?.code ?? ''}`);
      return rule;
    },
    told: (kind) =>
      database.query<Told>(
        `SELECT v.user_id, v.delivery, v.level FROM alert_delivery v JOIN alert a ON a.account_id = v.account_id
           AND a.alert_id = v.alert_id WHERE a.kind = $1 ORDER BY v.level, v.user_id`,
        [kind],
      ),
    look: async (dealId) => {
      await database.query(
        `UPDATE deal_pulse SET next_check_at = '-infinity', last_event = 'activity' WHERE deal_id = $1`,
        [dealId],
      );
      await round();
    },
    stop: async () => {
      await running.stop();
      await box.stop();
    },
  };
}

async function pulses(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM deal_pulse');
  return row?.n ?? 0;
}

/** Of the head's department, without people below. */
async function someSeller(
  database: Database,
): Promise<{ readonly sellerId: string; readonly dealId: string }> {
  const [owner] = await database.query<{ owner_id: string; deal_id: string }>(
    `SELECT o.owner_id, min(o.deal_id) AS deal_id FROM deal_pulse o JOIN host_user u ON u.user_id = o.owner_id AND u.active
     WHERE o.stage_kind = 'open' AND NOT u.admin AND o.snoozed_until IS NULL AND u.department_ids &&
       (SELECT array_agg(department_id) FROM department WHERE head_id = $1)
       AND NOT EXISTS (SELECT 1 FROM department d WHERE d.head_id = o.owner_id)
     GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
    [String(HEAD)],
  );
  if (!owner) throw new Error('the head leads nobody with a deal');
  return { sellerId: owner.owner_id, dealId: owner.deal_id };
}
