import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Reach } from '../../domain/crm/rights.js';
import type { Instant } from '../../domain/crm/time.js';
import { LoadCount, replayDeal } from '../../domain/plans/dry-run.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { disconnected } from './step-commands.service.js';
import type { DealFacts } from './stored-plan.js';
import { ownersIn } from './template-access.service.js';
import type { DryRunView } from './templates.view.js';

const DAYS = 90;
const DAY_MS = 86_400_000;
/** All deals up to so many are run; of more of them a sample that is spread over all. */
const MOST_DEALS = 3_000;
/** A sample smaller than this says little: it is run to its end however long that takes. */
const LEAST_DEALS = 500;
const PATIENCE_MS = 10_000;
const CHUNK = 50;

interface Order {
  readonly templateId: string;
  readonly version: number;
  readonly body: TemplateBody;
  readonly pipelineId: string;
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** The last ninety days as if a template had planned them. */
@Injectable()
export class DryRuns {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly deals: DealFactsRepository,
  ) {}

  /** Of the deals within the person's reach. Yields to other work deal by deal, and ends when nobody waits any more. */
  async run(person: SessionClaims, reach: Reach, order: Order, signal: AbortSignal): Promise<DryRunView> {
    const { accountId } = person;
    const context = await this.contexts.of(accountId);
    if (!context) throw disconnected();
    const span = { from: context.now - DAYS * DAY_MS, to: context.now };
    const meant = await this.dealIds(accountId, order.pipelineId, ownersIn(reach), span);
    const load = new LoadCount((userId) => zoneOf(context, userId));
    const until = performance.now() + PATIENCE_MS;
    let done = 0;
    for (let at = 0; at < meant.dealIds.length && !signal.aborted; at += CHUNK) {
      if (done >= LEAST_DEALS && performance.now() > until) break;
      const ids = meant.dealIds.slice(at, at + CHUNK);
      for (const facts of (await this.deals.load(this.database, accountId, ids)).values()) {
        for (const task of replayDeal(replayInput(context, order, facts, span))) load.add(task);
        await breathe();
      }
      done += ids.length;
    }
    return viewOf(context, load, span, { deals: meant.count, done });
  }

  private async dealIds(
    accountId: string,
    pipelineId: string,
    ownerIds: readonly string[] | null,
    { from, to }: Span,
  ): Promise<{ readonly count: number; readonly dealIds: readonly string[] }> {
    const meant = `FROM deal WHERE account_id = $1::uuid AND pipeline_id = $2 AND deleted_at IS NULL
      AND created_at <= $4 AND (stage_kind = 'open' OR COALESCE(stage_since, modified_at) >= $3)
      AND ($5::text[] IS NULL OR owner_id IS NULL OR owner_id = ANY($5::text[]))`;
    const parameters = [accountId, pipelineId, new Date(from), new Date(to), ownerIds];
    const [row] = await this.database.query<{ n: number }>(`SELECT count(*)::int AS n ${meant}`, parameters);
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id ${meant} ORDER BY md5(deal_id), deal_id LIMIT ${MOST_DEALS}`,
      parameters,
    );
    return { count: row?.n ?? 0, dealIds: rows.map((each) => each.deal_id) };
  }
}

function replayInput(
  context: PlanningContext,
  { templateId, version, body, pipelineId }: Order,
  { deal, visits }: DealFacts,
  span: Span,
): Parameters<typeof replayDeal>[0] {
  const kinds = new Map(
    context.structure.stages.map((stage) => [`${stage.pipelineId}|${stage.id}`, stage.kind]),
  );
  return {
    template: body,
    stageMap: context.stageMap(body, templateId, version, pipelineId),
    deal,
    visits: visits.filter((visit) => visit.pipelineId === pipelineId),
    people: context.people.of(deal),
    fieldMap: context.company.fieldMap,
    kindOf: (stageId) => kinds.get(`${pipelineId}|${stageId}`) ?? 'open',
    ...span,
  };
}

function viewOf(
  { structure }: PlanningContext,
  load: LoadCount,
  { from, to }: Span,
  { deals, done }: { readonly deals: number; readonly done: number },
): DryRunView {
  const sampled = done < deals;
  const loads = load.loads(sampled && done > 0 ? deals / done : 1);
  const names = new Map(structure.users.map((user) => [user.id, user.name]));
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    deals,
    tasks: loads.reduce((sum, person) => sum + person.tasks, 0),
    sellers: loads.map(({ ownerId, tasks, busiestDay }) => ({
      name: names.get(ownerId) ?? ownerId,
      tasks,
      busiestDay,
    })),
    sampledDeals: sampled ? done : null,
  };
}

function zoneOf(context: PlanningContext, userId: string): string {
  const { schedules, fallback } = context.company;
  return (schedules.get(userId) ?? fallback).timeZone;
}
