import type { PreviewView } from '../../../../src/features/plans/templates.view.js';
import type { WordsContext } from '../../time/words.js';

type Step = PreviewView['steps'][number];

export interface DayList {
  readonly days: readonly {
    /** `YYYY-MM-DD` of the person's zone. */
    readonly key: string;
    readonly words: string;
    readonly steps: readonly (Step & { readonly time: string })[];
  }[];
  /** Steps that are due after the last day of the list. */
  readonly later: number;
  /** Steps that have no day yet. */
  readonly undated: number;
}

const DAY_MS = 86_400_000;

/** The steps of the next days under their days; what is overdue already stands under its own. */
export function dayList(
  steps: readonly Step[],
  now: number,
  count: number,
  { language, timeZone }: WordsContext,
): DayList {
  const format = (how: Intl.DateTimeFormatOptions, lang = language): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(lang, { ...how, timeZone });
  const dayKey = format({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA');
  const dayWords = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const hour = format({ hour: '2-digit', minute: '2-digit' });
  const dated = steps
    .flatMap((step) => (step.dueAt === null ? [] : [{ ...step, at: Date.parse(step.dueAt) }]))
    .toSorted((a, b) => a.at - b.at);
  const last = dayKey.format(now + (count - 1) * DAY_MS);
  const shown = dated.filter(({ at }) => dayKey.format(at) <= last);
  const keys = [...new Set(shown.map(({ at }) => dayKey.format(at)))];
  return {
    days: keys.map((key) => {
      const own = shown.filter(({ at }) => dayKey.format(at) === key);
      return {
        key,
        words: dayWords.format(own[0]?.at ?? now),
        steps: own.map((step) => ({ ...step, time: hour.format(step.at) })),
      };
    }),
    later: dated.length - shown.length,
    undated: steps.length - dated.length,
  };
}
