import { beginningOf } from '../crm/text.js';
import { fieldDays, fieldValues, type FieldFacts } from './deal-fields.js';
import type { PlanStep, ResultValue, StepOutcome } from './plan.types.js';
import type { Condition } from './template.types.js';

/** How a step stands that a condition asks about. `open` names the open step that everything hangs on. */
export type StepStanding =
  | { readonly kind: 'open'; readonly stepKey: string }
  | { readonly kind: 'ended'; readonly step: PlanStep }
  | { readonly kind: 'none' };

export interface ConditionFacts extends FieldFacts {
  readonly standing: (stepKey: string) => StepStanding;
}

/** Why a condition does not hold, for words: `field` or `stepKey`, and `values`, what was wanted. */
export interface ConditionWhy {
  readonly why: ConditionCode;
  readonly params: Readonly<Record<string, string>>;
}

export type ConditionCode =
  | 'fieldEmpty'
  | 'fieldFilled'
  | 'fieldOther'
  | 'fieldExcluded'
  | 'fieldLacks'
  | 'fieldBelow'
  | 'fieldAbove'
  | 'stepNotDone'
  | 'stepNotFailed'
  | 'stepNotSkipped'
  | 'resultOther'
  /** `stepKey`: of the open step whose end decides. */
  | 'stepOpen'
  /** None of several ways holds. */
  | 'noneHolds'
  /** What must not be so, is so. */
  | 'excluded';

export type Verdict =
  | { readonly kind: 'holds' }
  | ({ readonly kind: 'fails' } & ConditionWhy)
  /** Not to be said before this step ends. */
  | { readonly kind: 'open'; readonly stepKey: string };

type Of<Kind extends Condition['kind']> = Extract<Condition, { readonly kind: Kind }>;
type FieldCheck = Of<'field'>['is'];

const HOLDS: Verdict = { kind: 'holds' };
const MAX_NAMED = 200;

/** Three-valued: what hangs on an open step is neither true nor false, also under `not`. Total and pure. */
export function evaluate(condition: Condition, facts: ConditionFacts): Verdict {
  if (condition.kind === 'field') return fieldVerdict(condition, facts);
  if (condition.kind === 'step') return stepVerdict(condition, facts);
  if (condition.kind === 'not') return inverse(condition.of, evaluate(condition.of, facts));
  const verdicts = condition.of.map((term) => evaluate(term, facts));
  return condition.kind === 'all' ? allOf(verdicts) : anyOf(verdicts);
}

function allOf(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find((verdict) => verdict.kind === 'fails') ??
    verdicts.find((verdict) => verdict.kind === 'open') ??
    HOLDS
  );
}

function anyOf(verdicts: readonly Verdict[]): Verdict {
  const first = verdicts[0];
  if (first && verdicts.length === 1) return first;
  return (
    verdicts.find((verdict) => verdict.kind === 'holds') ??
    verdicts.find((verdict) => verdict.kind === 'open') ??
    fails('noneHolds', {})
  );
}

function inverse(of: Condition, verdict: Verdict): Verdict {
  if (verdict.kind === 'open') return verdict;
  return verdict.kind === 'fails' ? HOLDS : fails('excluded', namesOf(of));
}

const FIELD_CODES: Readonly<Record<FieldCheck, ConditionCode>> = {
  filled: 'fieldEmpty',
  empty: 'fieldFilled',
  oneOf: 'fieldOther',
  noneOf: 'fieldExcluded',
  contains: 'fieldLacks',
  atLeast: 'fieldBelow',
  atMost: 'fieldAbove',
};

function fieldVerdict(condition: Of<'field'>, facts: ConditionFacts): Verdict {
  return fieldHolds(condition, facts) ? HOLDS : fails(FIELD_CODES[condition.is], namesOf(condition));
}

function fieldHolds({ field, is, values }: Of<'field'>, facts: ConditionFacts): boolean {
  if (is === 'atLeast' || is === 'atMost') return boundHolds(field, is, values[0], facts);
  const found = fieldValues(field, facts);
  if (is === 'filled') return found.length > 0;
  if (is === 'empty') return found.length === 0;
  if (is === 'contains') {
    const texts = found.map(plain);
    return values.some((value) => texts.some((text) => text.includes(plain(String(value)))));
  }
  const meets = found.some((text) => values.some((value) => same(text, value)));
  return is === 'oneOf' ? meets : !meets;
}

/** An empty field is neither at least nor at most anything. */
function boundHolds(
  field: string,
  is: 'atLeast' | 'atMost',
  bound: string | number | undefined,
  facts: ConditionFacts,
): boolean {
  if (typeof bound === 'string')
    return fieldDays(field, facts).some((day) => (is === 'atLeast' ? day >= bound : day <= bound));
  if (bound === undefined) return false;
  return fieldValues(field, facts)
    .map(Number)
    .some((value) => (is === 'atLeast' ? value >= bound : value <= bound));
}

const STEP_CODES: Readonly<Record<Of<'step'>['is'], ConditionCode>> = {
  done: 'stepNotDone',
  failed: 'stepNotFailed',
  skipped: 'stepNotSkipped',
  result: 'resultOther',
};

function stepVerdict(condition: Of<'step'>, facts: ConditionFacts): Verdict {
  const standing = facts.standing(condition.stepKey);
  if (standing.kind === 'open') return standing;
  const outcome = standing.kind === 'ended' ? standing.step.outcome : null;
  return endHolds(condition, outcome) ? HOLDS : fails(STEP_CODES[condition.is], namesOf(condition));
}

/** A task deleted by hand was skipped, as far as other steps are concerned. */
function endHolds({ is, values }: Of<'step'>, outcome: PlanStep['outcome']): boolean {
  if (outcome === null) return false;
  if (is === 'skipped') return outcome.kind === 'skipped' || outcome.kind === 'taskDeleted';
  if (is !== 'result') return outcome.kind === is;
  const answer = answerOf(outcome);
  return answer !== null && values.some((value) => same(answer, value));
}

function answerOf(outcome: StepOutcome): string | null {
  if (outcome.kind === 'failed') return outcome.reasonKey ?? null;
  return outcome.kind === 'done' ? textOf(outcome.result) : null;
}

function textOf(result: ResultValue): string | null {
  if (result.kind === 'choice') return result.key;
  if (result.kind === 'text') return result.text;
  if (result.kind === 'link') return result.url;
  return result.kind === 'number' ? String(result.value) : null;
}

/** As people read: without regard to case, outer blanks and ё; `50000.00` is 50000. */
function same(found: string, wanted: string | number): boolean {
  if (typeof wanted === 'number') return found.trim() !== '' && Number(found) === wanted;
  return plain(found) === plain(wanted);
}

function plain(text: string): string {
  return text.normalize('NFC').trim().toLowerCase().replaceAll('ё', 'е');
}

function namesOf(condition: Condition): Readonly<Record<string, string>> {
  if (condition.kind !== 'field' && condition.kind !== 'step') return {};
  const named = condition.kind === 'field' ? { field: condition.field } : { stepKey: condition.stepKey };
  const values = beginningOf(condition.values.join(', '), MAX_NAMED);
  return values === '' ? named : { ...named, values };
}

function fails(why: ConditionCode, params: ConditionWhy['params']): Verdict {
  return { kind: 'fails', why, params };
}
