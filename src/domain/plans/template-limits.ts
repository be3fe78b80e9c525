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
  /** Terms of one `all` or `any`, values of one comparison. */
  terms: 20,
  values: 100,
  /** Levels of conditions in one another: deeper ones nobody reads. */
  nesting: 6,
  attemptsFrom: 2,
  attemptsTo: 20,
  afterWon: 10,
  faults: 100,
} as const;
