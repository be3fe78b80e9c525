import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CompanyRules } from '../../../src/contract/company.js';
import { isAway } from '../../../src/domain/calendar/away.js';
import { standardCalendar } from '../../../src/domain/calendar/work-calendar.js';
import type { Absence, Schedule } from '../../../src/domain/calendar/work-calendar.types.js';
import { isWorkingMoment, nextWorkingMoment } from '../../../src/domain/calendar/working-time.js';
import { isHeldOut } from '../../../src/domain/pushing/alerts.js';
import { AlertFinding } from '../../../src/features/pushing/alert-finding.service.js';
import { AlertKeeping } from '../../../src/features/pushing/alert-keeping.service.js';
import { AlertLadder } from '../../../src/features/pushing/alert-ladder.service.js';
import { AlertLossRepository } from '../../../src/features/pushing/alert-loss.repository.js';
import { AlertSending } from '../../../src/features/pushing/alert-sending.service.js';
import { RuleChecks } from '../../../src/features/pushing/rule-checks.service.js';
import { CompanyAlerts } from '../../../src/features/pushing/rule-company.service.js';
import { RuleDemotions } from '../../../src/features/pushing/rule-demotions.service.js';
import { MirrorReads } from '../../../src/mirror/index.js';
import { AlertRepository } from '../../../src/features/pushing/alert.repository.js';
import { AlertRounds } from '../../../src/features/pushing/alert-rounds.service.js';
import { crewOf, type ControlContext } from '../../../src/features/pushing/control-context.service.js';
import { DigestRounds } from '../../../src/features/pushing/digest-rounds.service.js';
import { Ledger } from '../../../src/features/pushing/ledger.js';
import { defaultRule, RuleRepository } from '../../../src/features/pushing/rule.repository.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import type { Jobs } from '../../../src/infra/jobs/jobs.js';
import { ActionOutbox } from '../../../src/outbox/index.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Six weeks with the New Year's holidays of Russia in the middle. */
const START = Date.UTC(2026, 11, 7, 5);
const END = START + 42 * DAY;
const BUDGET = 5;
const ACCOUNT = accountIdOf('memory', 'simulated-month');
const SELLERS = ['anna', 'oleg', 'vera', 'ivan', 'lena'] as const;
/** Does nothing at all for six weeks. */
const IDLE_SELLER = 'ivan';
const DEALS = 90;

const ABSENCES: Readonly<Record<string, readonly Absence[]>> = {
  oleg: [{ from: '2026-12-14', to: '2026-12-20' }],
  vera: [{ from: '2027-01-11', to: '2027-01-15' }],
  lena: [{ from: '2026-12-21', to: '2026-12-25' }],
  head: [{ from: '2026-12-16', to: '2026-12-17' }],
};

interface Truth {
  readonly dealId: string;
  readonly owner: string;
  readonly createdAt: number;
  /** Moments at which somebody worked on it, ascending. */
  readonly events: readonly number[];
}

interface Told {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly deal_id: string;
  readonly episode: string;
  readonly state: string;
  readonly level: number;
  readonly user_id: string;
  readonly delivery: string;
  readonly sent_at: Date | null;
}

