import {
  type ActionOutcome,
  ASKED_BY_TASK,
  type DealAction,
  type HostAction,
} from '../../contract/actions.js';
import type { BeforeSend } from '../../contract/client.js';
import { isObject } from '../common/json.js';
import { cut, withMark } from '../common/key-mark.js';
import type { QueryTree } from '../common/query.js';
import { idOf } from '../common/values.js';
import { ACTIVITY, PLAIN_ACTIVITY } from './action-ids.js';
import { GONE, malformed } from './action-outcomes.js';
import { askLayout } from './ask-layout.js';
import type { RestClient } from './client.js';
import { linkPath } from './links.js';
import { dealAddress, type DealAddress, LEADS } from './mapper.js';
import type { Words } from './portal-words.js';
import { hostTime } from './schema.js';
import { escapeBbCode } from './task-fields.js';
import { writeTasks } from './tasks.js';

/** One call that makes something, and how its answer tells what. */
export interface Making {
  readonly one: HostAction;
  readonly method: string;
  readonly params: QueryTree;
  readonly hostIdOf: (value: unknown) => string | ActionOutcome | null;
}

type Ask = Extract<DealAction, { kind: 'ask' }>;
type Made = Extract<DealAction, { kind: 'comment' | 'notify' | 'ask' }>;

const ORIGINATOR = 'dozhim';
const LONGEST_TEXT = 8_000;
const LONGEST_TITLE = 250;

/** The call, or why it cannot be made. */
export function makingOf(one: HostAction, client: RestClient, words: Words | null): Making | ActionOutcome {
  const action = one.action as Made;
  if (action.kind === 'notify') return notification(one, action, client);
  const address = dealAddress(action.dealId);
  if (!address) return GONE;
  if (action.kind === 'comment') return comment(one, action.text, address);
  return askByActivity(one, action, address, words);
}

function comment(one: HostAction, text: string, address: DealAddress): Making {
  const fields = {
    ENTITY_ID: address.hostId,
    ENTITY_TYPE: address.source === LEADS ? 'lead' : 'deal',
    COMMENT: withMark(escapeBbCode(cut(text.trim(), LONGEST_TEXT)), one.key),
  };
  return { one, method: 'crm.timeline.comment.add', params: { fields }, hostIdOf: idOf };
}

/**
 * The tag is unique inside our application and removes what had it before, so a repeat never shows twice. The person is
 * part of it: nothing says that the removal keeps to one recipient.
 */
function notification(
  one: HostAction,
  { userId, text, dealId, place }: Extract<Made, { kind: 'notify' }>,
  { session, surroundings }: RestClient,
): Making | ActionOutcome {
  const endpoint = session.endpoint();
  if (!/^\d{1,15}$/.test(userId)) return malformed('USER_ID');
  const plain = cut(text.trim(), LONGEST_TEXT);
  const link = place
    ? `${originOf(endpoint)}${linkPath(surroundings.application, place)}`
    : cardAddress(dealId, endpoint);
  const params = {
    USER_ID: userId,
    MESSAGE: [escapeBbCode(plain), ...(link === null ? [] : [link])].join('\n'),
    MESSAGE_OUT: [plain, ...(link === null ? [] : [link])].join('\n'),
    TAG: `${one.key}|${userId}`,
    SUB_TAG: ORIGINATOR,
  };
  // `false` is how the host says that there is no such person any more.
  const hostIdOf = (value: unknown): string | ActionOutcome | null => (value === false ? GONE : idOf(value));
  return { one, method: 'im.notify.personal.add', params, hostIdOf };
}

function cardAddress(dealId: string | null, endpoint: string): string | null {
  const address = dealId === null ? null : dealAddress(dealId);
  if (!address) return null;
  const kind = address.source === LEADS ? 'lead' : 'deal';
  return `${originOf(endpoint)}/crm/${kind}/details/${address.hostId}/`;
}

function originOf(endpoint: string): string {
  return endpoint.replace(/\/rest\/$/, '');
}

function askByActivity(one: HostAction, ask: Ask, address: DealAddress, words: Words | null): Making {
  const params = {
    ...ownerOf(address),
    fields: {
      typeId: 'CONFIGURABLE',
      completed: 'N',
      deadline: hostTime(ask.dueAt),
      isIncomingChannel: 'N',
      responsibleId: ask.userId,
      originatorId: ORIGINATOR,
      originId: one.key,
    },
    layout: askLayout(cut(ask.title.trim(), LONGEST_TITLE), cut(ask.text.trim(), LONGEST_TEXT), words),
  };
  const hostIdOf = (value: unknown): string | null => {
    const id = isObject(value) && isObject(value['activity']) ? idOf(value['activity']['id']) : null;
    return id && `${ACTIVITY}${id}`;
  };
  return { one, method: 'crm.activity.configurable.add', params, hostIdOf };
}

export function askByTodo(one: HostAction): readonly Making[] {
  const ask = one.action as Ask;
  const address = dealAddress(ask.dealId);
  if (!address) return [];
  const params = {
    ...ownerOf(address),
    deadline: hostTime(ask.dueAt),
    title: cut(ask.title.trim(), LONGEST_TITLE),
    description: withMark(cut(ask.text.trim(), LONGEST_TEXT), one.key),
    responsibleId: ask.userId,
  };
  const hostIdOf = (value: unknown): string | null => {
    const id = isObject(value) ? idOf(value['id']) : null;
    return id && `${PLAIN_ACTIVITY}${id}`;
  };
  return [{ one, method: 'crm.activity.todo.add', params, hostIdOf }];
}

export async function askByTask(
  client: RestClient,
  asks: readonly HostAction[],
  restV3: boolean,
  beforeSend: BeforeSend,
  outcomes: Map<HostAction, ActionOutcome>,
): Promise<void> {
  const writes = asks.map(({ key, action }) => {
    const { dealId, title, text, userId, dueAt } = action as Ask;
    const task = { dealId, title, description: text, ownerId: userId, dueAt, durationMinutes: null };
    return { kind: 'create', key, task } as const;
  });
  const written = await writeTasks(client, writes, restV3, beforeSend);
  for (const [index, one] of asks.entries()) {
    const outcome = written[index] ?? { kind: 'unknown' };
    outcomes.set(
      one,
      outcome.kind === 'ok' ? { kind: 'ok', hostId: `${ASKED_BY_TASK}${outcome.taskId}` } : outcome,
    );
  }
}

function ownerOf({ source, hostId }: DealAddress): {
  readonly ownerTypeId: number;
  readonly ownerId: string;
} {
  return { ownerTypeId: source.entityTypeId, ownerId: hostId };
}
