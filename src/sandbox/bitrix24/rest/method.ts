import type { Cause } from '../events/event-bus.js';
import type { Application } from '../store/applications.js';
import type { Person } from '../store/people.js';
import type { RowLists } from '../store/row-list.js';
import { accessDenied, RestError } from '../wire/rest-error.js';
import type { Params } from './params.js';

/** Who calls: an employee through an application, or through an incoming webhook (no application). */
export interface Caller {
  readonly person: Person;
  readonly application: Application | null;
}

export interface Call {
  readonly caller: Caller;
  readonly params: Params;
  /** Of the caller, with the `auth_connector` of this call. */
  readonly cause: Cause;
}

export interface Answer {
  /** May hold pages of rows near its top. */
  readonly result: unknown;
  readonly total?: number | undefined;
  readonly next?: number | undefined;
}

export interface Method {
  readonly name: string;
  /** Empty when any token will do. */
  readonly scope: string;
  /** Works only with an application's token, not through a webhook. */
  readonly appOnly?: boolean;
  readonly adminOnly?: boolean;
  /** Parameters are met by order, names are ignored. */
  readonly positional?: readonly string[];
  /** REST 3.0: lives under `/rest/api/` only. */
  readonly v3?: boolean;
  readonly run: (call: Call) => Answer | Promise<Answer>;
}

export function causeOf(caller: Caller, params: Params): Cause {
  return {
    userId: caller.person.id,
    applicationId: caller.application?.id ?? null,
    connector: params.text('auth_connector'),
  };
}

/** Refuses what the caller's rights or context do not allow. */
export function checkRights(method: Method, caller: Caller): void {
  if (method.appOnly === true && caller.application === null) {
    throw new RestError(403, 'WRONG_AUTH_TYPE', 'Current authorization type is denied for this method');
  }
  if (method.scope !== '' && caller.application !== null) {
    const granted = caller.application.scopes;
    const related = method.scope.split('|');
    if (!related.some((scope) => granted.includes(scope))) {
      throw new RestError(
        403,
        'insufficient_scope',
        'The request requires higher privileges than provided by the access token',
      );
    }
  }
  if (method.adminOnly === true && !caller.person.admin) {
    throw accessDenied();
  }
}

export function applicationOf(call: Call): Application {
  if (call.caller.application === null) {
    throw new RestError(403, 'WRONG_AUTH_TYPE', 'Current authorization type is denied for this method');
  }
  return call.caller.application;
}

/** The common list: filter, order, select, start. */
export function listAnswer<T extends { readonly id: number }>(
  lists: RowLists<T>,
  call: Call,
  options: {
    readonly visible?: ((row: T) => boolean) | null;
    /** Tells two choices of `visible` for one person apart. */
    readonly choice?: string;
    readonly wrap?: (page: unknown) => unknown;
    readonly select?: readonly string[] | null;
  } = {},
): Answer {
  const { params } = call;
  const answer = lists.list(
    {
      filter: params.record('filter'),
      order: params.record('order'),
      select: options.select === undefined ? params.select() : options.select,
      start: params.start(),
    },
    options.visible ?? null,
    options.visible ? `user ${call.caller.person.id} ${options.choice ?? ''}` : '',
  );
  const result = options.wrap === undefined ? answer.page : options.wrap(answer.page);
  return { result, total: answer.total, next: answer.next };
}
