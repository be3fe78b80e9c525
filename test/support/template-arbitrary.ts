import fc from 'fast-check';
import type {
  Condition,
  HandOver,
  OffsetAnchor,
  OwnerRule,
  Repetition,
  ResultRule,
  StepOffset,
  TemplateBody,
  TemplateStage,
  TemplateStep,
} from '../../src/domain/plans/types.js';

const key = fc.stringMatching(/^[a-z][a-zA-Z0-9-]{0,12}$/);
const name = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .filter((text) => text.trim() !== '');
const text = fc.string({ maxLength: 60, unit: 'grapheme' });
const anywhere = fc.constantFrom('amount', 'source', 'tags', 'map:product', 'map:clientDate', 'map:segment');
const timeOfDay = fc.constantFrom('00:00', '09:30', '23:59');

/** With `ownIds`: people by id, fields of the host, ids in conditions, as only the template's own account knows them. */
export function arbitraryTemplate({ ownIds }: { readonly ownIds: boolean }): fc.Arbitrary<TemplateBody> {
  const field = ownIds
    ? fc.oneof(anywhere, fc.constantFrom('host:UF_CRM_1', 'responsible', 'stage'))
    : anywhere;
  const body = fc.record(
    {
      key,
      language: fc.constantFrom('ru', 'en'),
      name,
      description: text,
      onWon: closePolicy,
      onLost: closePolicy,
      afterWon: fc.array(key, { maxLength: 3 }),
      purpose: fc.constant('sale'),
    },
    { requiredKeys: ['key', 'language', 'name', 'description', 'onWon', 'onLost'] },
  );
  return fc
    .tuple(body, fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }))
    .chain(([rest, counts]) => stagesOf(counts, field, ownIds).map((stages) => ({ ...rest, stages })));
}

const closePolicy = fc.record({
  openSteps: fc.constantFrom('cancel', 'byExitPolicy', 'keep'),
  closingSteps: fc.constantFrom('create', 'skip'),
});

function stagesOf(
  counts: readonly number[],
  field: fc.Arbitrary<string>,
  ownIds: boolean,
): fc.Arbitrary<readonly TemplateStage[]> {
  const stages = counts.map((count, at) => {
    const earlier = counts.slice(0, at).flatMap((steps, stage) => keysOf(stage, steps));
    return fc.record(
      {
        key: fc.constant(`stage-${at}`),
        name,
        meaning: text,
        kind:
          at === 0
            ? fc.constant('open' as const)
            : fc.constantFrom('open', 'won', 'afterSale', 'paused', 'lost'),
        synonyms: fc.array(name, { maxLength: 3 }),
        guard: fc.constantFrom('off', 'alert', 'return'),
        steps: fc.tuple(...keysOf(at, count).map((own) => stepOf(own, earlier, field, ownIds))),
      },
      { requiredKeys: ['key', 'name', 'meaning', 'kind', 'synonyms', 'steps'] },
    );
  });
  return fc.tuple(...stages);
}

function keysOf(stage: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `step-${stage}-${at}`);
}

function stepOf(
  own: string,
  earlier: readonly string[],
  field: fc.Arbitrary<string>,
  ownIds: boolean,
): fc.Arbitrary<TemplateStep> {
  const owner = ownerOf(field, ownIds);
  return fc.record(
    {
      key: fc.constant(own),
      title: name,
      instruction: fc.record({ goal: text, say: text, done: text }),
      owner,
      offset: offsetOf(earlier, field),
      durationMinutes: fc.nat(10_000),
      required: fc.boolean(),
      prerequisites: fc.uniqueArray(fc.constantFrom(...earlier, own), { maxLength: 3 }).map(without(own)),
      result,
      exit: fc.constantFrom('cancel', 'carryOver', 'keep'),
      reentry: fc.constantFrom('nothing', 'reopenUndone', 'newPass'),
      condition: conditionOf(earlier, field, 2),
      repeat: repetition,
      handOver: fc.record({ to: owner, mode: fc.constantFrom<HandOver['mode'][]>('atOnce', 'gradual') }),
    },
    {
      requiredKeys: [
        'key',
        'title',
        'instruction',
        'owner',
        'offset',
        'durationMinutes',
        'required',
        'prerequisites',
        'result',
        'exit',
        'reentry',
      ],
    },
  );
}

function without(own: string): (keys: readonly string[]) => readonly string[] {
  return (keys) => keys.filter((other) => other !== own);
}

