/** What is wrong, and where: a path such as `stages[2].steps[0].offset.amount`. */
export interface TemplateFault {
  readonly path: string;
  readonly code: TemplateFaultCode;
  /** The limit, the unknown key, the value expected: for the message. */
  readonly detail: string;
}

export type TemplateFaultCode =
  | 'notAnObject'
  | 'notAList'
  | 'notText'
  | 'notANumber'
  | 'notABoolean'
  | 'unknownValue'
  | 'unknownField'
  | 'empty'
  | 'tooLong'
  | 'tooMany'
  | 'outOfRange'
  | 'badKey'
  | 'badTime'
  | 'duplicateKey'
  | 'unknownStep'
  | 'laterStage'
  | 'cycle'
  | 'chainTooLong'
  | 'noOpenStage';

/** Product limits of a template. */
export const TEMPLATE_LIMITS = {
  stages: 50,
  steps: 100,
  prerequisites: 3,
  chain: 24,
  offsetDays: 1_000,
  keyLength: 64,
  nameLength: 200,
  textLength: 4_000,
  synonyms: 50,
  choices: 50,
  durationMinutes: 10_000,
  faults: 100,
} as const;
