import type { EntityChange, EntityKind } from '../../contract/client.js';
import { isObject, type JsonObject } from '../common/json.js';
import { DEALS, LEADS } from './mapper.js';
import { idOf } from '../common/values.js';

/** What an event of the host means to us. `null` ids never come out: an event without a usable id means nothing. */
interface EventMeaning {
  readonly entity: EntityKind;
  readonly change: EntityChange['change'];
  readonly id: (data: JsonObject) => string | null;
}

/** Prefixes of hints: activities and comments of the timeline are numbered apart. */
export const ACTIVITY = 'A';
export const COMMENT = 'C';

const saved = 'saved';
const deleted = 'deleted';

const MEANINGS: Readonly<Record<string, EventMeaning>> = {
  ONCRMDEALADD: { entity: 'deal', change: saved, id: prefixed(DEALS.prefix) },
  ONCRMDEALUPDATE: { entity: 'deal', change: saved, id: prefixed(DEALS.prefix) },
  ONCRMDEALMOVETOCATEGORY: { entity: 'deal', change: saved, id: prefixed(DEALS.prefix) },
  ONCRMDEALDELETE: { entity: 'deal', change: deleted, id: prefixed(DEALS.prefix) },
  ONCRMLEADADD: { entity: 'deal', change: saved, id: prefixed(LEADS.prefix) },
  ONCRMLEADUPDATE: { entity: 'deal', change: saved, id: prefixed(LEADS.prefix) },
  ONCRMLEADDELETE: { entity: 'deal', change: deleted, id: prefixed(LEADS.prefix) },
  ONTASKADD: { entity: 'task', change: saved, id: taskId },
  ONTASKUPDATE: { entity: 'task', change: saved, id: taskId },
  ONTASKDELETE: { entity: 'task', change: deleted, id: taskId },
  // One that was deleted cannot be asked any more whose it was, and it moves no last activity forward.
  ONCRMACTIVITYADD: { entity: 'activity', change: saved, id: prefixed(ACTIVITY) },
  ONCRMACTIVITYUPDATE: { entity: 'activity', change: saved, id: prefixed(ACTIVITY) },
  ONCRMTIMELINECOMMENTADD: { entity: 'activity', change: saved, id: prefixed(COMMENT) },
  ONUSERADD: { entity: 'user', change: saved, id: (data) => numericId(data['ID']) },
};

/** A button of an activity of ours was pressed. */
export const ANSWER_EVENT = 'ONCRMTIMELINEITEMACTION';

/** Events that we subscribe to for changes, in the host's spelling. */
export const CHANGE_EVENTS: readonly string[] = Object.keys(MEANINGS);

/** The changes that an event tells of; null for an event that we do not know or that names nothing. */
export function changesOfEvent(event: string, data: unknown): readonly EntityChange[] | null {
  const meaning = Object.hasOwn(MEANINGS, event.toUpperCase()) ? MEANINGS[event.toUpperCase()] : undefined;
  const id = meaning?.id(isObject(data) ? data : {});
  return meaning && id ? [{ entity: meaning.entity, id, change: meaning.change }] : null;
}

function prefixed(prefix: string): (data: JsonObject) => string | null {
  return (data) => {
    const id = numericId(fieldsOf(data['FIELDS'])['ID'] ?? data['ID']);
    return id && `${prefix}_${id}`;
  };
}

/** The part that does not apply is the literal text `undefined`; on deletion only the part before is there. */
function taskId(data: JsonObject): string | null {
  return numericId(fieldsOf(data['FIELDS_AFTER'])['ID']) ?? numericId(fieldsOf(data['FIELDS_BEFORE'])['ID']);
}

function fieldsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function numericId(value: unknown): string | null {
  const id = idOf(value);
  return id !== null && /^[1-9]\d{0,14}$/.test(id) ? id : null;
}
