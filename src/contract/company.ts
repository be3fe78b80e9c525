import type { Schedule } from '../domain/calendar/work-calendar.types.js';
import type { Deal } from '../domain/crm/records.js';
import type { Deputy, PersonGroup } from '../domain/plans/plan.types.js';
import type { FailureCause } from '../domain/plans/plan.types.js';
import type { FieldRole } from '../domain/plans/template.types.js';

/** Nest token under which the company's module provides `Company` to the other features. */
export const COMPANY = Symbol('Company');

/** How the company works, as its administrator set it up: one value of one moment. */
export interface CompanyRules {
  /** Who is missing here works by `fallback`. Absences and personal hours are inside. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly fallback: Schedule;
  readonly deputies: ReadonlyMap<string, readonly Deputy[]>;
  readonly groups: ReadonlyMap<string, PersonGroup>;
  readonly fieldMap: Readonly<Partial<Record<FieldRole, string>>>;
  /** Holders of every role for this deal: by its products first, then the company's. */
  rolesFor(deal: Deal): ReadonlyMap<string, readonly string[]>;
  readonly productLine: readonly ProductLine[];
  readonly reasons: readonly ReasonFacts[];
}

/** A product as the company sells it. */
export interface ProductLine {
  /** Of the host's catalogue, or a key of ours for a product that the host does not list. */
  readonly productId: string;
  readonly name: string;
  readonly managerId: string | null;
  readonly audience: string | null;
  /** The funnel of the product: plans its deals before the pipeline's own template does. */
  readonly templateId: string | null;
}

/** One of the account's reasons for what was not done, not won or put off. */
export interface ReasonFacts {
  readonly key: string;
  readonly name: string;
  readonly cause: FailureCause;
  readonly uses: readonly ('step' | 'loss' | 'snooze')[];
}

export interface Company {
  of(accountId: string): Promise<CompanyRules>;
}
