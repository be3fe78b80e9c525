import { localDay } from '../../domain/calendar/away.js';
import type { Instant } from '../../domain/crm/time.js';
import type { DayFigures } from '../../domain/pushing/day.js';
import { HEAD_HEARS_OF_EVERY } from '../../domain/plans/postponing.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { dayText, momentText, type Language, type Reader } from './control.texts.js';
import { counted, dayCount, ordinal } from './count.texts.js';
import type { DayEntry } from './day.types.js';

const DAY_MS = 86_400_000;
const LINES = 10;

function things(n: number, language: Language): string {
  return counted(n, ['дело', 'дела', 'дел'], ['thing to do', 'things to do'], language);
}

export function clientDateTitle(language: Language): string {
  return language === 'ru'
    ? 'Вернуться к клиенту в условленный день'
    : 'Come back to the client on the agreed day';
}

/** Why an entry stands where it stands; null: it is simply due today. */
export function becauseOf(entry: DayEntry, now: Instant, reader: Reader): string | null {
  const { language, timeZone } = reader;
  if (entry.state !== 'open' || entry.dueAt === null) return null;
  if (entry.kind === 'push') return questionText(entry, entry.dueAt, now, reader);
  const ru = language === 'ru';
  const late = daysBetween(localDay(entry.dueAt, timeZone), localDay(now, timeZone));
  if (late > 0) return ru ? `Просрочено на ${dayCount(late, language)}` : `${dayCount(late, language)} late`;
  if (entry.lowered) return ru ? 'Вы понизили приоритет сделки' : 'You lowered the priority of the deal';
  if (entry.kind === 'clientDate') return ru ? 'Клиент ждёт вас сегодня' : 'The client expects you today';
  if (!entry.timed) return null;
  const at = momentText(entry.dueAt, now, reader);
  return ru ? `Сегодня в ${at}` : `Today at ${at}`;
}

function questionText(entry: DayEntry, dueAt: Instant, now: Instant, reader: Reader): string {
  const ru = reader.language === 'ru';
  if (entry.escalated)
    return ru ? 'Ответа не было, вопрос ушёл руководителю' : 'It was not answered and went to the head';
  const by = momentText(dueAt, now, reader);
  if (dueAt < now) return ru ? `Ответа ждали до ${by}` : `An answer was wanted by ${by}`;
  return ru ? `Ждут ответа до ${by}` : `An answer is wanted by ${by}`;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** A line of a message about one thing; late ones say how much. */
export function entryLine(entry: DayEntry, now: Instant, reader: Reader): string {
  const isTimed = entry.timed && entry.dueAt !== null;
  const at = isTimed ? `${momentText(entry.dueAt ?? now, now, reader)} ` : '';
  const deal = entry.dealTitle === null ? '' : `: ${entry.dealTitle}`;
  const because = entry.kind === 'step' && isTimed ? null : becauseOf(entry, now, reader);
  return `${at}${entry.title}${deal}${because === null ? '' : ` (${because.charAt(0).toLowerCase()}${because.slice(1)})`}`;
}

/** The first lines, and that there are more. */
export function bullets(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, LINES).map((line) => `• ${line}`);
  return lines.length > LINES ? [...shown, '…'] : shown;
}

export function listIntro(open: number, overdue: number, language: Language): string {
  const ru = language === 'ru';
  const late = lateWords(open, overdue, ru);
  return ru ? `На сегодня ${things(open, language)}${late}.` : `${things(open, language)} today${late}.`;
}

function lateWords(open: number, overdue: number, ru: boolean): string {
  if (overdue === 0) return '';
  if (overdue < open) return ru ? `, из них просрочено: ${overdue}` : `, ${overdue} of them late`;
  if (open === 1) return ru ? ', оно просрочено' : ', and it is late';
  return ru ? ', все просрочены' : ', all of them late';
}

/** Over the day's things where something else is told besides. */
export function listTitle(language: Language): string {
  return language === 'ru' ? 'Дела на сегодня' : 'To do today';
}

export function closingIntro(open: number, done: number, language: Language): string {
  return language === 'ru'
    ? `Закройте день: сделано ${done}, осталось ${things(open, language)}. Сделано, не сделано (почему) или перенесено: три нажатия.`
    : `Close the day: ${done} done, ${things(open, language)} left. Done, not done (why), or moved: three taps.`;
}

export function reminderText(
  entry: { readonly title: string; readonly dealTitle: string; readonly dueAt: Instant },
  reader: Reader,
): string {
  const at = momentText(entry.dueAt, entry.dueAt, reader);
  return reader.language === 'ru'
    ? `В ${at}: ${entry.title}. Сделка «${entry.dealTitle}».`
    : `At ${at}: ${entry.title}. Deal “${entry.dealTitle}”.`;
}

/** Said where the host shows why a message of the day was taken away. */
export function dayGoesOn(language: Language): string {
  return language === 'ru' ? 'День идёт дальше.' : 'The day goes on.';
}

/** What the closing leaves to be said; null: everything is told. */
export function closedSaid({ unexplained }: DayFigures, language: Language): string | null {
  if (unexplained === 0) return null;
  return language === 'ru'
    ? `День закрыт. Без объяснения осталось ${things(unexplained, language)}: это увидит руководитель.`
    : `The day is closed. ${things(unexplained, language)} left without a word: the head will see that.`;
}

export function movedSaid(times: number, until: Instant, reader: Reader): string | null {
  if (times % HEAD_HEARS_OF_EVERY !== 0) return null;
  const day = dayText(until, reader);
  return reader.language === 'ru'
    ? `Срок перенесён на ${day} уже в ${ordinal(times, 'ru')} раз: об этом узнает руководитель.`
    : `Moved to ${day}, for the ${ordinal(times, 'en')} time: the head hears of it.`;
}

export function noItem(): ApiError {
  return notFound({
    ru: 'В вашем дне этого дела нет. Обновите страницу.',
    en: 'This is no part of your day. Reload the page.',
  });
}

export function noDay(): ApiError {
  return new ApiError(409, 'no-day', {
    ru: 'Сегодня у вас нерабочий день: закрывать нечего.',
    en: 'This is no working day of yours: there is nothing to close.',
  });
}

export function doneAlready(): ApiError {
  return new ApiError(409, 'item-done', {
    ru: 'Это уже сделано.',
    en: 'This is done already.',
  });
}

export function badUntil(): ApiError {
  return new ApiError(422, 'bad-date', {
    ru: 'Укажите день в будущем, не дальше года.',
    en: 'Name a day in the future, within a year.',
  });
}

export function reasonMissing(): ApiError {
  return new ApiError(422, 'reason-missing', {
    ru: 'Выберите причину или напишите её словами.',
    en: 'Choose a reason or write it in words.',
  });
}

export function notMovable(): ApiError {
  return new ApiError(409, 'not-movable', {
    ru: 'У сделки нет плана, который можно поставить на паузу: перенесите дату в карточке сделки.',
    en: 'The deal has no plan that could be paused: move the date in the deal itself.',
  });
}

export function badDay(day: string): ApiError {
  return new ApiError(400, 'no-such-day', {
    ru: `Такого дня нет: ${day}.`,
    en: `There is no such day: ${day}.`,
  });
}

export function headsOnlyDay(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Это видят руководители и администраторы.',
    en: 'This is shown to heads and administrators.',
  });
}

export function notYourDeal(): ApiError {
  return notFound({ ru: 'Такой вашей сделки нет.', en: 'You have no such deal.' });
}
