import type { FormRecord } from '../../common/bracket-form.js';
import type { ApiFault } from '../server/fault-kinds.js';
import type { AccountStore } from '../store/account-store.js';
import type { Cause } from '../store/cause.js';
import type { Integration } from '../store/integrations.js';
import type { Person } from '../store/people.js';

/** Who calls: a person through an integration. */
export interface Caller {
  readonly person: Person;
  readonly integration: Integration;
  /** The person the token was granted by, also when the call is run as somebody else. */
  readonly granter: Person;
}

/** One request to the API. */
export interface Call {
  readonly store: AccountStore;
  readonly caller: Caller;
  readonly cause: Cause;
  /** Origin the client used, no slash at the end. */
  readonly origin: string;
  /** Path below `/api/v4/`, without the query. */
  readonly path: string;
  readonly params: readonly string[];
  /** The query as PHP reads it. */
  readonly query: FormRecord;
  /** The query as it came. */
  readonly search: string;
  readonly body: unknown;
  /** Spoils the rows of this answer. */
  readonly inner: ApiFault | null;
}

export interface ApiAnswer {
  readonly status: number;
  /** Nothing: an empty body. */
  readonly body: Buffer | object | null;
}

export interface Route {
  readonly verb: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `leads/:id/notes`: a parameter is a whole segment. */
  readonly path: string;
  /** What log and faults call it. */
  readonly name: string;
  readonly run: (call: Call) => ApiAnswer;
}

export const EMPTY: ApiAnswer = { status: 204, body: null };

export function ok(body: Buffer | object): ApiAnswer {
  return { status: 200, body };
}

/** The number in a path; NaN never matches a row. */
export function idOf(call: Call, position = 0): number {
  return Number(call.params[position] ?? Number.NaN);
}