function ownerOf(field: fc.Arbitrary<string>, ownIds: boolean): fc.Arbitrary<OwnerRule> {
  const rules: fc.Arbitrary<OwnerRule>[] = [
    fc.constant({ kind: 'dealResponsible' }),
    fc.constant({ kind: 'departmentHead' }),
    fc.record({ kind: fc.constant('field'), field }),
    fc.record({ kind: fc.constant('role'), role: key }),
    fc.record({ kind: fc.constant('roundRobin'), group: name }),
    fc.record({ kind: fc.constant('queue'), group: name }),
  ];
  if (ownIds) rules.push(fc.record({ kind: fc.constant('user'), userId: fc.constant('77') }));
  return fc.oneof(...rules);
}

const amount = fc.oneof(
  fc.record({
    amount: fc.integer({ min: 1, max: 1_000 }),
    unit: fc.constantFrom('workingMinutes', 'workingHours'),
  }),
  fc.record(
    {
      amount: fc.integer({ min: 1, max: 1_000 }),
      unit: fc.constantFrom('workingDays', 'calendarDays'),
      timeOfDay,
    },
    { requiredKeys: ['amount', 'unit'] },
  ),
) as fc.Arbitrary<Omit<StepOffset, 'anchor'>>;

function offsetOf(earlier: readonly string[], field: fc.Arbitrary<string>): fc.Arbitrary<StepOffset> {
  const anchors: fc.Arbitrary<OffsetAnchor>[] = [
    fc.constant({ from: 'planStart' }),
    fc.constant({ from: 'stageEntry' }),
    fc.record({ from: fc.constant('field'), field }),
  ];
  if (earlier.length > 0) {
    anchors.push(fc.record({ from: fc.constant('stepEnd'), stepKey: fc.constantFrom(...earlier) }));
  }
  return fc.tuple(fc.oneof(...anchors), amount).map(([anchor, by]) => ({ anchor, ...by }));
}

const repetition = fc.record({
  attempts: fc.integer({ min: 2, max: 20 }),
  interval: amount,
  exhausted: fc.record({
    cause: fc.constantFrom('client', 'outer', 'omission'),
    reason: name,
    closeDeal: fc.boolean(),
  }),
}) as fc.Arbitrary<Repetition>;

const result = fc.oneof(
  fc.constant({ kind: 'none' }),
  fc.record({ kind: fc.constantFrom('text', 'link'), label: name }),
  fc.record({ kind: fc.constant('number'), label: name, unit: name }, { requiredKeys: ['kind', 'label'] }),
  fc.record({
    kind: fc.constant('choice'),
    label: name,
    choices: fc.uniqueArray(fc.record({ key, name }), {
      minLength: 1,
      maxLength: 4,
      selector: (each) => each.key,
    }),
  }),
) as fc.Arbitrary<ResultRule>;

function conditionOf(
  earlier: readonly string[],
  field: fc.Arbitrary<string>,
  levels: number,
): fc.Arbitrary<Condition> {
  const terms: fc.Arbitrary<Condition>[] = [
    fc.record({
      kind: fc.constant('field'),
      field,
      is: fc.constantFrom('filled', 'empty'),
      values: fc.constant([]),
    }),
    fc.record({
      kind: fc.constant('field'),
      field,
      is: fc.constantFrom('oneOf', 'noneOf', 'contains'),
      values: fc.array(fc.oneof(name, fc.integer()), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('field'),
      field,
      is: fc.constantFrom('atLeast', 'atMost'),
      values: fc.oneof(fc.constant('2026-12-31'), fc.integer()).map((bound) => [bound]),
    }),
  ];
  if (earlier.length > 0) {
    const stepKey = fc.constantFrom(...earlier);
    terms.push(
      fc.record({
        kind: fc.constant('step'),
        stepKey,
        is: fc.constantFrom('done', 'failed'),
        values: fc.constant([]),
      }),
      fc.record({ kind: fc.constant('step'), stepKey, is: fc.constant('result'), values: fc.tuple(key) }),
    );
  }
  if (levels > 0) {
    const deeper = conditionOf(earlier, field, levels - 1);
    terms.push(
      fc.record({
        kind: fc.constantFrom('all', 'any'),
        of: fc.array(deeper, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not'), of: deeper }),
    );
  }
  return fc.oneof(...terms);
}
