import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import type { CompanyRules } from '../../src/contract/company.js';
import { RULE_KINDS } from '../../src/domain/pushing/rule-kinds.js';
import type { RuleKind } from '../../src/domain/pushing/rule.types.js';
import { crewOf, type ControlContext } from '../../src/features/pushing/control-context.service.js';
import type { RuleRepository } from '../../src/features/pushing/rule.repository.js';
import { defaultRule } from '../../src/features/pushing/rule.repository.js';
import type { Database } from '../../src/infra/db/database.js';
import { accountIdOf } from '../../src/infra/ids.js';

export const SELLERS = 300;
const DEPARTMENTS = 12;
const STEPS = 10;
/** A Tuesday, 12:00 in Moscow. */
export const NOW = Date.UTC(2026, 8, 15, 9);
export const KINDS = Object.keys(RULE_KINDS) as readonly RuleKind[];

export function accountOf(number: number): string {
  return accountIdOf('bench', `pushing-${number}`);
}

/** Three hundred sellers below twelve heads, who work in Moscow; a host that can notify. */
export function contextOf(accountId: string): ControlContext {
  const person = (id: string, department: string) => ({
    id,
    name: id,
    email: null,
    position: null,
    active: true,
    admin: false,
    departmentIds: [department],
    timeZone: null,
  });
  const department = (number: number): string => `dep${number % DEPARTMENTS}`;
  const structure = {
    users: [
      person('boss', 'all'),
      ...Array.from({ length: DEPARTMENTS }, (_, number) => person(`head${number}`, department(number))),
      ...Array.from({ length: SELLERS }, (_, number) => person(`u${number}`, department(number))),
    ],
    departments: [
      { id: 'all', name: 'all', sort: 0, parentId: null, headId: 'boss' },
      ...Array.from({ length: DEPARTMENTS }, (_, number) => ({
        ...{ id: department(number), name: department(number), sort: number + 1 },
        ...{ parentId: 'all', headId: `head${number}` },
      })),
    ],
    pipelines: [],
    stages: [],
  };
  const fallback = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };
  const none = new Map<string, never>();
  const rules: CompanyRules = {
    ...{ schedules: none, fallback, deputies: none, groups: none },
    ...{ fieldMap: {}, fieldChoices: {}, productLine: [], audiences: [], segments: [], reasons: [] },
    rolesFor: () => none,
    productOf: () => null,
  };
  return {
    ...{ accountId, structure, rules, crew: crewOf(structure, rules) },
    ...{ kinds: new Set(['notify'] as const), language: 'ru', host: 'bench', endpoint: '' },
  };
}

/**
 * Open deals of an account with a plan of ten steps each, of ages up to four months, last worked on up to forty days
 * after they came, and every rule switched on: what became true in the last ten days is new to it.
 */
export async function fillAccount(
  database: Database,
  rules: RuleRepository,
  accountId: string,
  deals: number,
): Promise<void> {
  await database.query(
    `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
     VALUES ($1::uuid, 'bench', $1::text, '', '', 'active', $2)`,
    [accountId, new Date(NOW)],
  );
  await database.query(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
     SELECT $1::uuid, 'P' || p, 'P' || p || 'S' || s, 'Stage ' || s, s, 'open'
     FROM generate_series(0, 2) p, generate_series(0, 7) s`,
    [accountId],
  );
  await database.query(
    `INSERT INTO pipeline_plan (account_id, pipeline_id, template_id, version, triggers, since, enabled_at)
     SELECT $1::uuid, 'P' || p, $1::uuid, 1, '{}', $2, $2 FROM generate_series(0, 2) p`,
    [accountId, new Date(NOW)],
  );
  await database.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
       modified_at, synced_at, last_activity_at)
     SELECT $1::uuid, 'D_' || n, 'Сделка № ' || n, p, p || 'S' || (n * 7 % 8), 'open', 'u' || ((n * 31 + n / 300) % $4::int),
       (n * 7919 % 900000)::numeric, created, created, created,
       least(created + (n % 40) * interval '1 day' + n % 1000 * interval '1 minute', $2::timestamptz)
     FROM generate_series(1, $3::int) n,
       LATERAL (SELECT 'P' || n % 3 AS p, $2::timestamptz - (n * 13 % 120 + 1) * interval '1 day' AS created) place`,
    [accountId, new Date(NOW), deals, SELLERS],
  );
  await database.query(
    `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at)
     SELECT $1::uuid, deal_id, seq, pipeline_id, stage_id, least(created_at + seq * interval '1 day', $2::timestamptz)
     FROM deal, generate_series(1, 3) seq WHERE account_id = $1::uuid`,
    [accountId, new Date(NOW)],
  );
  await fillPlans(database, accountId);
  const on = KINDS.map((kind) => ({ ...defaultRule(kind), on: true, since: NOW - 10 * 86_400_000 }));
  await database.transaction((tx) => rules.saveRules(tx, accountId, on, 'boss', NOW));
}

async function fillPlans(database: Database, accountId: string): Promise<void> {
  await database.query(
    `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at, stage_key)
     SELECT $1::uuid, md5($1::text || deal_id)::uuid, deal_id, $1::uuid, 1, 'active', 'creation', created_at, 's'
     FROM deal WHERE account_id = $1::uuid AND substr(deal_id, 3)::int % 3 > 0`,
    [accountId],
  );
  await database.query(
    `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id, due_at)
     SELECT $1::uuid, plan_id, 'step' || s, 1, deal_id, 's', s,
       CASE WHEN s < 3 THEN 'done' WHEN s < 5 THEN 'actionable' ELSE 'future' END, 'u1',
       started_at + (s * 20) * interval '1 day'
     FROM plan, generate_series(1, $2::int) s WHERE account_id = $1::uuid`,
    [accountId, STEPS],
  );
}
