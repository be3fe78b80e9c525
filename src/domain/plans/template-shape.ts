import { minuteOfDay } from '../calendar/work-calendar.js';
import { TEMPLATE_LIMITS as LIMITS, type TemplateFault } from './template-limits.js';
import { ObjectReader } from './template-reader.js';
import type {
  ClosePolicy,
  OffsetAnchor,
  OwnerRule,
  ResultRule,
  StepOffset,
  TemplateBody,
  TemplateStage,
  TemplateStep,
} from './template.types.js';

const MINUTES_PER_DAY = 1_440;
const HOURS_PER_DAY = 24;

/** Reads the shape of a template: every field of the right kind and size. Null body when it is no object at all. */
export function checkBody(value: unknown): {
  readonly body: TemplateBody | null;
  readonly faults: readonly TemplateFault[];
} {
  const faults: TemplateFault[] = [];
  const reader = new ObjectReader(value, '', faults);
  if (faults.length > 0) return { body: null, faults };
  const body: TemplateBody = {
    key: reader.key('key'),
    language: reader.oneOf('language', ['ru', 'en']),
    name: reader.text('name', LIMITS.nameLength),
    description: reader.text('description', LIMITS.textLength, true),
    stages: reader.list('stages', LIMITS.stages, readStage),
    onWon: reader.object('onWon', readClosePolicy),
    onLost: reader.object('onLost', readClosePolicy),
  };
  reader.finish();
  return { body, faults };
}

function readStage(reader: ObjectReader): TemplateStage {
  return {
    key: reader.key('key'),
    name: reader.text('name', LIMITS.nameLength),
    meaning: reader.text('meaning', LIMITS.textLength, true),
    kind: reader.oneOf('kind', ['open', 'won', 'afterSale', 'paused', 'lost']),
    synonyms: reader.texts('synonyms', LIMITS.synonyms, LIMITS.nameLength),
    steps: reader.list('steps', LIMITS.steps, readStep),
  };
}

function readStep(reader: ObjectReader): TemplateStep {
  return {
    key: reader.key('key'),
    title: reader.text('title', LIMITS.nameLength),
    instruction: reader.object('instruction', (part) => ({
      goal: part.text('goal', LIMITS.textLength, true),
      say: part.text('say', LIMITS.textLength, true),
      done: part.text('done', LIMITS.textLength, true),
    })),
    owner: reader.object('owner', readOwner),
    offset: reader.object('offset', readOffset),
    durationMinutes: reader.number('durationMinutes', 0, LIMITS.durationMinutes, true),
    required: reader.flag('required'),
    prerequisites: reader.texts('prerequisites', LIMITS.prerequisites, LIMITS.keyLength),
    result: reader.object('result', readResult),
    exit: reader.oneOf('exit', ['cancel', 'carryOver', 'keep']),
    reentry: reader.oneOf('reentry', ['nothing', 'reopenUndone', 'newPass']),
  };
}

function readOwner(reader: ObjectReader): OwnerRule {
  const kind = reader.oneOf('kind', ['dealResponsible', 'departmentHead', 'user']);
  return kind === 'user' ? { kind, userId: reader.text('userId', LIMITS.keyLength) } : { kind };
}

function readOffset(reader: ObjectReader): StepOffset {
  const anchor = reader.object('anchor', readAnchor);
  const unit = reader.oneOf('unit', ['workingMinutes', 'workingHours', 'workingDays', 'calendarDays']);
  const isDays = unit === 'workingDays' || unit === 'calendarDays';
  const perDay = isDays ? 1 : unit === 'workingHours' ? HOURS_PER_DAY : MINUTES_PER_DAY;
  const limit = LIMITS.offsetDays * perDay;
  const amount = reader.number('amount', -limit, limit, unit !== 'workingHours');
  if (!reader.has('timeOfDay')) return { anchor, amount, unit };
  const timeOfDay = reader.text('timeOfDay', LIMITS.keyLength);
  if (!isDays || minuteOfDay(timeOfDay) === null)
    reader.note('timeOfDay', 'badTime', isDays ? 'HH:MM' : 'days only');
  return { anchor, amount, unit, timeOfDay };
}

function readAnchor(reader: ObjectReader): OffsetAnchor {
  const from = reader.oneOf('from', ['planStart', 'stageEntry', 'stepEnd']);
  return from === 'stepEnd' ? { from, stepKey: reader.text('stepKey', LIMITS.keyLength) } : { from };
}

function readResult(reader: ObjectReader): ResultRule {
  const kind = reader.oneOf('kind', ['none', 'text', 'choice', 'number', 'link']);
  if (kind === 'none') return { kind };
  const label = reader.text('label', LIMITS.nameLength);
  if (kind === 'choice') return { kind, label, choices: readChoices(reader) };
  if (kind !== 'number' || !reader.has('unit')) return { kind, label };
  return { kind, label, unit: reader.text('unit', LIMITS.keyLength) };
}

function readChoices(reader: ObjectReader): Extract<ResultRule, { kind: 'choice' }>['choices'] {
  const choices = reader.list('choices', LIMITS.choices, (choice) => ({
    key: choice.key('key'),
    name: choice.text('name', LIMITS.nameLength),
  }));
  if (choices.length === 0) reader.note('choices', 'empty', 'at least one');
  if (new Set(choices.map((choice) => choice.key)).size < choices.length)
    reader.note('choices', 'duplicateKey', 'key');
  return choices;
}

function readClosePolicy(reader: ObjectReader): ClosePolicy {
  return {
    openSteps: reader.oneOf('openSteps', ['cancel', 'byExitPolicy', 'keep']),
    closingSteps: reader.oneOf('closingSteps', ['create', 'skip']),
  };
}
