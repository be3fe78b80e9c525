import { Injectable } from '@nestjs/common';
import { addWorking, workingMinutesBetween } from '../../domain/calendar/working-time.js';
import type { Instant } from '../../domain/crm/time.js';
import {
  episodeOf,
  evaluateCompany,
  isCompanyKind,
  SELLS_DAYS,
  type CompanyHit,
  type CompanyFacts,
  type SellerLoad,
  type SellerStanding,
} from '../../domain/pushing/company-rules.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { AlertKeeping } from './alert-keeping.service.js';
import { AlertRepository } from './alert.repository.js';
import type { ControlContext } from './control-context.service.js';
import { checkDay } from './rule-check-day.js';
import type { Control } from './rule.repository.js';

/** The load is that of so many working days. */
const DAYS_AHEAD = 5;
const DAY_MS = 86_400_000;

interface OpenPersonAlert {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly subject: string;
  readonly episode: string;
}

/** Rules about sellers and their pipelines: one bounded question each a day, never a look at every deal every minute. */
@Injectable()
export class CompanyAlerts {
  constructor(
    private readonly repository: AlertRepository,
    private readonly keeping: AlertKeeping,
  ) {}

  /** What is still so keeps its alert; what is not so any more is over. */
  async check(tx: Sql, context: ControlContext, control: Control, now: Instant): Promise<void> {
    const { accountId } = context;
    const rules = control.rules.filter((rule) => rule.on && isCompanyKind(rule.kind));
    const open = await tx.query<OpenPersonAlert>(
      `SELECT alert_id, rule_id, subject, episode FROM alert
       WHERE account_id = $1::uuid AND deal_id IS NULL AND over_at IS NULL AND rule_id = ANY($2::text[])`,
      [accountId, control.rules.filter((rule) => isCompanyKind(rule.kind)).map((rule) => rule.ruleId)],
    );
    const hits = rules.length === 0 ? [] : evaluateCompany(rules, await this.facts(tx, context, rules, now));
    const known = new Map(
      open.map((alert) => [keyOf(alert.rule_id, alert.subject, pipelinePart(alert.episode)), alert]),
    );
    const here = hits.filter(({ userId }) => context.crew.activeIds.has(userId));
    const still = new Set(here.map(hitKey));
    const gone = [...known].filter(([key]) => !still.has(key)).map(([, alert]) => alert.alert_id);
    await this.repository.over(tx, accountId, gone, now);
    const fresh = here.filter((hit) => !known.has(hitKey(hit)));
    const findings = fresh.map((hit) => ({
      rule: hit.rule,
      dealId: null,
      ownerId: hit.userId,
      episode: episodeOf(hit, checkDay(now)),
      numbers: hit.numbers,
    }));
    await this.keeping.keep(tx, context, control, findings, now);
  }

  private async facts(
    tx: Sql,
    context: ControlContext,
    rules: readonly AlertRule[],
    now: Instant,
  ): Promise<CompanyFacts> {
    const wants = (kind: string): boolean => rules.some((rule) => rule.kind === kind);
    return {
      loads: wants('sellerOverloaded') ? await loadsOf(tx, context, now) : [],
      standings: wants('tooFewNearClosing') || wants('topEmpty') ? await standingsOf(tx, context, now) : [],
    };
  }
}

function hitKey({ rule, userId, pipelineId }: CompanyHit): string {
  return keyOf(rule.ruleId, userId, pipelineId ?? '');
}

function keyOf(ruleId: string, userId: string, pipelineId: string): string {
  return `${ruleId}|${userId}|${pipelineId}`;
}

function pipelinePart(episode: string): string {
  return episode.slice(episode.indexOf('|') + 1);
}

