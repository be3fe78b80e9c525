import { withoutAbsences } from '../../domain/calendar/away.js';
import { addWorking, workingMinutesBetween } from '../../domain/calendar/working-time.js';
import type { Instant } from '../../domain/crm/time.js';
import type { AlertSubject } from '../../domain/pushing/alerts.js';
import { CompanyPast } from '../../domain/pushing/company-history.js';
import { isCompanyKind } from '../../domain/pushing/company-rules.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { DryRunCount, tellingsOf, wouldTell } from '../../domain/pushing/dry-run.js';
import type { StageNorm } from '../../domain/pushing/pulse.js';
import type { DealHistory, PastStep } from '../../domain/pushing/past-facts.js';
import { replayRule, type PastHit } from '../../domain/pushing/rule-history.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import type { ControlContext } from './control-context.service.js';
import { nameOf } from './control-context.service.js';
import type { DryRunFacts } from './rule-dry-run.repository.js';
import type { Control } from './rule.repository.js';

const MOST_EXAMPLES = 20;
const DAYS_AHEAD = 5;
const UNKNOWN: StageNorm = { normMs: null, stuckAfterMs: null, place: 0, openStages: 1 };

export interface DryRunInput {
  readonly context: ControlContext;
  readonly control: Control;
  readonly rule: AlertRule;
  readonly span: { readonly from: Instant; readonly to: Instant };
  readonly known: {
    readonly norms: ReadonlyMap<string, StageNorm>;
    /** Since when plans are on, by pipeline. */
    readonly plansSince: ReadonlyMap<string, Instant>;
  };
  readonly minutes: ReadonlyMap<string, number>;
}

interface Example {
  readonly dealId: string | null;
  readonly about: string | null;
  readonly numbers: Readonly<Record<string, number>>;
}

/** One run's sums: takes histories one after another and holds none of them. */
export class DryRunCounter {
  private readonly count: DryRunCount<Example>;
  private readonly company: CompanyPast | null;

  constructor(private readonly input: DryRunInput) {
    const { context, span, rule } = input;
    this.count = new DryRunCount(context.crew, span, MOST_EXAMPLES);
    const ahead = (at: Instant): Instant => this.ahead(at);
    this.company = isCompanyKind(rule.kind) ? new CompanyPast(span.from, span.to, ahead) : null;
  }

  /** `productManagerId`: of the deal's product as it is today. */
  add(history: DealHistory, productManagerId: string | null): void {
    const { context, rule, span, known } = this.input;
    const norm = (stageId: string): StageNorm =>
      known.norms.get(`${history.pipelineId}|${stageId}`) ?? UNKNOWN;
    if (this.company) return this.company.add(history, norm, (step) => this.minutesOf(history, step));
    const schedule =
      history.ownerId === null ? context.rules.fallback : scheduleOf(context.crew, history.ownerId);
    const hits = replayRule(rule, history, {
      ...span,
      plansSince: known.plansSince.get(history.pipelineId) ?? null,
      norm,
      schedule: withoutAbsences(schedule),
    });
    if (hits.length === 0 || !wouldTell(rule, history.dealId, this.input.control.heldOut)) return;
    const finding = { dealId: history.dealId, about: history.title };
    const subject = { ownerId: history.ownerId, productManagerId };
    for (const hit of hits) this.tell(history.dealId, subject, hit, { ...finding, numbers: hit.numbers });
  }

  facts(): Omit<DryRunFacts, 'plansSince' | 'knowsClientDate'> {
    const { rule, control, span, context } = this.input;
    for (const { userId, pipelineId, ...hit } of this.company?.hits(rule, (...at) => this.capacity(...at)) ??
      []) {
      if (!context.crew.activeIds.has(userId)) continue;
      const pipeline = context.structure.pipelines.find((one) => one.id === pipelineId)?.name;
      const about = [nameOf(context.structure, userId), pipeline]
        .filter((part) => part !== undefined)
        .join(', ');
      const subject = { ownerId: userId, productManagerId: null };
      this.tell(userId, subject, { ...hit, episode: '' }, { dealId: null, about, numbers: hit.numbers });
    }
    const sum = this.count.sum(rule, control.budgetPerDay);
    const examples = sum.examples.map(({ finding, at, userId }) => ({ ...finding, at, userId }));
    return { ...span, ...sum, budgetPerDay: control.budgetPerDay, examples };
  }

  private tell(of: string, subject: AlertSubject, hit: PastHit, example: Example): void {
    const { context, control, rule, span } = this.input;
    const company = { crew: context.crew, listAt: control.listAt };
    const tellings = tellingsOf(rule, hit, subject, company, span.to);
    if (tellings.length > 0) this.count.add(of, example, tellings);
  }

  private minutesOf({ plans }: DealHistory, { planId, stepId }: PastStep): number {
    const plan = plans.find((one) => one.planId === planId);
    const key = stepId.slice(0, stepId.lastIndexOf('~'));
    return plan ? (this.input.minutes.get(`${plan.templateId}|${plan.version}|${key}`) ?? 0) : 0;
  }

  private capacity(userId: string, at: Instant): number {
    const schedule = scheduleOf(this.input.context.crew, userId);
    return Math.max(0, workingMinutesBetween(at, this.ahead(at), schedule));
  }

  private ahead(at: Instant): Instant {
    const { fallback } = this.input.context.rules;
    return addWorking(at, { amount: DAYS_AHEAD, unit: 'workingDays' }, fallback);
  }
}
