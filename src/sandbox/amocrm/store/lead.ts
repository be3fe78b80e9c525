import type { CustomFieldValue } from './custom-fields.js';
import type { Status } from './statuses.js';

/** A lead as the account stores it. Instants are whole epoch seconds, 0 for none; 0 in a reference means none. */
export interface Lead {
  readonly id: number;
  name: string;
  price: number;
  status: Status;
  ownerId: number;
  lossReasonId: number;
  sourceId: number;
  /** 0: a robot. */
  createdBy: number;
  updatedBy: number;
  created: number;
  updated: number;
  closed: number;
  closestTask: number;
  /** When it came into its present status. */
  moved: number;
  companyId: number;
  contactIds: readonly number[];
  tagIds: readonly number[];
  /** Products: elements of the account's list. */
  elementIds: readonly number[];
  /** Shared by leads with the same values: replaced, never changed. */
  fields: readonly CustomFieldValue[] | null;
  /** Newest of the lead's own rows in the log of events, 0 for none. */
  lastEvent: number;
}
