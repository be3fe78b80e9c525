import type { TemplateFault } from './template-fault.js';
import { TEMPLATE_LIMITS as LIMITS } from './template-limits.js';
import { ObjectReader } from './template-reader.js';
import {
  readCondition,
  readHandOver,
  readOffset,
  readOwner,
  readRepetition,
} from './template-rule-shapes.js';
import type { ClosePolicy, ResultRule, TemplateBody, TemplateStage, TemplateStep } from './template.types.js';

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
    ...(reader.has('purpose') ? { purpose: reader.oneOf('purpose', ['sale', 'afterSale']) } : {}),
    ...(reader.has('afterWon')
      ? { afterWon: reader.texts('afterWon', LIMITS.afterWon, LIMITS.keyLength) }
      : {}),
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
    ...(reader.has('guard') ? { guard: reader.oneOf('guard', ['off', 'alert', 'return']) } : {}),
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
    ...(reader.has('condition') ? { condition: reader.object('condition', readCondition) } : {}),
    ...(reader.has('repeat') ? { repeat: reader.object('repeat', readRepetition) } : {}),
    ...(reader.has('handOver') ? { handOver: reader.object('handOver', readHandOver) } : {}),
  };
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
  if (choices.length === 0) reader.note('choices', 'empty');
  choices.forEach(({ key }, at) => {
    const repeated = choices.findIndex((other) => other.key === key) !== at;
    if (repeated) reader.note(`choices/${at}/key`, 'duplicateKey', { key });
  });
  return choices;
}

function readClosePolicy(reader: ObjectReader): ClosePolicy {
  return {
    openSteps: reader.oneOf('openSteps', ['cancel', 'byExitPolicy', 'keep']),
    closingSteps: reader.oneOf('closingSteps', ['create', 'skip']),
  };
}
