/**
 * What is wrong with a template, and where. Words, lines and columns are put on it by whoever shows it.
 */
export interface TemplateFault {
  /** An error keeps the template from being published or used; a warning is worth a look. */
  readonly level: 'error' | 'warning';
  /** JSON pointer (RFC 6901): `/stages/2/steps/0/offset/amount`; empty for the whole document. */
  readonly path: string;
  readonly code: TemplateFaultCode;
  /** What the sentence needs, as the codes below say. */
  readonly params: Readonly<Record<string, string | number>>;
}

export type TemplateFaultCode = TemplateErrorCode | TemplateWarningCode;

export type TemplateErrorCode =
  | 'notAnObject'
  | 'notAList'
  | 'notText'
  | 'notANumber'
  | 'notABoolean'
  /** A list item that is neither text nor number. */
  | 'notTextOrNumber'
  /** `expected`: what would do, separated by `, `. */
  | 'unknownValue'
  /** `name`: of the field that no template has. */
  | 'unknownField'
  | 'empty'
  /** `limit` in characters. */
  | 'tooLong'
  /** `limit` of items. */
  | 'tooMany'
  /** `limit` of levels that conditions may be nested. */
  | 'tooDeep'
  /** `from`, `to`, and `whole` 1 where a fraction is refused. */
  | 'outOfRange'
  | 'badKey'
  /** Not `HH:MM`. */
  | 'badTime'
  /** A time of day beside minutes or hours. */
  | 'timeWithoutDays'
  /** `value`: what does not name a field of a deal. */
  | 'badField'
  /** A comparison with a size that is no number and no day `YYYY-MM-DD`. */
  | 'badBound'
  /** `key` */
  | 'duplicateKey'
  /** `key`: no step has it. */
  | 'unknownStep'
  /** `key`: of a step that comes in a later stage. */
  | 'laterStage'
  /** `key`: of a step that would wait for itself. */
  | 'cycle'
  /** `limit` of steps in a chain. */
  | 'chainTooLong'
  | 'noOpenStage'
  /** `kind`: of a stage that a plan after the sale cannot have. */
  | 'stageKindNotAllowed'
  /** A field that only plans of a sale have (`guard`, `afterWon`). */
  | 'onlyForSale';

export type TemplateWarningCode =
  /** An open stage without any step: the plan is silent there. */
  | 'emptyStage'
  /** A guarded stage without a required step: there is nothing to guard. */
  | 'guardWithoutRequired'
  /** `title`: of two steps of one stage. */
  | 'duplicateTitle'
  /** A step that says neither what to achieve nor what to say. */
  | 'noInstruction'
  /** A deadline before the plan or the stage begins: it can only be due at once. */
  | 'beforeItsStart'
  /** `key`: a condition names an answer that the step does not offer. */
  | 'unknownAnswer'
  /** A hand-over to whoever is responsible anyway. */
  | 'handOverToSelf';
