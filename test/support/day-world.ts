import type { CompanyRules } from '../../src/contract/company.js';
import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import type { Absence, Schedule, WorkCalendar } from '../../src/domain/calendar/work-calendar.types.js';
import { crewOf, type ControlContext } from '../../src/features/pushing/control-context.service.js';
import { DayClosings } from '../../src/features/pushing/day-closings.service.js';
import { DayLists } from '../../src/features/pushing/day-lists.service.js';
import { DayMessages } from '../../src/features/pushing/day-messages.service.js';
import { DayPictures, DayReads } from '../../src/features/pushing/day-pictures.service.js';
import { DayReminders } from '../../src/features/pushing/day-reminders.service.js';
import { DayRepository } from '../../src/features/pushing/day.repository.js';
import { DayParcels, DayRounds } from '../../src/features/pushing/day-rounds.service.js';
import { DigestRounds } from '../../src/features/pushing/digest-rounds.service.js';
import { MorningDigests } from '../../src/features/pushing/morning-digests.service.js';
import { DayStepRules } from '../../src/features/pushing/day-step-rules.service.js';
import { DayStepsRepository } from '../../src/features/pushing/day-steps.repository.js';
import type { CycleSettings } from '../../src/features/pushing/day.types.js';
import { ExceptionsRepository } from '../../src/features/pushing/exceptions.repository.js';
import { ExceptionsReads } from '../../src/features/pushing/exceptions.service.js';
import { HeadMessages } from '../../src/features/pushing/head-messages.service.js';
import { ReviewRepository } from '../../src/features/pushing/review.repository.js';
import { Reviews } from '../../src/features/pushing/review.service.js';
import type { MailMessage, Mails } from '../../src/contract/mail.js';
import type { Database } from '../../src/infra/db/database.js';
import { accountIdOf } from '../../src/infra/ids.js';
import type { Jobs } from '../../src/infra/jobs/jobs.js';
import { ActionOutbox } from '../../src/outbox/index.js';

export const DAY_ACCOUNT = accountIdOf('memory', 'daily-cycle');
const TEMPLATE = '00000000-0000-4000-8000-000000000001';

/** A person of the small company: hours and zone where they differ. */
export interface DayPerson {
  readonly id: string;
  readonly timeZone?: string;
  readonly calendar?: Partial<WorkCalendar>;
  readonly absences?: readonly Absence[];
}

/** One process of the service as far as the daily cycle goes: a restart is a new one on the same database. */
export interface DayProcess {
  readonly rounds: DayRounds;
  readonly digests: DigestRounds;
  readonly days: DayRepository;
  readonly pictures: DayPictures;
  readonly exceptions: ExceptionsReads;
  readonly reviews: Reviews;
}

export function dayProcess(
  database: Database,
  clock: { now(): number },
  letters: MailMessage[] | null = null,
): DayProcess {
  const jobs = { enqueue: async () => undefined, prepare: async () => undefined } as unknown as Jobs;
  const days = new DayRepository(database);
  const rules = new DayStepRules();
  const pictures = new DayPictures(new DayReads(database, days, new DayStepsRepository(), rules));
  const outbox = new ActionOutbox(database, jobs);
  const mails = letters && letterBox(letters);
  const messages = new DayMessages(outbox, mails);
  const digests = new MorningDigests(outbox, mails);
  const repository = new ExceptionsRepository(database);
  const exceptions = new ExceptionsReads(pictures, repository);
  const reviews = new Reviews(repository, new ReviewRepository(database));
  const parcels = new DayParcels(
    new DayLists(database, days, pictures, messages, digests),
    new DayReminders(database, days, pictures, rules, messages),
    new DayClosings(database, days, pictures, messages),
    new HeadMessages(database, days, exceptions, reviews, messages),
  );
  return {
    rounds: new DayRounds(database, days, pictures, parcels, clock),
    digests: new DigestRounds(database, digests, days, pictures, clock),
    days,
    pictures,
    exceptions,
    reviews,
  };
}

/** Keeps letters by their keys, as the mail module promises to. */
function letterBox(letters: MailMessage[]): Mails {
  return {
    configured: true,
    failures: async () => ({ count: 0, last: null }),
    send: async (_, messages) => {
      const known = new Set(letters.map((letter) => letter.key));
      const fresh = messages.filter((message) => !known.has(message.key));
      letters.push(...fresh);
      return new Set(fresh.map((message) => message.key));
    },
  };
}

