import type { Pipelines, Status } from './statuses.js';

/** Kinds of events, by the number their column stores. Appended to, never reordered. */
export const EVENT_TYPES = [
  'lead_added',
  'lead_status_changed',
  'lead_deleted',
  'lead_restored',
  'entity_responsible_changed',
  'task_added',
  'task_deleted',
  'task_completed',
  'task_deadline_changed',
  'task_text_changed',
  'task_type_changed',
  'task_result_added',
  'common_note_added',
  'name_field_changed',
  'sale_field_changed',
  'entity_tag_added',
  'entity_tag_deleted',
  'contact_added',
  'company_added',
  'custom_field_value_changed',
  'incoming_call',
  'outgoing_call',
  'incoming_chat_message',
  'outgoing_chat_message',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Singular here, plural elsewhere in the API, numbers in hooks. */
export const EVENT_ENTITIES = ['lead', 'contact', 'company', 'customer', 'task'] as const;

export type EventEntity = (typeof EVENT_ENTITIES)[number];

type Values = readonly Readonly<Record<string, unknown>>[];

export interface EventRow {
  readonly id: string;
  readonly type: EventType;
  readonly entity: EventEntity;
  readonly entityId: number;
  /** Epoch seconds. */
  readonly at: number;
  /** 0: a robot. */
  readonly by: number;
  readonly before: Values;
  readonly after: Values;
  readonly statusBefore: Status | null;
  readonly statusAfter: Status | null;
}

export interface EventDraft {
  readonly type: EventType;
  readonly entity: EventEntity;
  readonly entityId: number;
  readonly at: number;
  readonly by: number;
  readonly statusBefore?: Status;
  readonly statusAfter?: Status;
  readonly before?: Values;
  readonly after?: Values;
  /** Number of the entity's previous row, 0 for none. */
  readonly previous?: number;
}

/**
 * What happened, in the order of time: what `/api/v4/events` answers from. Columns of 29 bytes a row; what is more than
 * a pair of statuses stands beside. Rows are never changed.
 */
export class EventLog {
  size = 0;
  private types = new Uint8Array(1024);
  private entities = new Uint8Array(1024);
  private ids = new Float64Array(1024);
  private times = new Uint32Array(1024);
  private actors = new Uint32Array(1024);
  private befores = new Uint16Array(1024);
  private afters = new Uint16Array(1024);
  private previous = new Int32Array(1024);
  private readonly values = new Map<number, { readonly before: Values; readonly after: Values }>();

  constructor(private readonly pipelines: Pipelines) {}

  /** @returns the number of the row, to be kept as the entity's newest */
  append(draft: EventDraft): number {
    if (this.size === this.types.length) this.grow();
    const index = this.size;
    this.types[index] = EVENT_TYPES.indexOf(draft.type);
    this.entities[index] = EVENT_ENTITIES.indexOf(draft.entity);
    this.ids[index] = draft.entityId;
    this.times[index] = draft.at;
    this.actors[index] = draft.by;
    this.befores[index] = draft.statusBefore === undefined ? 0 : draft.statusBefore.index + 1;
    this.afters[index] = draft.statusAfter === undefined ? 0 : draft.statusAfter.index + 1;
    this.previous[index] = draft.previous ?? 0;
    if (draft.before !== undefined || draft.after !== undefined) {
      this.values.set(index, { before: draft.before ?? [], after: draft.after ?? [] });
    }
    this.size += 1;
    return index + 1;
  }

  row(index: number): EventRow {
    const statusBefore = this.statusOf(read(this.befores, index));
    const statusAfter = this.statusOf(read(this.afters, index));
    const beside = this.values.get(index);
    const at = read(this.times, index);
    return {
      id: eventId(at, index),
      type: EVENT_TYPES[read(this.types, index)] ?? 'lead_added',
      entity: EVENT_ENTITIES[read(this.entities, index)] ?? 'lead',
      entityId: read(this.ids, index),
      at,
      by: read(this.actors, index),
      before: beside?.before ?? statusValue(statusBefore),
      after: beside?.after ?? statusValue(statusAfter),
      statusBefore,
      statusAfter,
    };
  }

  at(index: number): number {
    return this.times[index] ?? 0;
  }

  /** What a walk looks at without making a row: `[type, entity, entity id, actor]` as stored. */
  typeAt(index: number): number {
    return this.types[index] ?? 0;
  }

  entityAt(index: number): number {
    return this.entities[index] ?? 0;
  }

  entityIdAt(index: number): number {
    return this.ids[index] ?? 0;
  }

  actorAt(index: number): number {
    return this.actors[index] ?? 0;
  }

  /** Index of the first row at this second or later. */
  indexAt(second: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? 0) < second) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Indexes of one entity's chained rows, newest first. */
  chain(last: number): readonly number[] {
    const found: number[] = [];
    for (let number = last; number > 0; number = this.previous[number - 1] ?? 0) found.push(number - 1);
    return found;
  }

  private statusOf(stored: number): Status | null {
    return stored === 0 ? null : this.pipelines.at(stored - 1);
  }

  private grow(): void {
    const length = this.types.length * 2;
    this.types = wider(this.types, new Uint8Array(length));
    this.entities = wider(this.entities, new Uint8Array(length));
    this.ids = wider(this.ids, new Float64Array(length));
    this.times = wider(this.times, new Uint32Array(length));
    this.actors = wider(this.actors, new Uint32Array(length));
    this.befores = wider(this.befores, new Uint16Array(length));
    this.afters = wider(this.afters, new Uint16Array(length));
    this.previous = wider(this.previous, new Int32Array(length));
  }
}

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 26;

/** An id that sorts by time and then by the order of events, spelt as the host spells its own. */
export function eventId(second: number, index: number): string {
  const time = base32(second * 1000).padStart(10, '0');
  return time + base32(index).padStart(ID_LENGTH - time.length, '0');
}

/** The index inside an id; -1 when the text is none of ours. */
export function eventIndex(id: string): number {
  if (id.length !== ID_LENGTH) return -1;
  let index = 0;
  for (const letter of id.slice(10)) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return -1;
    index = index * 32 + digit;
  }
  return index;
}

function base32(value: number): string {
  let text = '';
  let rest = Math.floor(value);
  do {
    text = (LETTERS[rest % 32] ?? '0') + text;
    rest = Math.floor(rest / 32);
  } while (rest > 0);
  return text;
}

function statusValue(status: Status | null): Values {
  return status === null ? [] : [{ lead_status: { id: status.id, pipeline_id: status.pipelineId } }];
}

function read(column: { readonly [index: number]: number }, index: number): number {
  return column[index] ?? 0;
}

function wider<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  from: T,
  to: T,
): T {
  to.set(from);
  return to;
}
