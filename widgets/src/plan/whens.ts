import { endOf, instantOf, moments, type WorkDays } from '../views/day/moments.js';

/** What a choice of a moment may be: one of the near ones, a date of one's own, or what the plan itself says. */
export const whens = [...moments, 'date'] as const;

export interface WhenDraft {
  /** One of `whens`, or a choice that the form adds itself. */
  readonly choice: string;
  /** `YYYY-MM-DD`, of the choice `date`; empty: none yet. */
  readonly date: string;
}

/** The chosen instant as ISO text, the end of the person's working day; null while there is none or it is over. */
export function chosenInstant({ choice, date }: WhenDraft, now: Date, person: WorkDays): string | null {
  const near = moments.find((moment) => moment === choice);
  if (near !== undefined) return instantOf(near, now, person);
  if (choice !== 'date') return null;
  const at = endOf(date, person);
  return at > now.getTime() ? new Date(at).toISOString() : null;
}
