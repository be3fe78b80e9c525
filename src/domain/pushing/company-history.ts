import type { Instant } from '../crm/time.js';
import {
  evaluateCompany,
  SELLS_DAYS,
  type CompanyHit,
  type SellerLoad,
  type SellerStanding,
} from './company-rules.js';
import type { StageNorm } from './pulse.js';
import type { DealHistory, PastStep } from './past-facts.js';
import type { AlertRule } from './rule.types.js';

const DAY_MS = 86_400_000;

export interface CompanyPastHit extends Omit<CompanyHit, 'rule'> {
  readonly at: Instant;
  /** First day on which it was not so any more; null: it lasted to the end. */
  readonly until: Instant | null;
}

interface Day {
  readonly at: Instant;
  /** What is due before it counts as the load of that day. */
  readonly ahead: Instant;
  readonly standings: Map<string, { open: number; first: number; near: number }>;
  /** Who has any open deal at all. */
  readonly busy: Set<string>;
  readonly planned: Map<string, number>;
  /** Deals that were closed lately, by seller and pipeline. */
  readonly sold: Map<string, Map<string, number>>;
}

/** How sellers and their pipelines stood day by day, gathered deal by deal. */
export class CompanyPast {
  private readonly days: readonly Day[];

  /** Days begin at midnight UTC, as the daily check does. `ahead`: up to when that day's load reaches. */
  constructor(from: Instant, to: Instant, ahead: (at: Instant) => Instant) {
    const first = Math.ceil(from / DAY_MS) * DAY_MS;
    const count = Math.max(0, Math.ceil((to - first) / DAY_MS));
    this.days = Array.from({ length: count }, (_, index) => first + index * DAY_MS).map((at) => ({
      at,
      ahead: ahead(at),
      standings: new Map(),
      busy: new Set(),
      planned: new Map(),
      sold: new Map(),
    }));
  }

  /** `minutes`: what a step takes. */
  add(history: DealHistory, norm: (stageId: string) => StageNorm, minutes: (step: PastStep) => number): void {
    for (const day of this.days) {
      if (day.at < history.createdAt) continue;
      const visit = history.visits.findLast((one) => one.at <= day.at);
      if (visit?.kind === 'open') stand(day, history, norm(visit.stageId));
      else if (visit && visit.at >= day.at - SELLS_DAYS * DAY_MS) sell(day, history, norm);
      for (const step of history.steps) {
        if (step.ownerId === null || !isDue(step, day) || !isPlanned(history, step, day.at)) continue;
        day.planned.set(step.ownerId, (day.planned.get(step.ownerId) ?? 0) + minutes(step));
      }
    }
  }

  /** Each stretch once. `capacity`: working minutes of the person in the five working days from then. */
  hits(rule: AlertRule, capacity: (userId: string, at: Instant) => number): readonly CompanyPastHit[] {
    const open = new Map<string, CompanyPastHit>();
    const found: CompanyPastHit[] = [];
    for (const day of this.days) {
      const facts = { loads: loadsOf(day, capacity), standings: standingsOf(day) };
      const hits = new Map(
        evaluateCompany([rule], facts).map((hit) => [`${hit.userId}|${hit.pipelineId ?? ''}`, hit]),
      );
      for (const [key, hit] of open) {
        if (hits.has(key)) continue;
        found.push({ ...hit, until: day.at });
        open.delete(key);
      }
      for (const [key, { userId, pipelineId, numbers }] of hits)
        if (!open.has(key)) open.set(key, { userId, pipelineId, numbers, at: day.at, until: null });
    }
    return [...found, ...open.values()].toSorted((one, other) => one.at - other.at);
  }
}

function stand(day: Day, { ownerId, pipelineId }: DealHistory, { place, openStages }: StageNorm): void {
  if (ownerId === null) return;
  day.busy.add(ownerId);
  if (openStages < 2) return;
  const key = `${ownerId}|${pipelineId}`;
  const standing = day.standings.get(key) ?? { open: 0, first: 0, near: 0 };
  standing.open += 1;
  if (place === 0 || place * 3 < openStages) standing.first += 1;
  if (place === openStages - 1 || place * 3 >= openStages * 2) standing.near += 1;
  day.standings.set(key, standing);
}

/** A funnel of one stage has neither a top nor an end. */
function sell(
  day: Day,
  { ownerId, pipelineId, visits }: DealHistory,
  norm: (stageId: string) => StageNorm,
): void {
  const open = visits.findLast((visit) => visit.kind === 'open');
  if (ownerId === null || !open || norm(open.stageId).openStages < 2) return;
  const own = day.sold.get(ownerId) ?? new Map<string, number>();
  day.sold.set(ownerId, own.set(pipelineId, (own.get(pipelineId) ?? 0) + 1));
}

function isDue({ from, to, dueAt }: PastStep, { at, ahead }: Day): boolean {
  return from !== null && from <= at && (to === null || to > at) && dueAt !== null && dueAt < ahead;
}

/** Its plan was under way, neither closed nor paused. */
function isPlanned({ plans, pauses }: DealHistory, { planId }: PastStep, at: Instant): boolean {
  const lived = plans.some(
    (plan) => plan.planId === planId && plan.from <= at && (plan.to === null || plan.to > at),
  );
  return lived && !pauses.some((pause) => pause.at <= at && (pause.until === null || pause.until > at));
}

function loadsOf(day: Day, capacity: (userId: string, at: Instant) => number): readonly SellerLoad[] {
  return [...day.planned].map(([userId, plannedMinutes]) => ({
    userId,
    plannedMinutes,
    capacityMinutes: capacity(userId, day.at),
  }));
}

function standingsOf({ standings, sold, busy }: Day): readonly SellerStanding[] {
  const held = [...standings].map(([key, counts]) => {
    const at = key.indexOf('|');
    return { userId: key.slice(0, at), pipelineId: key.slice(at + 1), ...counts };
  });
  const idle = [...sold]
    .filter(([userId]) => !busy.has(userId))
    .map(([userId, pipelines]) => {
      const most = Math.max(...pipelines.values());
      const [pipelineId = ''] = [...pipelines]
        .filter(([, n]) => n === most)
        .map(([id]) => id)
        .toSorted();
      return { userId, pipelineId, open: 0, first: 0, near: 0 };
    });
  return [...held, ...idle];
}
