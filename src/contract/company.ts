import type { Schedule } from '../domain/calendar/work-calendar.types.js';
import type { Deal } from '../domain/crm/records.js';
import type { Deputy, FailureCause, PersonGroup } from '../domain/plans/plan.types.js';
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
  /** Of mapped fields whose values are ids of choices: what people see for each id. */
  readonly fieldChoices: Readonly<Partial<Record<FieldRole, Readonly<Record<string, string>>>>>;
  /** Holders of every role for this deal: by its products first, then the company's. */
  rolesFor(deal: Deal): ReadonlyMap<string, readonly string[]>;
  readonly productLine: readonly ProductLine[];
  /** The line of the deal's first product that has one: by its rows, else by the mapped field. */
  productOf(deal: Deal): ProductLine | null;
  readonly audiences: readonly string[];
  readonly segments: readonly string[];
  /** Those still offered, in the administrator's order. */
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
  /**
   * The same value while nothing changed; calendars keep their identity when other things change. Never inside a
   * transaction: it may have to ask the database. An unknown account works by the defaults.
   */
  of(accountId: string): Promise<CompanyRules>;
}
