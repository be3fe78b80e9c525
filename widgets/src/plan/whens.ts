import { instantOf, moments } from '../views/day/moments.js';

/** What a choice of a moment may be: one of the near ones, a date of one's own, or what the plan itself says. */
export const whens = [...moments, 'date'] as const;

export interface WhenDraft {
  /** One of `whens`, or a choice that the form adds itself. */
  readonly choice: string;
  /** `YYYY-MM-DD`, of the choice `date`; empty: none yet. */
  readonly date: string;
}

const EVENING_HOUR = 18;

/** The chosen instant as ISO text, a day's evening where the browser is; null while there is none or it is over. */
export function chosenInstant({ choice, date }: WhenDraft, now: Date): string | null {
  const near = moments.find((moment) => moment === choice);
  if (near !== undefined) return instantOf(near, now);
  const [year, month, day] = date.split('-').map(Number);
  if (choice !== 'date' || year === undefined || month === undefined || day === undefined) return null;
  const at = new Date(year, month - 1, day, EVENING_HOUR);
  return at.getTime() > now.getTime() ? at.toISOString() : null;
}
