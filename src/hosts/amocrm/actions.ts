import {
  type ActionOutcome,
  ASKED_BY_TASK,
  type DealAction,
  type HostAction,
} from '../../contract/actions.js';
import type { BeforeSend, TaskWrite, TaskWriteOutcome } from '../../contract/client.js';
import type { HostFailure } from '../../contract/failure.js';
import type { HostDeal } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import { cut, withMark } from '../common/key-mark.js';
import { chunksOf } from '../common/portions.js';
import { idOf } from '../common/values.js';
import { accept } from './acceptances.js';
import type { AccountMemory } from './account-facts.js';
import { findActions } from './action-finds.js';
import type { ApiClient } from './client.js';
import { readDeals } from './deal-reads.js';
import { linkPath } from './links.js';
import { type RowOutcome, sendRows } from './rows-sender.js';
import { numericId } from './schema.js';
import { writeTasks } from './tasks.js';

type Outcomes = Map<HostAction, ActionOutcome>;
type Of<Kind extends DealAction['kind']> = {
  readonly one: HostAction;
  readonly action: Extract<DealAction, { kind: Kind }>;
};

/** No `notify`: nothing in the host's interface reaches a person of our choice. Whoever wants that asks or writes mail. */
export const ACTION_KINDS: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
  'comment',
  'moveStage',
  'assign',
  'accept',
  'join',
  'ask',
  'closeAsk',
]);

/** The host advises this many elements a request. */
const PER_REQUEST = 50;
const LONGEST_TEXT = 8_000;
const DAY_MS = 24 * 60 * 60_000;

/** What is made is never repeated blindly; what is changed is compared first. One outcome per action, in order. */
export async function act(
  client: ApiClient,
  memory: AccountMemory,
  actions: readonly HostAction[],
  beforeSend: BeforeSend,
): Promise<readonly ActionOutcome[]> {
  const outcomes: Outcomes = new Map();
  for (const some of chunksOf(actions, PER_REQUEST)) {
    await comment(client, of(some, 'comment'), beforeSend, outcomes);
    for (const [one, outcome] of await accept(client, of(some, 'accept'), beforeSend))
      outcomes.set(one, outcome);
    for (const round of roundsOf(some)) await change(client, memory, round, beforeSend, outcomes);
    await join(client, memory, of(some, 'join'), beforeSend, outcomes);
    await ask(client, of(some, 'ask'), beforeSend, outcomes);
    await close(client, of(some, 'closeAsk'), beforeSend, outcomes);
  }
  return actions.map(
    (one) => outcomes.get(one) ?? refusedWith({ kind: 'forbidden', scope: one.action.kind }),
  );
}

