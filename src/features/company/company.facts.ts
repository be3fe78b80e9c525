import type { CalendarYear, DayOverride, WeekHours } from '../../domain/calendar/work-calendar.types.js';
import type { FailureCause } from '../../domain/plans/plan.types.js';
import type { FieldRole } from '../../domain/plans/template.types.js';
import type { AbsenceKind, ReasonUse } from './company.view.js';

/** Parts of the settings that are saved as a whole, each with its own revision. */
export interface CompanyParts {
  readonly calendar: CalendarPart;
  readonly people: PeoplePart;
  readonly fields: FieldsPart;
  readonly catalogue: CataloguePart;
  readonly reasons: ReasonsPart;
}

export type PartName = keyof CompanyParts;

export interface CalendarPart {
  readonly country: string | null;
  readonly timeZone: string;
  readonly week: WeekHours;
  readonly overrides: readonly (DayOverride & { readonly note: string })[];
}

export interface PeoplePart {
  readonly roles: readonly RoleFacts[];
  readonly groups: readonly GroupFacts[];
}

export interface RoleFacts {
  readonly key: string;
  readonly name: string;
  readonly holderIds: readonly string[];
}

export interface GroupFacts {
  readonly key: string;
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly keeperId: string | null;
}

export interface FieldsPart {
  readonly map: Readonly<Partial<Record<FieldRole, string>>>;
  /** Names of the choices of mapped fields, as the host had them when the map was saved. */
  readonly choices: Readonly<Partial<Record<FieldRole, Readonly<Record<string, string>>>>>;
}

export interface CataloguePart {
  readonly products: readonly ProductFacts[];
  readonly audiences: readonly string[];
  readonly segments: readonly string[];
}

export interface ProductFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly managerId: string | null;
  readonly audience: string | null;
  readonly templateId: string | null;
}

export interface ReasonsPart {
  readonly reasons: readonly StoredReason[];
}

export interface StoredReason {
  readonly key: string;
  readonly name: string;
  readonly cause: FailureCause;
  readonly uses: readonly ReasonUse[];
  readonly retired: boolean;
}

/** A part as stored, or null with revision 0 when nobody saved it yet. */
export interface StoredPart<Body> {
  readonly revision: number;
  readonly body: Body | null;
}

export interface StoredYear extends CalendarYear {
  /** Empty: of a company without a country. */
  readonly country: string;
}

export interface StoredSchedule {
  readonly userId: string;
  readonly revision: number;
  readonly week: WeekHours | null;
  readonly timeZone: string | null;
}

export interface StoredAbsence {
  readonly id: string;
  readonly userId: string;
  readonly from: string;
  readonly to: string;
  readonly kind: AbsenceKind;
  readonly deputyId: string | null;
  readonly revision: number;
}

/** Everything that is stored of how the company works. */
export interface CompanyFacts {
  readonly version: number;
  readonly parts: { readonly [Name in PartName]: StoredPart<CompanyParts[Name]> };
  readonly years: readonly StoredYear[];
  readonly schedules: readonly StoredSchedule[];
  readonly absences: readonly StoredAbsence[];
}
