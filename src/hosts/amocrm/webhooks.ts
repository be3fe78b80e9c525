import type { EntityChange } from '../../contract/client.js';
import type { HookReading, HostRequest } from '../../contract/host.js';
import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { type FormBounds, FormRefusal, parsePhpForm } from '../common/php-form.js';
import { sameText } from '../common/same-text.js';
import { numberOf, rowsOf, textOf } from '../common/values.js';
import type { Application } from './client.js';
import { automationKey, isFarewellSigned } from './hook-keys.js';
import { readAutomation } from './automation.js';
import { numericId } from './schema.js';

type Refused = Extract<HookReading, { kind: 'refused' }>;

/**
 * Twenty deals with every field filled are a thousand parameters, seven brackets deep. A name that somebody cut inside a
 * character is no reason to refuse: of texts nothing is taken, and too many refusals switch the hooks off.
 */
const BOUNDS: FormBounds = {
  bytes: 4 * 1024 * 1024,
  fields: 50_000,
  depth: 12,
  nameLength: 256,
  brokenTexts: true,
};

/** Our address ends with it for the action of the automation. */
const AUTOMATION = 'robot';

/**
 * Reads what the host sends us: hooks of the account (forms, no signature: the key in the address proves them), calls of
 * its automation (forms or JSON, a key in our own settings), and the signed farewell. Believes nothing, throws nothing.
 */
export function readHook(request: HostRequest, application: Application): HookReading {
  if (request.method === 'GET') return readFarewell(request, application);
  if (request.method !== 'POST') return refused('neither a hook nor a farewell');
  const fields = readFields(request);
  if ('reason' in fields) return fields;
  if (request.key === AUTOMATION || 'event' in fields.tree) return readRobot(fields.tree, application);
  return readChanges(fields.tree, request.key ?? '');
}

/** Forms as PHP writes them, and JSON, of which the documentation speaks. */
export function readFields({ body, contentType }: HostRequest): { readonly tree: JsonObject } | Refused {
  const type = contentType.toLowerCase();
  try {
    if (type.startsWith('application/x-www-form-urlencoded')) return { tree: parsePhpForm(body, BOUNDS) };
    if (!type.startsWith('application/json')) return refused('neither a form nor JSON');
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? { tree: value } : refused('JSON that is no object');
  } catch (error) {
    return refused(error instanceof FormRefusal ? error.reason : 'not JSON');
  }
}

function readFarewell({ query }: HostRequest, application: Application): HookReading {
  const accountKey = query['account_id'] ?? '';
  const client = query['client_uuid'] ?? '';
  if (numericId(accountKey) === null || client !== application.clientId)
    return refused('no farewell of ours');
  if (!isFarewellSigned(application, accountKey, query['signature'] ?? ''))
    return refused('a false signature');
  return { kind: 'lifecycle', accountKey, secret: null, event: 'uninstalled', purge: false };
}

function readRobot(tree: JsonObject, application: Application): HookReading {
  const call = readAutomation(tree);
  if (typeof call === 'string') return refused(call);
  if (!sameText(call.key, automationKey(application, call.accountKey))) return refused('a false key');
  if (call.leaves) return { kind: 'ignored', reason: 'the deal left the stage' };
  const { accountKey, dealId, callId, templateKey } = call;
  return { kind: 'robot', accountKey, secret: null, callId, dealId, templateKey };
}

function readChanges(tree: JsonObject, key: string): HookReading {
  const accountKey = accountOf(tree);
  if (accountKey === null) return refused('no account');
  if (key === '') return refused('no key in the address');
  const changes = changesIn(tree);
  if (changes.length === 0) return { kind: 'ignored', reason: 'nothing that we follow' };
  return { kind: 'changes', accountKey, secret: key, changes, sentAt: sentAt(tree) };
}

export function accountOf(tree: JsonObject): string | null {
  const account = tree['account'];
  const id = textOf((isObject(account) ? account['id'] : undefined) ?? tree['account_id']);
  return id !== null && numericId(id) !== null ? id : null;
}

/** Lists may be lists or maps with numbers for names, with gaps and in any order. */
function changesIn(tree: JsonObject): readonly EntityChange[] {
  const changes = [
    ...entityChanges(tree['leads'], 'deal'),
    ...entityChanges(tree['task'], 'task'),
    ...activityChanges(tree),
    ...unsortedChanges(tree['unsorted']),
  ];
  const seen = new Set<string>();
  return changes.filter(({ entity, id, change }) => {
    const name = `${entity} ${id} ${change}`;
    return !seen.has(name) && seen.add(name);
  });
}

function entityChanges(actions: unknown, entity: 'deal' | 'task'): readonly EntityChange[] {
  if (!isObject(actions)) return [];
  return Object.entries(actions).flatMap(([action, items]) =>
    rowsOf(items).flatMap((item): readonly EntityChange[] => {
      const id = textOf(item['id']);
      if (action === 'note' || id === null || numericId(id) === null) return [];
      return [{ entity, id, change: action === 'delete' ? 'deleted' : 'saved' }];
    }),
  );
}

/** What was done, and with whom, the log of events says: many such messages are one look into it. */
const SOMETHING_NEW: EntityChange = { entity: 'activity', id: 'new', change: 'saved' };

/** Notes (calls are notes too), talks and messages. */
function activityChanges(tree: JsonObject): readonly EntityChange[] {
  const noted = [tree['leads'], tree['contacts']].some((actions) => isObject(actions) && 'note' in actions);
  const talked = isObject(tree['talk']) || isObject(tree['message']);
  return noted || talked ? [SOMETHING_NEW] : [];
}

/** An incoming deal was made, accepted or declined: the deals that the message names are read again. */
function unsortedChanges(actions: unknown): readonly EntityChange[] {
  if (!isObject(actions)) return [];
  return Object.values(actions)
    .flatMap((items) => rowsOf(items))
    .flatMap((item) => [item['accept_result'], item['decline_result'], item['data'], item])
    .flatMap((part) => (isObject(part) ? idsIn(part['leads']) : []))
    .map((id) => ({ entity: 'deal', id, change: 'saved' }) as const);
}

function idsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value)
    .map((each: unknown) => textOf(isObject(each) ? each['id'] : each))
    .filter((id): id is string => id !== null && numericId(id) !== null);
}

/** The latest time of change in the message; its texts of time are in several zones and are not looked at. */
function sentAt(tree: JsonObject): Instant | null {
  const times = [tree['leads'], tree['task']]
    .flatMap((actions) => (isObject(actions) ? Object.values(actions) : []))
    .flatMap((items) => rowsOf(items))
    .map((item) => numberOf(item['updated_at']) ?? 0)
    .filter((seconds) => seconds > 1e9 && seconds < 1e11);
  return times.length === 0 ? null : Math.max(...times) * 1000;
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