async function comment(
  client: ApiClient,
  comments: readonly Of<'comment'>[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const bodies = new Map<HostAction, JsonObject>();
  for (const { one, action } of comments) {
    const entity = numericId(action.dealId);
    const text = withMark(cut(action.text.trim(), LONGEST_TEXT), one.key);
    if (entity === null) outcomes.set(one, GONE);
    else bodies.set(one, { entity_id: entity, note_type: 'common', params: { text } });
  }
  const target = { method: 'POST', path: '/api/v4/leads/notes', key: 'notes' } as const;
  for (const [one, outcome] of await sendRows(client, target, bodies, beforeSend)) {
    outcomes.set(one, outcome.kind === 'ok' ? made(idOf(outcome.row['id'])) : withoutDeal(outcome));
  }
}

type Change = Of<'moveStage'> | Of<'assign'>;

/** Moves and hand-overs; the pipeline always goes along, for "won" and "lost" have the same ids in all of them. */
async function change(
  client: ApiClient,
  memory: AccountMemory,
  changes: readonly Change[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const deals = await presentDeals(client, memory, changes, outcomes);
  if (!deals) return;
  const bodies = new Map<HostAction, JsonObject>();
  for (const { one, action } of changes) {
    const deal = deals.get(action.dealId);
    const fields = deal && fieldsOf(action, deal);
    if (!fields) outcomes.set(one, deal ? UNCHANGED : GONE);
    else if (typeof fields === 'string') outcomes.set(one, refusedWith({ kind: 'malformed', where: fields }));
    else bodies.set(one, { id: Number(action.dealId), ...fields });
  }
  const target = { method: 'PATCH', path: '/api/v4/leads', key: 'leads' } as const;
  for (const [one, outcome] of await sendRows(client, target, bodies, beforeSend)) {
    outcomes.set(one, outcome.kind === 'ok' ? UNCHANGED : withoutDeal(outcome));
  }
}

/** What to write; null when the deal is so already, or what is wrong with the wish. */
function fieldsOf(action: Change['action'], deal: HostDeal): JsonObject | string | null {
  if (action.kind === 'assign') {
    const user = numericId(action.userId);
    if (user === null) return 'responsible_user_id';
    return deal.ownerId === action.userId ? null : { responsible_user_id: user };
  }
  const [pipeline, status] = [numericId(action.pipelineId), numericId(action.stageId)];
  if (pipeline === null || status === null) return 'pipeline or stage id';
  const same = deal.pipelineId === action.pipelineId && deal.stageId === action.stageId;
  return same ? null : { pipeline_id: pipeline, status_id: status };
}

const JOIN_WORDS = {
  ru: 'Подключиться к сделке: она переходит к вам постепенно, посмотрите историю и договорённости',
  en: 'Join this deal: it comes over to you step by step, please read its history and what was agreed',
} as const;

/**
 * The host has no observers of a deal. A task for the person is what it offers: it shows them the deal, reminds them and
 * stands in its history. It is looked for before it is made, so that a repeat is as harmless as elsewhere.
 */
async function join(
  client: ApiClient,
  memory: AccountMemory,
  joins: readonly Of<'join'>[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  if (joins.length === 0) return;
  const deals = await presentDeals(client, memory, joins, outcomes);
  if (!deals) return;
  const open = joins.filter(({ one, action }) => {
    const deal = deals.get(action.dealId);
    if (!deal) outcomes.set(one, GONE);
    else if (deal.ownerId === action.userId) outcomes.set(one, UNCHANGED);
    return deal !== undefined && deal.ownerId !== action.userId;
  });
  const found = await foundAlready(client, open, outcomes);
  if (!found) return;
  const now = client.hostTime() ?? client.session.clock.now();
  const title = JOIN_WORDS[client.surroundings.application.platform === 'ru' ? 'ru' : 'en'];
  const creations = open.flatMap(({ one, action: { dealId, userId } }) => {
    if (found.has(one.key)) {
      outcomes.set(one, UNCHANGED);
      return [];
    }
    const task = {
      dealId,
      title,
      description: '',
      ownerId: userId,
      dueAt: now + DAY_MS,
      durationMinutes: null,
    };
    return [{ one, write: { kind: 'create', key: one.key, task } as const }];
  });
  await writeAsTasks(client, creations, beforeSend, outcomes, () => UNCHANGED);
}

async function foundAlready(
  client: ApiClient,
  joins: readonly Of<'join'>[],
  outcomes: Outcomes,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    return await findActions(
      client,
      joins.map(({ one }) => ({ ...one, since: 0 })),
    );
  } catch (error) {
    return refuseAll(error, joins, outcomes);
  }
}

async function ask(
  client: ApiClient,
  asks: readonly Of<'ask'>[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const origin = client.session.endpoint().replace(/\/$/, '');
  const creations = asks.map(({ one, action: { dealId, userId, title, text, dueAt, place } }) => {
    const description = place ? [text, `${origin}${linkPath(place)}`].join('\n').trim() : text;
    const task = { dealId, title, description, ownerId: userId, dueAt, durationMinutes: null };
    return { one, write: { kind: 'create', key: one.key, task } as const };
  });
  await writeAsTasks(client, creations, beforeSend, outcomes, ({ taskId }) =>
    made(`${ASKED_BY_TASK}${taskId}`),
  );
}

async function close(
  client: ApiClient,
  closings: readonly Of<'closeAsk'>[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const completions = closings.flatMap(({ one, action: { hostId, text } }) => {
    const taskId = hostId.startsWith(ASKED_BY_TASK) ? hostId.slice(ASKED_BY_TASK.length) : '';
    if (numericId(taskId) === null) {
      outcomes.set(one, refusedWith({ kind: 'malformed', where: 'the question’s id' }));
      return [];
    }
    const comment = text.trim() === '' ? {} : { comment: text.trim() };
    return [{ one, write: { kind: 'complete', taskId, ...comment } as const }];
  });
  await writeAsTasks(client, completions, beforeSend, outcomes, () => UNCHANGED);
  for (const { one } of closings) {
    const outcome = outcomes.get(one);
    if (outcome?.kind === 'refused' && outcome.failure.kind === 'gone') outcomes.set(one, UNCHANGED);
  }
}

async function writeAsTasks(
  client: ApiClient,
  wanted: readonly { readonly one: HostAction; readonly write: TaskWrite }[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
  done: (outcome: Extract<TaskWriteOutcome, { kind: 'ok' }>) => ActionOutcome,
): Promise<void> {
  if (wanted.length === 0) return;
  const written = await writeTasks(
    client,
    wanted.map(({ write }) => write),
    beforeSend,
  );
  for (const [index, { one }] of wanted.entries()) {
    const outcome = written[index] ?? { kind: 'unknown' };
    outcomes.set(one, outcome.kind === 'ok' ? done(outcome) : withoutDeal(outcome));
  }
}

async function presentDeals(
  client: ApiClient,
  memory: AccountMemory,
  wanted: readonly { readonly one: HostAction; readonly action: { readonly dealId: string } }[],
  outcomes: Outcomes,
): Promise<ReadonlyMap<string, HostDeal> | null> {
  try {
    const deals = await readDeals(
      client,
      memory,
      wanted.map(({ action }) => action.dealId),
      'high',
    );
    return new Map(deals.map((deal) => [deal.id, deal]));
  } catch (error) {
    return refuseAll(error, wanted, outcomes);
  }
}

/** Nothing was sent yet: whoever wanted it tries again. */
function refuseAll(
  error: unknown,
  wanted: readonly { readonly one: HostAction }[],
  outcomes: Outcomes,
): null {
  if (!(error instanceof CallFault)) throw error;
  for (const { one } of wanted) outcomes.set(one, refusedWith(error.failure));
  return null;
}

/** Each deal once in a round: two changes of one deal go in requests of their own, in their order. */
function roundsOf(actions: readonly HostAction[]): readonly (readonly Change[])[] {
  const rounds: Change[][] = [];
  for (const change of [...of(actions, 'moveStage'), ...of(actions, 'assign')]) {
    const taken = (round: readonly Change[]): boolean =>
      round.some(({ action }) => action.dealId === change.action.dealId);
    const last = rounds.findLastIndex(taken);
    const round = rounds[last + 1];
    if (round) round.push(change);
    else rounds.push([change]);
  }
  return rounds;
}

function of<Kind extends DealAction['kind']>(
  actions: readonly HostAction[],
  kind: Kind,
): readonly Of<Kind>[] {
  return actions.flatMap((one) =>
    one.action.kind === kind ? [{ one, action: one.action as Of<Kind>['action'] }] : [],
  );
}

const GONE: ActionOutcome = { kind: 'refused', failure: { kind: 'gone' } };
const UNCHANGED: ActionOutcome = { kind: 'ok', hostId: null };

function made(hostId: string | null): ActionOutcome {
  return hostId === null ? { kind: 'unknown' } : { kind: 'ok', hostId };
}

function refusedWith(failure: HostFailure): ActionOutcome {
  return { kind: 'refused', failure };
}

/** The host calls a missing deal a wrong value of this field. */
function withoutDeal(outcome: Exclude<RowOutcome | TaskWriteOutcome, { kind: 'ok' }>): ActionOutcome {
  if (outcome.kind === 'unknown') return outcome;
  const { failure } = outcome;
  return failure.kind === 'malformed' && /\bentity_id\b/.test(failure.where) ? GONE : outcome;
}
