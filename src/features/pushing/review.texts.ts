import type { Language } from './control.texts.js';
import { counted } from './count.texts.js';
import type { ReviewFigures, ReviewRowView } from './day.view.js';

/** A week in a sentence or two: what was done against the week before, and how fast questions were answered. */
export function reviewSentence(
  { week, before }: Pick<ReviewRowView, 'week' | 'before'>,
  language: Language,
): string {
  const ru = language === 'ru';
  if (week.planned === 0)
    return ru ? 'За эту неделю дела не записаны.' : 'Nothing was written down in this week.';
  const parts = [
    ru ? `Сделано ${week.done} из ${week.planned}` : `${week.done} of ${week.planned} done`,
    ...compared(week, before, ru),
  ];
  const sentences = [`${parts.join(', ')}.`];
  if (week.responseMinutes !== null)
    sentences.push(
      ru
        ? `На вопросы отвечали за ${minutesText(week.responseMinutes, 'ru')} рабочего времени.`
        : `Questions were answered within ${minutesText(week.responseMinutes, 'en')} of working time.`,
    );
  if (week.stuckMoved > 0)
    sentences.push(
      ru
        ? `Сдвинулось с места зависших сделок: ${week.stuckMoved}.`
        : `${counted(week.stuckMoved, ['', '', ''], ['stuck deal', 'stuck deals'], 'en')} moved on.`,
    );
  return sentences.join(' ');
}

function compared(week: ReviewFigures, before: ReviewFigures, ru: boolean): readonly string[] {
  if (week.doneShare === null || before.doneShare === null) return [];
  const now = Math.round(week.doneShare * 100);
  const then = Math.round(before.doneShare * 100);
  if (now === then) return [ru ? `${now} %, как неделей раньше` : `${now}%, as the week before`];
  return [ru ? `${now} % против ${then} % неделей раньше` : `${now}% against ${then}% the week before`];
}

function minutesText(minutes: number, language: Language): string {
  if (minutes < 90) return counted(minutes, ['минуту', 'минуты', 'минут'], ['minute', 'minutes'], language);
  return counted(Math.round(minutes / 60), ['час', 'часа', 'часов'], ['hour', 'hours'], language);
}

export function reviewLine(row: ReviewRowView, language: Language): string {
  const { done, planned, unexplained } = row.week;
  const rest = language === 'ru' ? `без объяснения ${unexplained}` : `${unexplained} without a word`;
  const what = language === 'ru' ? `сделано ${done} из ${planned}` : `${done} of ${planned} done`;
  return `${row.name}: ${what}${unexplained > 0 ? `, ${rest}` : ''}`;
}

export function reasonsNote(row: ReviewRowView): string {
  return row.reasons.map(({ reason, count }) => `${reason}: ${count}`).join('; ');
}
