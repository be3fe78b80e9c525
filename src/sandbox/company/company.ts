/**
 * A company's whole CRM as plain data, with no host's vocabulary in it: every sandbox loads the same company into
 * its own store, so that a newcomer can compare hosts and a test knows the truth. Instants are epoch milliseconds.
 */
export interface Company {
  readonly name: string;
  readonly language: 'ru' | 'en';
  readonly timeZone: string;
  /** The instant the data is dated to: no event is later. */
  readonly now: number;
  readonly departments: readonly CompanyDepartment[];
  readonly people: readonly CompanyPerson[];
  readonly pipelines: readonly CompanyPipeline[];
  readonly products: readonly CompanyProduct[];
  readonly clients: readonly CompanyClient[];
  readonly contacts: readonly CompanyContact[];
  /** Fields that the company added to its deals. */
  readonly fields?: readonly CompanyField[];
  /** In ascending id. May be a lazy iterable (a million deals are never held twice); iterate it once. */
  readonly deals: Iterable<CompanyDeal>;
}

export interface CompanyField {
  /** Upper case, unique. */
  readonly code: string;
  readonly name: string;
  readonly kind: 'choice' | 'user' | 'text' | 'date';
  /** Of a choice. */
  readonly choices: readonly string[];
}

export interface CompanyDepartment {
  readonly id: number;
  readonly name: string;
  readonly parentId: number | null;
  readonly headId: number | null;
}

export interface CompanyPerson {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly position: string;
  readonly departmentIds: readonly number[];
  readonly admin: boolean;
  readonly active: boolean;
  /** IANA name. */
  readonly timeZone: string;
}

export interface CompanyPipeline {
  /** 0 is the default pipeline. */
  readonly id: number;
  readonly name: string;
  readonly stages: readonly CompanyStage[];
}

export interface CompanyStage {
  /** Unique inside its pipeline, upper case, e.g. `NEW`, `MEETING`, `WON`, `LOSE`. */
  readonly code: string;
  readonly name: string;
  readonly kind: 'open' | 'won' | 'lost';
  /** `#rrggbb` */
  readonly color: string;
}

export interface CompanyProduct {
  readonly id: number;
  readonly name: string;
  readonly price: number;
}

export interface CompanyClient {
  readonly id: number;
  readonly name: string;
}

export interface CompanyContact {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly clientId: number | null;
}

export interface CompanyDeal {
  readonly id: number;
  readonly title: string;
  readonly pipelineId: number;
  readonly ownerId: number;
  readonly amount: number;
  /** ISO 4217 */
  readonly currency: string;
  readonly clientId: number | null;
  readonly contactId: number | null;
  readonly productId: number | null;
  readonly sourceId: string | null;
  /** By code of the field: a choice as its place, a person's id, a text, a day as epoch milliseconds of its UTC midnight. */
  readonly values?: Readonly<Record<string, string | number>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Ascending in time, never empty; the last entry is the deal's present stage. */
  readonly history: readonly CompanyStageEntry[];
}

export interface CompanyStageEntry {
  readonly at: number;
  readonly pipelineId: number;
  readonly stageCode: string;
}
