import type { HookReading, HostRequest } from '../../contract/host.js';
import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { ACTIVITY } from './action-ids.js';
import { DONE_ACTION } from './ask-layout.js';
import { ANSWER_EVENT, changesOfEvent } from './events.js';
import { DEALS, LEADS } from './mapper.js';
import { FormRefusal, parsePhpForm } from '../common/php-form.js';

type Refused = Extract<HookReading, { kind: 'refused' }>;

/** Reads what the portal posts to us: events, lifecycle calls, robots. Believes nothing, throws nothing. */
export function readHook(request: HostRequest): HookReading {
  if (request.method !== 'POST') return refused('not a POST');
  const form = readForm(request);
  if ('kind' in form) return form;
  const identity = identityOf(form.fields);
  if (!identity) return refused('no member_id');
  const event = textIn(form.fields, 'event');
  if (event !== '') return readEvent(event.toUpperCase(), form.fields, identity);
  if ('document_id' in form.fields) return readRobot(form.fields, identity);
  return refused('neither an event nor a robot');
}

/** The form of a request; a refusal with its reason when there is none that can be read. */
export function readForm(request: HostRequest): { readonly fields: JsonObject } | Refused {
  if (!request.contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return refused('not a form');
  }
  try {
    return { fields: parsePhpForm(request.body) };
  } catch (error) {
    if (error instanceof FormRefusal) return refused(error.reason);
    throw error;
  }
}

export function mapIn(fields: JsonObject, name: string): JsonObject {
  const value = fields[name];
  return isObject(value) ? value : {};
}

export function textIn(fields: JsonObject, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** The portal's id comes as 32 hexadecimal digits; anything of the kind is taken, nothing that could be a path. */
export function isMemberId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}

interface Identity {
  readonly accountKey: string;
  readonly secret: string;
}

function identityOf(fields: JsonObject): Identity | null {
  const auth = mapIn(fields, 'auth');
  const accountKey = textIn(auth, 'member_id');
  return isMemberId(accountKey) ? { accountKey, secret: textIn(auth, 'application_token') } : null;
}

const LIFECYCLE = {
  ONAPPINSTALL: 'installed',
  ONAPPUPDATE: 'updated',
  ONAPPUNINSTALL: 'uninstalled',
  ONAPPPAYMENT: 'paymentChanged',
} as const;

function readEvent(event: string, fields: JsonObject, identity: Identity): HookReading {
  const data = mapIn(fields, 'data');
  if (isLifecycle(event)) {
    return { kind: 'lifecycle', ...identity, event: LIFECYCLE[event], purge: textIn(data, 'CLEAN') === '1' };
  }
  if (event === 'ONOFFLINEEVENT') return { kind: 'queued', ...identity };
  if (event === ANSWER_EVENT) return readAnswer(data, mapIn(fields, 'auth'), identity);
  const changes = changesOfEvent(event, data);
  if (changes) return { kind: 'changes', ...identity, changes, sentAt: sentAt(textIn(fields, 'ts')) };
  return { kind: 'ignored', reason: /^[A-Z_]{1,64}$/.test(event) ? event : 'an unknown event' };
}

function isLifecycle(event: string): event is keyof typeof LIFECYCLE {
  return Object.hasOwn(LIFECYCLE, event);
}

/**
 * A button of a question of ours. What the button carries went through a browser, so only the activity's number is
 * taken: our own store knows what it asks. Older portals name the person beside it, newer ones in the tokens alone.
 */
function readAnswer(data: JsonObject, auth: JsonObject, identity: Identity): HookReading {
  const activityId = numberIn(data, 'activityId');
  const entityId = numberIn(data, 'entityId');
  const source = textIn(data, 'entityTypeId') === '1' ? LEADS : DEALS;
  if (activityId === null || entityId === null) return refused('an answer without its question');
  if (textIn(data, 'id') !== DONE_ACTION) return { kind: 'ignored', reason: 'another button' };
  return {
    kind: 'answer',
    ...identity,
    hostId: `${ACTIVITY}${activityId}`,
    dealId: `${source.prefix}_${entityId}`,
    userId: numberIn(data, 'userId') ?? numberIn(auth, 'user_id'),
    answer: 'done',
  };
}

function numberIn(fields: JsonObject, name: string): string | null {
  const text = textIn(fields, name);
  return /^[1-9]\d{0,14}$/.test(text) ? text : null;
}

function readRobot(fields: JsonObject, identity: Identity): HookReading {
  const document = textIn(mapIn(fields, 'document_id'), '2').toUpperCase();
  const [, kind, id] = /^(DEAL|LEAD)_([1-9]\d{0,14})$/.exec(document) ?? [];
  if (!id) return refused('a robot without a deal');
  const workflow = textIn(fields, 'workflow_id').slice(0, 64);
  const template = textIn(mapIn(fields, 'properties'), 'template').trim();
  return {
    kind: 'robot',
    ...identity,
    callId: `${workflow}:${textIn(fields, 'event_token').slice(0, 128)}`,
    dealId: `${kind === 'LEAD' ? 'L' : 'D'}_${id}`,
    templateKey: template === '' ? null : template.slice(0, 128),
  };
}

function sentAt(ts: string): Instant | null {
  return /^\d{9,11}$/.test(ts) ? Number(ts) * 1000 : null;
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