/** Sellers of one department with its head; each with the given hours. */
export function dayContext(people: readonly DayPerson[], headId: string): ControlContext {
  const company = standardCalendar('RU');
  const schedules = new Map<string, Schedule>(
    people.map(({ id, timeZone = 'Europe/Moscow', calendar = {}, absences = [] }) => [
      id,
      { timeZone, calendar: { ...company, ...calendar, absences } },
    ]),
  );
  const users = people.map(({ id }) => ({
    id,
    name: id,
    email: null,
    position: null,
    active: true,
    admin: false,
    departmentIds: ['sales'],
    timeZone: null,
  }));
  const departments = [{ id: 'sales', name: 'sales', sort: 1, parentId: null, headId }];
  const structure = { users, departments, pipelines: [], stages: [] };
  const rules = {
    schedules,
    fallback: { calendar: company, timeZone: 'Europe/Moscow' },
    deputies: new Map(),
    reasons: [{ key: 'noTime', name: 'Не хватило времени', cause: 'omission', uses: ['step'] }],
  } as unknown as CompanyRules;
  return {
    accountId: DAY_ACCOUNT,
    structure,
    rules,
    crew: crewOf(structure, rules),
    kinds: new Set(['notify']),
    language: 'ru',
    host: 'memory',
    endpoint: '',
  };
}

export const CYCLE: CycleSettings = {
  cycleOn: true,
  listAt: '09:00',
  closingAt: '18:00',
  exceptionsAt: '19:00',
  reviewAt: '10:00',
  remindMinutes: 15,
  mail: true,
};

const BODY = {
  stages: [
    {
      steps: [
        { key: 'call', title: 'Позвонить', durationMinutes: 15, offset: {}, result: { kind: 'none' } },
        {
          key: 'meet',
          title: 'Встретиться',
          durationMinutes: 60,
          offset: { timeOfDay: '11:00' },
          result: { kind: 'none' },
        },
      ],
    },
  ],
};

/** A template of two steps, one of them an appointment. */
export async function plantTemplate(database: Database): Promise<void> {
  await database.query(
    `INSERT INTO plan_template (account_id, template_id, name, language) VALUES ($1::uuid, $2::uuid, 't', 'ru')`,
    [DAY_ACCOUNT, TEMPLATE],
  );
  await database.query(
    `INSERT INTO plan_template_version (account_id, template_id, version, state, body)
     VALUES ($1::uuid, $2::uuid, 1, 'published', $3::jsonb)`,
    [DAY_ACCOUNT, TEMPLATE, JSON.stringify(BODY)],
  );
}

/** An open deal with an actionable step. */
export async function plantStep(
  database: Database,
  step: {
    readonly dealId: string;
    readonly ownerId: string;
    readonly dueAt: number;
    readonly key?: 'call' | 'meet';
    readonly amount?: number;
  },
): Promise<void> {
  const { dealId, ownerId, dueAt, key = 'call', amount = 100 } = step;
  const created = new Date(dueAt - 30 * 86_400_000);
  await database.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
       modified_at, stage_since, synced_at) VALUES ($1::uuid, $2, $3, 'P', 'A', 'open', $4, $5, $6, $6, $6, $6)
     ON CONFLICT DO NOTHING`,
    [DAY_ACCOUNT, dealId, `Сделка ${dealId}`, ownerId, amount, created],
  );
  const [plan] = await database.query<{ plan_id: string }>(
    `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at)
     VALUES ($1::uuid, gen_random_uuid(), $2, $3::uuid, 1, 'active', 'manual', $4) RETURNING plan_id`,
    [DAY_ACCOUNT, dealId, TEMPLATE, created],
  );
  await database.query(
    `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id, due_at)
     VALUES ($1::uuid, $2::uuid, $3, 1, $4, 'a', 1, 'actionable', $5, $6)`,
    [DAY_ACCOUNT, plan?.plan_id, key, dealId, ownerId, new Date(dueAt)],
  );
  await database.query(
    `INSERT INTO deal_pulse (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
       stage_since, last_event, last_event_at, due_ats, next_step, next_due_at, plan_state)
     VALUES ($1::uuid, $2, 'P', 'A', 'open', $3, $4, $5, $5, 'created', $5, $6, $7, $8, 'active') ON CONFLICT DO NOTHING`,
    [DAY_ACCOUNT, dealId, ownerId, amount, created, [new Date(dueAt)], `${key}~1`, new Date(dueAt)],
  );
}

/** As the plan saves a step that was finished in the CRM. */
export async function finishStep(database: Database, dealId: string, at: number): Promise<void> {
  await database.query(
    `UPDATE plan_step SET state = 'done', finished_at = $3,
       detail = '{"outcome":{"kind":"done","source":"host","result":{"kind":"none"}}}'
     WHERE account_id = $1::uuid AND deal_id = $2`,
    [DAY_ACCOUNT, dealId, new Date(at)],
  );
}
