import { isDay } from '../calendar/local-time.js';
import { minuteOfDay } from '../calendar/work-calendar.js';
import type { WorkUnit } from '../calendar/work-calendar.types.js';
import { readFieldRef } from './field-ref.js';
import { TEMPLATE_LIMITS as LIMITS } from './template-limits.js';
import type { ObjectReader } from './template-reader.js';
import type {
  Condition,
  FieldRef,
  HandOver,
  OffsetAnchor,
  OwnerRule,
  Repetition,
  StepOffset,
} from './template.types.js';

const MINUTES_PER_DAY = 1_440;
const HOURS_PER_DAY = 24;
const SHORTEST_HOURS = 0.25;

export function readOwner(reader: ObjectReader): OwnerRule {
  const kind = reader.oneOf('kind', [
    'dealResponsible',
    'departmentHead',
    'user',
    'field',
    'role',
    'roundRobin',
    'queue',
  ]);
  if (kind === 'user') return { kind, userId: reader.text('userId', LIMITS.keyLength) };
  if (kind === 'field') return { kind, field: readField(reader) };
  if (kind === 'role') return { kind, role: reader.key('role') };
  if (kind === 'roundRobin' || kind === 'queue') {
    return { kind, group: reader.text('group', LIMITS.keyLength) };
  }
  return { kind };
}

export function readHandOver(reader: ObjectReader): HandOver {
  return { to: reader.object('to', readOwner), mode: reader.oneOf('mode', ['atOnce', 'gradual']) };
}

export function readOffset(reader: ObjectReader): StepOffset {
  const anchor = reader.object('anchor', readAnchor);
  return { anchor, ...readAmount(reader, 'eitherWay') };
}

export function readRepetition(reader: ObjectReader): Repetition {
  return {
    attempts: reader.number('attempts', LIMITS.attemptsFrom, LIMITS.attemptsTo, true),
    interval: reader.object('interval', (part) => readAmount(part, 'after')),
    exhausted: reader.object('exhausted', (part) => ({
      cause: part.oneOf('cause', ['client', 'outer', 'omission']),
      reason: part.text('reason', LIMITS.nameLength),
      closeDeal: part.flag('closeDeal'),
    })),
  };
}

/** The nesting is bounded while it is read: an untrusted document must not decide how deep we recurse. */
export function readCondition(reader: ObjectReader, level = 1): Condition {
  const kind = reader.oneOf('kind', ['all', 'any', 'not', 'field', 'step']);
  if (kind === 'field') return readFieldCondition(reader);
  if (kind === 'step') return readStepCondition(reader);
  if (level >= LIMITS.nesting) {
    reader.has('of');
    reader.note('of', 'tooDeep', { limit: LIMITS.nesting });
    return { kind: 'all', of: [] };
  }
  const next = (part: ObjectReader): Condition => readCondition(part, level + 1);
  if (kind === 'not') return { kind, of: reader.object('of', next) };
  const of = reader.list('of', LIMITS.terms, next);
  if (of.length === 0) reader.note('of', 'empty');
  return { kind, of };
}

function readFieldCondition(reader: ObjectReader): Condition {
  const field = readField(reader);
  const is = reader.oneOf('is', ['filled', 'empty', 'oneOf', 'noneOf', 'contains', 'atLeast', 'atMost']);
  const values = reader.values('values', LIMITS.values, LIMITS.nameLength);
  if (is === 'filled' || is === 'empty') {
    if (values.length > 0) reader.note('values', 'tooMany', { limit: 0 });
  } else if (values.length === 0) reader.note('values', 'empty');
  else if (is === 'atLeast' || is === 'atMost') checkBound(reader, values);
  return { kind: 'field', field, is, values };
}

function checkBound(reader: ObjectReader, values: readonly (string | number)[]): void {
  if (values.length > 1) reader.note('values', 'tooMany', { limit: 1 });
  const bound = values[0];
  if (typeof bound === 'string' && !isDay(bound)) reader.note('values/0', 'badBound');
}

function readStepCondition(reader: ObjectReader): Condition {
  const stepKey = reader.text('stepKey', LIMITS.keyLength);
  const is = reader.oneOf('is', ['done', 'failed', 'skipped', 'result']);
  const values = reader.values('values', LIMITS.values, LIMITS.nameLength);
  if (is === 'result' && values.length === 0) reader.note('values', 'empty');
  if (is !== 'result' && values.length > 0) reader.note('values', 'tooMany', { limit: 0 });
  return { kind: 'step', stepKey, is, values };
}

function readField(reader: ObjectReader): FieldRef {
  const field = reader.text('field', LIMITS.nameLength);
  if (field !== '' && readFieldRef(field) === null) reader.note('field', 'badField', { value: field });
  return field;
}

function readAnchor(reader: ObjectReader): OffsetAnchor {
  const from = reader.oneOf('from', ['planStart', 'stageEntry', 'stepEnd', 'field']);
  if (from === 'field') return { from, field: readField(reader) };
  return from === 'stepEnd' ? { from, stepKey: reader.text('stepKey', LIMITS.keyLength) } : { from };
}

/** `after`: a time that passes; `eitherWay`: one before the anchor makes sense too. */
function readAmount(
  reader: ObjectReader,
  direction: 'after' | 'eitherWay',
): { readonly amount: number; readonly unit: WorkUnit; readonly timeOfDay?: string } {
  const unit = reader.oneOf('unit', ['workingMinutes', 'workingHours', 'workingDays', 'calendarDays']);
  const isDays = unit === 'workingDays' || unit === 'calendarDays';
  const perDay = isDays ? 1 : unit === 'workingHours' ? HOURS_PER_DAY : MINUTES_PER_DAY;
  const limit = LIMITS.offsetDays * perDay;
  const whole = unit !== 'workingHours';
  const shortest = whole ? 1 : SHORTEST_HOURS;
  const amount = reader.number('amount', direction === 'after' ? shortest : -limit, limit, whole);
  if (!reader.has('timeOfDay')) return { amount, unit };
  const timeOfDay = reader.text('timeOfDay', LIMITS.keyLength);
  if (minuteOfDay(timeOfDay) === null) reader.note('timeOfDay', 'badTime');
  else if (!isDays) reader.note('timeOfDay', 'timeWithoutDays');
  return { amount, unit, timeOfDay };
}
