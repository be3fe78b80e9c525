import { TEMPLATE_LIMITS as LIMITS } from '../template-limits.js';

/** Where the schema is published, below the service's public address. */
export const TEMPLATE_SCHEMA_PATH = '/schemas/template-1.json';

/** The first words of every file, by which a reader knows what it holds. */
export const TEMPLATE_FORMAT = 'dozhim-template';
export const TEMPLATE_FORMAT_VERSION = 1;

const TIME = '^([01][0-9]|2[0-3]):[0-5][0-9]$';
const KEY = '^[a-z][a-zA-Z0-9-]*$';
/** The longest offset is in minutes. */
const OFFSET_LIMIT = LIMITS.offsetDays * 1_440;

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const is = (value: string) => ({ const: value });
const told = (description: string, schema: object) => ({ description, ...schema });
const oneOf = (...values: readonly string[]) => ({ enum: values });
const listOf = (items: object, maxItems: number) => ({ type: 'array', items, maxItems });

/** An object with these fields and no others; names that end in `?` may be absent. */
function record(description: string, fields: Readonly<Record<string, object>>): object {
  const named = Object.entries(fields).map(([name, schema]) => [name.replace(/\?$/, ''), schema] as const);
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(named),
    required: Object.keys(fields).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

/** One of several objects, told apart by the field `tag`. */
function union(tag: string, ...variants: readonly object[]): object {
  return { type: 'object', discriminator: { propertyName: tag }, required: [tag], oneOf: variants };
}

const texts = {
  key: { type: 'string', pattern: KEY, maxLength: LIMITS.keyLength },
  name: { type: 'string', pattern: '\\S', maxLength: LIMITS.nameLength },
  text: { type: 'string', maxLength: LIMITS.textLength },
  /** A key that stands elsewhere: of a step, a group, a template. */
  reference: { type: 'string', pattern: '\\S', maxLength: LIMITS.keyLength },
  time: { type: 'string', pattern: TIME, description: 'HH:MM, local to the owner' },
  unit: oneOf('workingMinutes', 'workingHours', 'workingDays', 'calendarDays'),
};

const rules = {
  owner: union(
    'kind',
    record('Whoever is responsible for the deal', { kind: is('dealResponsible') }),
    record('Head of the responsible’s department', { kind: is('departmentHead') }),
    record('The person named in a field of the deal', { kind: is('field'), field: ref('name') }),
    record('Whoever holds a role in the company', { kind: is('role'), role: ref('key') }),
    record('The next in turn of a group', { kind: is('roundRobin'), group: ref('reference') }),
    record('Whoever of a group takes the step', { kind: is('queue'), group: ref('reference') }),
  ),
  anchor: union(
    'from',
    record('The first day of the plan', { from: is('planStart') }),
    record('The entry into the step’s stage', { from: is('stageEntry') }),
    record('A date field of the deal', { from: is('field'), field: ref('name') }),
    record('The end of another step', { from: is('stepEnd'), stepKey: ref('reference') }),
  ),
  offset: record('The deadline: so much after (or, negative, before) the anchor', {
    anchor: ref('anchor'),
    amount: { type: 'number', minimum: -OFFSET_LIMIT, maximum: OFFSET_LIMIT },
    unit: ref('unit'),
    'timeOfDay?': ref('time'),
  }),
  result: union(
    'kind',
    record('Nothing is asked', { kind: is('none') }),
    record('A text', { kind: is('text'), label: ref('name') }),
    record('One of several answers', {
      kind: is('choice'),
      label: ref('name'),
      choices: {
        ...listOf(record('An answer', { key: ref('key'), name: ref('name') }), LIMITS.choices),
        minItems: 1,
      },
    }),
    record('A number', { kind: is('number'), label: ref('name'), 'unit?': ref('reference') }),
    record('A link', { kind: is('link'), label: ref('name') }),
  ),
  conditionValues: listOf({ type: ['string', 'number'], maxLength: LIMITS.nameLength }, LIMITS.values),
  condition: union(
    'kind',
    record('All of them hold', { kind: is('all'), of: listOf(ref('condition'), LIMITS.terms) }),
    record('At least one of them holds', { kind: is('any'), of: listOf(ref('condition'), LIMITS.terms) }),
    record('It does not hold', { kind: is('not'), of: ref('condition') }),
    record('What a field of the deal says', {
      kind: is('field'),
      field: ref('name'),
      is: oneOf('filled', 'empty', 'oneOf', 'noneOf', 'contains', 'atLeast', 'atMost'),
      values: ref('conditionValues'),
    }),
    record('How an earlier step ended', {
      kind: is('step'),
      stepKey: ref('reference'),
      is: oneOf('done', 'failed', 'skipped', 'result'),
      values: ref('conditionValues'),
    }),
  ),
  repeat: record('Several tries, and how the step ends after the last one', {
    attempts: { type: 'integer', minimum: LIMITS.attemptsFrom, maximum: LIMITS.attemptsTo },
    interval: record('Time between two tries', {
      amount: { type: 'number', minimum: 0.25, maximum: OFFSET_LIMIT },
      unit: ref('unit'),
      'timeOfDay?': ref('time'),
    }),
    exhausted: record('The outcome after the last try', {
      cause: oneOf('client', 'outer', 'omission'),
      reason: ref('name'),
      closeDeal: { type: 'boolean' },
    }),
  }),
  handOver: record('Who gets the deal when the step is done', {
    to: ref('owner'),
    mode: oneOf('atOnce', 'gradual'),
  }),
};

const parts = {
  step: record('One step of the plan', {
    key: told('Unique in the template; never changed between versions', ref('key')),
    title: ref('name'),
    instruction: record('What to achieve, what to say, and how to know that it is done', {
      goal: ref('text'),
      say: ref('text'),
      done: ref('text'),
    }),
    owner: ref('owner'),
    offset: ref('offset'),
    durationMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: LIMITS.durationMinutes,
      description: 'Planned effort in minutes',
    },
    required: told('Whether a guarded stage asks for it', { type: 'boolean' }),
    prerequisites: told(
      'Keys of steps of the same or earlier stages that have to end before this one begins',
      listOf(ref('reference'), LIMITS.prerequisites),
    ),
    result: ref('result'),
    exit: told(
      'What becomes of the open step when the deal leaves the stage: cancelled; carried over to the next stage; left as it is',
      oneOf('cancel', 'carryOver', 'keep'),
    ),
    reentry: told(
      'What becomes of it when the deal enters the stage again: nothing; open again unless done; from the beginning',
      oneOf('nothing', 'reopenUndone', 'newPass'),
    ),
    'condition?': told('When the step has a place in the plan; absent: always', ref('condition')),
    'repeat?': ref('repeat'),
    'handOver?': ref('handOver'),
  }),
  stage: record('One stage of the way', {
    key: ref('key'),
    name: ref('name'),
    meaning: told('What is true of a deal that stands here', ref('text')),
    kind: told(
      'What the stage is on the way to the money',
      oneOf('open', 'won', 'afterSale', 'paused', 'lost'),
    ),
    synonyms: told('Other names that a pipeline may have for it', listOf(ref('name'), LIMITS.synonyms)),
    'guard?': told(
      'What happens when a deal leaves with required steps undone: nothing; an alert; the deal goes back',
      oneOf('off', 'alert', 'return'),
    ),
    steps: listOf(ref('step'), LIMITS.steps),
  }),
  closePolicy: record('What becomes of the plan when the deal closes', {
    openSteps: oneOf('cancel', 'byExitPolicy', 'keep'),
    closingSteps: oneOf('create', 'skip'),
  }),
};

/** The published JSON Schema of a template file: its shape and limits. What the parts must be to each other, code says. */
export const TEMPLATE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:${TEMPLATE_FORMAT}:${TEMPLATE_FORMAT_VERSION}`,
  title: 'Dozhim template, version 1',
  ...record('A template of task plans: stages of a sale and the steps of each', {
    '$schema?': { type: 'string', maxLength: LIMITS.textLength },
    format: is(TEMPLATE_FORMAT),
    version: { const: TEMPLATE_FORMAT_VERSION },
    key: ref('key'),
    'purpose?': told('A sale (absent), or a plan that begins when a deal is won', oneOf('sale', 'afterSale')),
    language: oneOf('ru', 'en'),
    name: ref('name'),
    description: ref('text'),
    'afterWon?': told(
      'Keys of plans after the sale that a won deal starts',
      listOf(ref('reference'), LIMITS.afterWon),
    ),
    stages: { ...listOf(ref('stage'), LIMITS.stages), minItems: 1 },
    onWon: ref('closePolicy'),
    onLost: ref('closePolicy'),
  }),
  $defs: { ...texts, ...rules, ...parts },
} as const;
