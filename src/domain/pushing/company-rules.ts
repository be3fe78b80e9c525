import { parameterOf } from './rule-kinds.js';
import type { AlertRule, CompanyRuleKind } from './rule.types.js';

/** A seller's work of the coming working days against the time there is for it. */
export interface SellerLoad {
  readonly userId: string;
  readonly plannedMinutes: number;
  readonly capacityMinutes: number;
}

/** A seller's open deals in one pipeline; none at all where the seller has no open deal and sold there lately. */
export interface SellerStanding {
  readonly userId: string;
  readonly pipelineId: string;
  readonly open: number;
  /** In the first third of the open stages. */
  readonly first: number;
  /** In the last third of them. */
  readonly near: number;
}

export interface CompanyFacts {
  readonly loads: readonly SellerLoad[];
  readonly standings: readonly SellerStanding[];
}

/** What a rule says of a person now; it stays the same finding as long as it is so. */
export interface CompanyHit {
  readonly rule: AlertRule;
  readonly userId: string;
  readonly pipelineId: string | null;
  readonly numbers: Readonly<Record<string, number>>;
}

/** A share of fewer deals says nothing. */
const LEAST_OPEN = 10;
/** Whoever had a deal in a pipeline within so many days still sells there. */
export const SELLS_DAYS = 90;

/** What rules about sellers and their pipelines find at one moment; the order is that of the rules and the facts. */
export function evaluateCompany(rules: readonly AlertRule[], facts: CompanyFacts): readonly CompanyHit[] {
  return rules.flatMap((rule) => (isCompanyKind(rule.kind) ? FINDERS[rule.kind](rule, facts) : []));
}

export function isCompanyKind(kind: string): kind is CompanyRuleKind {
  return kind in FINDERS;
}

const FINDERS: Readonly<
  Record<CompanyRuleKind, (rule: AlertRule, facts: CompanyFacts) => readonly CompanyHit[]>
> = {
  sellerOverloaded: (rule, { loads }) =>
    loads
      .filter(({ plannedMinutes: planned, capacityMinutes }) => {
        return planned > 0 && planned > capacityMinutes * parameterOf(rule, 'share');
      })
      .map(({ userId, plannedMinutes: planned, capacityMinutes: capacity }) => ({
        rule,
        userId,
        pipelineId: null,
        numbers: { planned, capacity },
      })),
  tooFewNearClosing: (rule, { standings }) =>
    standings
      .filter(({ open, near }) =>
        open === 0 ? true : open >= LEAST_OPEN && near < open * parameterOf(rule, 'share'),
      )
      .map(({ userId, pipelineId, open, near }) => ({ rule, userId, pipelineId, numbers: { open, near } })),
  topEmpty: (rule, { standings }) =>
    standings
      .filter(({ first }) => first < parameterOf(rule, 'count'))
      .map(({ userId, pipelineId, open, first }) => ({ rule, userId, pipelineId, numbers: { open, first } })),
};

/** Names a finding about a person: the pipeline, and the day on which it began. */
export function episodeOf(hit: Pick<CompanyHit, 'pipelineId'>, day: string): string {
  return `${day}|${hit.pipelineId ?? ''}`;
}

/** The pipeline that an episode of such a finding is about; null: none. */
export function pipelineOfEpisode(episode: string): string | null {
  const at = episode.indexOf('|');
  return at < 0 || at === episode.length - 1 ? null : episode.slice(at + 1);
}
