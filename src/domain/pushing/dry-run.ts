import { localDay } from '../calendar/away.js';
import type { Instant } from '../crm/time.js';
import { dueAtOf, isHeldOut, recipientsAt, recipientsOf, rungAt, type AlertSubject } from './alerts.js';
import { scheduleOf, type Crew } from './crew.js';
import type { PastHit } from './rule-history.js';
import type { AlertRule } from './rule.types.js';

export interface DryRunTelling {
  readonly userId: string;
  readonly at: Instant;
  readonly level: number;
}

/** Who can be told, and when the company's day begins with its list. */
export interface DryRunCompany {
  readonly crew: Crew;
  /** `HH:MM` */
  readonly listAt: string;
}

/** Whom the rule would have told of a finding of the past, and when: its recipients, then its ladder while it lasted. */
export function tellingsOf(
  rule: AlertRule,
  hit: Pick<PastHit, 'at' | 'until'>,
  subject: AlertSubject,
  { crew, listAt }: DryRunCompany,
  to: Instant,
): readonly DryRunTelling[] {
  const first = recipientsOf(rule.recipients, subject, crew, hit.at);
  const end = hit.until ?? to;
  const tellings = first.map((reached) => {
    return { userId: reached.userId, at: dueAtOf(rule, reached, crew, hit.at, listAt), level: 0 };
  });
  const [told] = first;
  for (let level = 0; told && level < rule.escalation.length; level += 1) {
    const at = rungAt(rule, level, told.at, told.userId, crew);
    if (at === null || at >= end) break;
    if (rule.escalation[level]?.task) continue;
    for (const reached of recipientsAt(rule, level, subject, crew, at))
      tellings.push({
        userId: reached.userId,
        at: dueAtOf(rule, reached, crew, at, listAt),
        level: level + 1,
      });
  }
  // What is over before it could be told is told to nobody.
  return tellings.filter(({ at }) => at < Math.min(end, to));
}

export interface DryRunExample<Finding> {
  readonly finding: Finding;
  readonly at: Instant;
  readonly userId: string;
}

export interface DryRunSum<Finding> {
  readonly alerts: number;
  readonly people: number;
  readonly deals: number;
  readonly busiest: { readonly userId: string; readonly day: string; readonly alerts: number } | null;
  /** Told at once within everybody's budget of the day; a rule of the digest tells nothing at once, and all fits. */
  readonly withinBudget: number;
  readonly examples: readonly DryRunExample<Finding>[];
}

/** Counts what a rule would have told; holds no more than the examples, however many there are. */
export class DryRunCount<Finding> {
  private readonly perDay = new Map<string, number>();
  private readonly people = new Set<string>();
  private readonly subjects = new Set<string>();
  private readonly examples = new Map<number, DryRunExample<Finding>>();
  private alerts = 0;

  /** `span`: of the run, so that the examples spread over it. */
  constructor(
    private readonly crew: Crew,
    private readonly span: { readonly from: Instant; readonly to: Instant },
    private readonly mostExamples: number,
  ) {}

  add(subject: string, finding: Finding, tellings: readonly DryRunTelling[]): void {
    this.subjects.add(subject);
    for (const { userId, at } of tellings) {
      this.alerts += 1;
      this.people.add(userId);
      const key = `${userId}|${localDay(at, scheduleOf(this.crew, userId).timeZone)}`;
      this.perDay.set(key, (this.perDay.get(key) ?? 0) + 1);
    }
    const [first] = tellings;
    if (!first) return;
    const { from, to } = this.span;
    const slot = Math.floor(((first.at - from) / Math.max(1, to - from)) * this.mostExamples);
    if (!this.examples.has(slot)) this.examples.set(slot, { finding, at: first.at, userId: first.userId });
  }

  sum(rule: Pick<AlertRule, 'delivery'>, budgetPerDay: number): DryRunSum<Finding> {
    const days = [...this.perDay];
    const within = days.reduce((sum, [, count]) => sum + Math.min(count, budgetPerDay), 0);
    const top = days.reduce<(typeof days)[number] | null>(
      (best, day) => (best === null || day[1] > best[1] ? day : best),
      null,
    );
    const at = top?.[0].lastIndexOf('|') ?? 0;
    return {
      alerts: this.alerts,
      people: this.people.size,
      deals: this.subjects.size,
      busiest: top && { userId: top[0].slice(0, at), day: top[0].slice(at + 1), alerts: top[1] },
      withinBudget: rule.delivery === 'digest' ? this.alerts : within,
      examples: [...this.examples.values()].toSorted((one, other) => one.at - other.at),
    };
  }
}

/** The share that measures what telling is good for would not have been told. */
export function wouldTell(rule: Pick<AlertRule, 'ruleId'>, dealId: string, heldOut: number): boolean {
  return !isHeldOut(rule.ruleId, dealId, heldOut);
}