/** Minutes of what is due within the coming working days or overdue, by who has to do it. */
async function loadsOf(
  tx: Sql,
  { accountId, crew, rules }: ControlContext,
  now: Instant,
): Promise<readonly SellerLoad[]> {
  const until = addWorking(now, { amount: DAYS_AHEAD, unit: 'workingDays' }, rules.fallback);
  const rows = await tx.query<{ user_id: string; minutes: number }>(
    `WITH effort AS (
       SELECT v.template_id, v.version, s.value ->> 'key' AS step_key, (s.value ->> 'durationMinutes')::float8 AS minutes
       FROM plan_template_version v CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') s(value)
       WHERE v.account_id = $1::uuid
     )
     SELECT s.owner_id AS user_id, coalesce(sum(e.minutes), 0)::float8 AS minutes
     FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id AND p.state = 'active'
       LEFT JOIN effort e ON e.template_id = p.template_id AND e.version = p.version AND e.step_key = s.step_key
     WHERE s.account_id = $1::uuid AND s.state = 'actionable' AND s.due_at < $2 AND s.owner_id IS NOT NULL
     GROUP BY 1`,
    [accountId, new Date(until)],
  );
  return rows.map((row) => ({
    userId: row.user_id,
    plannedMinutes: row.minutes,
    capacityMinutes: Math.max(0, workingMinutesBetween(now, until, scheduleOf(crew, row.user_id))),
  }));
}

interface StandingRow {
  readonly user_id: string;
  readonly pipeline_id: string;
  readonly open: number;
  readonly first: number;
  readonly near: number;
}

/**
 * Open deals by seller and pipeline, in the first and the last third of its open stages; sellers without any open deal
 * in the pipeline in which they closed most of late. Stages where leads wait to be accepted are no part of the way: they
 * stand where the next one does. A deal of the mirror that is open without being counted yet (its pulse is on its way)
 * is an open one.
 */
async function standingsOf(
  tx: Sql,
  { accountId, crew }: Pick<ControlContext, 'accountId' | 'crew'>,
  now: Instant,
): Promise<readonly SellerStanding[]> {
  const rows = await tx.query<StandingRow>(
    `WITH place AS (
       SELECT s.pipeline_id, s.stage_id,
         greatest(count(*) FILTER (WHERE i.stage_id IS NULL) OVER w - 1, 0)::int AS place,
         (count(*) FILTER (WHERE i.stage_id IS NULL) OVER (PARTITION BY s.pipeline_id))::int AS stages
       FROM stage s LEFT JOIN intake_stage i
         ON i.account_id = s.account_id AND i.pipeline_id = s.pipeline_id AND i.stage_id = s.stage_id
       WHERE s.account_id = $1::uuid AND s.kind = 'open' AND s.deleted_at IS NULL
       WINDOW w AS (PARTITION BY s.pipeline_id ORDER BY s.sort, s.stage_id)
     ), held AS (
       SELECT o.owner_id AS user_id, o.pipeline_id, count(*)::int AS open,
         (count(*) FILTER (WHERE p.place = 0 OR p.place * 3 < p.stages))::int AS first,
         (count(*) FILTER (WHERE p.place = p.stages - 1 OR p.place * 3 >= p.stages * 2))::int AS near
       FROM deal_pulse o JOIN place p ON p.pipeline_id = o.pipeline_id AND p.stage_id = o.stage_id AND p.stages > 1
       WHERE o.account_id = $1::uuid AND o.stage_kind = 'open' AND o.owner_id IS NOT NULL
       GROUP BY 1, 2
     ), idle AS (
       SELECT DISTINCT ON (d.owner_id) d.owner_id AS user_id, d.pipeline_id
       FROM deal d WHERE d.account_id = $1::uuid AND d.owner_id = ANY($2::text[]) AND d.stage_kind <> 'open'
         AND d.deleted_at IS NULL AND coalesce(d.stage_since, d.modified_at) >= $3
         AND EXISTS (SELECT 1 FROM place p WHERE p.pipeline_id = d.pipeline_id AND p.stages > 1)
         AND NOT EXISTS (SELECT 1 FROM deal x WHERE x.account_id = $1::uuid AND x.owner_id = d.owner_id
           AND x.stage_kind = 'open' AND x.deleted_at IS NULL)
       GROUP BY d.owner_id, d.pipeline_id ORDER BY d.owner_id, count(*) DESC, d.pipeline_id
     )
     SELECT user_id, pipeline_id, open, first, near FROM held
     UNION ALL SELECT user_id, pipeline_id, 0, 0, 0 FROM idle ORDER BY 1, 2`,
    [accountId, [...crew.activeIds], new Date(now - SELLS_DAYS * DAY_MS)],
  );
  return rows.map(({ user_id: userId, pipeline_id: pipelineId, open, first, near }) => ({
    userId,
    pipelineId,
    open,
    first,
    near,
  }));
}