describeOnEveryDatabase('test/medium/pushing/simulated-month', (open) => {
  let database: Database;
  let truth: readonly Truth[];
  let told: readonly Told[];
  let notices: readonly { readonly key: string }[];
  const schedules = new Map<string, Schedule>(
    [...SELLERS, 'head', 'boss'].map((id) => [
      id,
      {
        timeZone: 'Europe/Moscow',
        calendar: { ...standardCalendar('RU'), absences: ABSENCES[id] ?? [] },
      },
    ]),
  );

  beforeAll(async () => {
    database = await open();
    truth = invent();
    await plant();
    await replay();
    told = await database.query<Told>(
      `SELECT a.alert_id, a.rule_id, a.deal_id, a.episode, a.state, v.level, v.user_id, v.delivery, v.sent_at
       FROM alert a LEFT JOIN alert_delivery v ON v.account_id = a.account_id AND v.alert_id = a.alert_id
       WHERE a.account_id = $1::uuid`,
      [ACCOUNT],
    );
    notices = await database.query(
      `SELECT key FROM outbox_action WHERE account_id = $1::uuid AND action ->> 'text' NOT LIKE 'Правило %'`,
      [ACCOUNT],
    );
  }, 400_000);

  afterAll(() => database?.close());

  /** A generator of its own: the same company in every run. */
  function invent(): readonly Truth[] {
    let seed = 42;
    const random = (): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    return Array.from({ length: DEALS }, (_, index) => {
      const owner = SELLERS[index % SELLERS.length] ?? 'anna';
      const createdAt = START + Math.floor(random() * 20 * 24) * HOUR + 7;
      const events: number[] = [];
      let at = createdAt;
      while (owner !== IDLE_SELLER) {
        at = nextWorkingMoment(at + HOUR + Math.floor(random() * 12 * DAY), schedule(owner)) + 11;
        if (at >= END) break;
        events.push(at);
      }
      return { dealId: `D_${index}`, owner, createdAt, events };
    });
  }

  function schedule(userId: string): Schedule {
    const found = schedules.get(userId);
    if (!found) throw new Error(`nobody is called ${userId}`);
    return found;
  }

  async function plant(): Promise<void> {
    await database.query(
      `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES ($1::uuid, 'P', 'A', 'A', 1, 'open')`,
      [ACCOUNT],
    );
    const repository = new RuleRepository(database);
    const rules = (['idle', 'firstContactLate'] as const).map((kind) => ({
      ...defaultRule(kind),
      on: true,
      delivery: 'instant' as const,
    }));
    await database.transaction(async (tx) => {
      await repository.saveRules(tx, ACCOUNT, rules, 'boss', START);
      const settings = { cycleOn: false, budgetPerDay: BUDGET, heldOut: 0.1, preset: null };
      await repository.saveSettings(tx, ACCOUNT, settings, 'boss', START);
    });
  }

  /** Moves the deal's pulse as an event would: the next round looks at it. */
  async function happen({ dealId, owner, createdAt }: Truth, at: number): Promise<void> {
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, created_at, modified_at,
         synced_at) VALUES ($1::uuid, $2, $2, 'P', 'A', 'open', $3, $4, $4, $4) ON CONFLICT DO NOTHING`,
      [ACCOUNT, dealId, owner, new Date(createdAt)],
    );
    await database.query(
      `INSERT INTO deal_pulse (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, created_at, stage_since,
         last_event, last_event_at, due_ats, next_check_at)
       VALUES ($1::uuid, $2, 'P', 'A', 'open', $3, $4, $4, $5, $6, '{}', '-infinity')
       ON CONFLICT (account_id, deal_id) DO UPDATE SET last_event = excluded.last_event,
         last_event_at = excluded.last_event_at, next_check_at = excluded.next_check_at`,
      [ACCOUNT, dealId, owner, new Date(createdAt), at === createdAt ? 'created' : 'activity', new Date(at)],
    );
  }

  async function replay(): Promise<void> {
    const clock = { at: START, now: () => clock.at };
    const jobs = { enqueue: async () => undefined, prepare: async () => undefined } as unknown as Jobs;
    const outbox = new ActionOutbox(database, jobs);
    const repository = new AlertRepository();
    const ruleBook = new RuleRepository(database);
    const keeping = new AlertKeeping(repository, new MirrorReads(database), new Ledger(jobs));
    const rounds = new AlertRounds(
      database,
      ruleBook,
      new AlertFinding(repository, new AlertLossRepository(database), keeping, outbox, clock),
      new AlertLadder(repository, keeping, clock),
      new AlertSending(repository, outbox, clock),
      new RuleChecks(
        database,
        ruleBook,
        new CompanyAlerts(repository, keeping),
        new RuleDemotions(ruleBook, outbox),
        clock,
      ),
    );
    const digests = new DigestRounds(database, outbox, clock);
    const happenings = truth
      .flatMap((deal) => [deal.createdAt, ...deal.events].map((at) => ({ deal, at })))
      .toSorted((a, b) => a.at - b.at);
    let next = 0;
    for (clock.at = START; clock.at < END; clock.at += HOUR / 2) {
      for (let one = happenings[next]; one && one.at <= clock.at; one = happenings[next]) {
        await happen(one.deal, one.at);
        next += 1;
      }
      await rounds.run(context());
      await digests.run(context());
    }
  }

  function context(): ControlContext {
    const users = [...SELLERS, 'head', 'boss'].map((id) => ({
      id,
      name: id,
      email: null,
      position: null,
      active: true,
      admin: false,
      departmentIds: [id === 'boss' ? 'all' : 'sales'],
      timeZone: null,
    }));
    const structure = {
      users,
      departments: [
        { id: 'all', name: 'all', sort: 1, parentId: null, headId: 'boss' },
        { id: 'sales', name: 'sales', sort: 2, parentId: 'all', headId: 'head' },
      ],
      pipelines: [],
      stages: [],
    };
    const rules = { schedules, fallback: schedule('boss'), deputies: new Map() } as unknown as CompanyRules;
    return {
      accountId: ACCOUNT,
      structure,
      rules,
      crew: crewOf(structure, rules),
      kinds: new Set(['notify']),
      language: 'ru',
      host: 'memory',
      endpoint: '',
    };
  }

  it('finds every stretch of seven silent days, once, and nothing else', () => {
    const expected = truth.flatMap(({ dealId, createdAt, events }) => {
      const moments = [createdAt, ...events];
      return moments.flatMap((at, index) => {
        // A round comes every half an hour: what ended sooner was never seen.
        const firstRound = START + Math.ceil((at + 7 * DAY - START) / (HOUR / 2)) * (HOUR / 2);
        const until = moments[index + 1] ?? Number.POSITIVE_INFINITY;
        return firstRound < Math.min(until, END) ? [`${dealId}|${at}`] : [];
      });
    });
    const found = new Set(
      told.filter((one) => one.rule_id === 'idle').map((one) => `${one.deal_id}|${one.episode}`),
    );
    expect(expected.length).toBeGreaterThan(40);
    expect([...found].toSorted()).toEqual(expected.toSorted());
  });

  it('tells nobody of what is held out, and somebody of everything else', () => {
    for (const one of told) {
      const heldOut = isHeldOut(one.rule_id, one.deal_id, 0.1);
      expect([one.alert_id, one.user_id === null]).toEqual([one.alert_id, heldOut]);
    }
    expect(told.some((one) => one.user_id === null)).toBe(true);
  });

  it('tells nobody who is absent, and nobody outside the own working hours', () => {
    const sent = told.filter((one) => one.sent_at !== null);
    expect(sent.length).toBeGreaterThan(60);
    for (const one of sent) {
      const at = one.sent_at?.getTime() ?? 0;
      expect([one.user_id, new Date(at), isAway(at, schedule(one.user_id))]).toEqual([
        one.user_id,
        new Date(at),
        false,
      ]);
      expect(isWorkingMoment(at, schedule(one.user_id))).toBe(true);
    }
  });

  it('keeps to the budget of each person’s day and puts the rest into the digest', () => {
    const days = Map.groupBy(
      told.filter((one) => one.sent_at !== null && one.delivery === 'instant'),
      (one) =>
        `${one.user_id}|${new Date((one.sent_at?.getTime() ?? 0) + 3 * HOUR).toISOString().slice(0, 10)}`,
    );
    expect(Math.max(...[...days.values()].map((all) => all.length))).toBe(BUDGET);
    expect(told.some((one) => one.delivery === 'digest')).toBe(true);
  });

  it('sends nothing twice: one notification for each delivery that was sent', () => {
    const sent = told.filter((one) => one.sent_at !== null);
    const instant = sent.filter((one) => one.delivery === 'instant');
    const digests = new Set(
      sent
        .filter((one) => one.delivery === 'digest')
        .map((one) => `${one.user_id}|${one.sent_at?.toISOString() ?? ''}`),
    );
    expect(digests.size).toBeGreaterThan(5);
    expect(notices).toHaveLength(instant.length + digests.size);
    expect(new Set(sent.map((one) => `${one.alert_id}|${one.level}|${one.user_id}`)).size).toBe(sent.length);
  });

  it('puts a rule that nobody acted on into the digest, and says so to the heads', async () => {
    const demoted = await database.query<{ rule_id: string }>(
      `SELECT rule_id FROM alert_rule WHERE account_id = $1::uuid AND delivery = 'digest' AND demoted_at IS NOT NULL`,
      [ACCOUNT],
    );
    const said = await database.query(
      `SELECT key FROM outbox_action WHERE account_id = $1::uuid AND action ->> 'text' LIKE 'Правило % перешло в сводку%'`,
      [ACCOUNT],
    );
    expect(demoted.map((row) => row.rule_id)).toContain('firstContactLate');
    expect(said.length).toBeGreaterThanOrEqual(demoted.length);
  });

  it('takes what the idle seller leaves undone to the head', () => {
    const ofIdle = truth.filter((deal) => deal.owner === IDLE_SELLER).map((deal) => deal.dealId);
    const raised = told.filter((one) => ofIdle.includes(one.deal_id) && one.level === 1);
    const alerts = new Set(
      told.filter((one) => ofIdle.includes(one.deal_id) && one.user_id !== null).map((one) => one.alert_id),
    );
    expect(new Set(raised.map((one) => one.alert_id)).size).toBe(alerts.size);
    expect(raised.every((one) => one.user_id === 'head' || one.user_id === 'boss')).toBe(true);
  });
});
