import type { DayFigures } from '../../domain/pushing/day.js';
import type { Language } from './control.texts.js';
import { counted } from './count.texts.js';
import type { Exceptions, SellerDay } from './exceptions.service.js';

const NAMES = 3;

export type ReportCounts = Readonly<Record<'noTask' | 'noComment' | 'unsorted', number>>;

export function reportCounts({ report }: Exceptions): ReportCounts {
  const of = (part: keyof ReportCounts): number => report.find((row) => row.part === part)?.total ?? 0;
  return { noTask: of('noTask'), noComment: of('noComment'), unsorted: of('unsorted') };
}

/** Of a day that is over and was not written down. */
export function nothingKept(language: Language): string {
  return language === 'ru'
    ? 'Распорядок дня выключен: за прошедшие дни ничего не записано.'
    : 'The daily cycle is off: nothing was written down of days that are over.';
}

/** The fact that matters first: what is unexplained and with whom, else what was not done, else that all is done. */
export function exceptionsSentence(exceptions: Exceptions, language: Language): string {
  const { totals, sellers } = exceptions;
  const ru = language === 'ru';
  if (totals.planned === 0) return ru ? 'На этот день дел не было.' : 'Nothing was planned for this day.';
  const done = ru
    ? `Сделано ${totals.done} из ${totals.planned}.`
    : `${totals.done} of ${totals.planned} done.`;
  if (totals.unexplained === 0) {
    if (totals.done === totals.planned) return done;
    return ru ? `${done} Остальное объяснено.` : `${done} The rest is explained.`;
  }
  const who = sellers.filter((seller) => seller.figures.unexplained > 0);
  const names = who.slice(0, NAMES).map((seller) => `${seller.name} (${seller.figures.unexplained})`);
  const more = who.length > NAMES ? (ru ? ' и другие' : ' and others') : '';
  const things = counted(totals.unexplained, ['дело', 'дела', 'дел'], ['thing', 'things'], language);
  const what = exceptions.final
    ? ru
      ? `Без объяснения ${things}`
      : `${things} left without a word`
    : ru
      ? `Ещё открыто ${things}`
      : `${things} still open`;
  return `${done} ${what}: ${names.join(', ')}${more}.`;
}

export function deviationText(
  seller: Pick<SellerDay, 'deviation' | 'usual'>,
  language: Language,
): string | null {
  if (seller.deviation === null) return null;
  const usual = Math.round((seller.usual.done / Math.max(1, seller.usual.planned)) * 100);
  const less = seller.deviation === 'less';
  if (language === 'ru') return `${less ? 'Меньше' : 'Больше'} обычного: за четыре недели сделано ${usual} %`;
  return `${less ? 'Less' : 'More'} than usual: ${usual}% done over four weeks`;
}

/** What a line of the head's message says of a seller. */
export function sellerLine(seller: SellerDay, language: Language): string {
  const { done, planned, notDone, moved, unexplained } = seller.figures;
  const ru = language === 'ru';
  if (seller.off === 'absent') return ru ? `${seller.name}: отсутствует` : `${seller.name}: absent`;
  const parts = [
    ru ? `сделано ${done} из ${planned}` : `${done} of ${planned} done`,
    ...(unexplained > 0 ? [ru ? `без объяснения ${unexplained}` : `${unexplained} without a word`] : []),
    ...(notDone > 0 ? [ru ? `не сделано ${notDone}` : `${notDone} not done`] : []),
    ...(moved > 0 ? [ru ? `перенесено ${moved}` : `${moved} moved`] : []),
  ];
  return `${seller.name}: ${parts.join(', ')}`;
}

/** What was not done, moved or left without a word, under a seller's line in a letter. */
export function itemsNote(seller: SellerDay, language: Language): string {
  return seller.items
    .slice(0, 10)
    .map((item) => {
      const deal = item.dealTitle === null ? '' : ` (${item.dealTitle})`;
      return `${item.title}${deal}: ${whyText(item, language)}`;
    })
    .join('; ');
}

function whyText(
  { what, reason }: Pick<SellerDay['items'][number], 'what' | 'reason'>,
  language: Language,
): string {
  const ru = language === 'ru';
  const why = reason?.trim() ?? '';
  const isMoved = what === 'moved' || what === 'movedAgain';
  if (why === '') {
    if (isMoved) return ru ? 'перенесено без объяснения' : 'moved without a word';
    return ru ? 'без объяснения' : 'without a word';
  }
  if (!isMoved) return why;
  return ru ? `перенесено, ${why}` : `moved, ${why}`;
}

export function reportLine(counts: ReportCounts, language: Language): string | null {
  const ru = language === 'ru';
  const parts = [
    ...(counts.noTask > 0 ? [ru ? `без задачи ${counts.noTask}` : `${counts.noTask} without a task`] : []),
    ...(counts.noComment > 0
      ? [ru ? `без события сегодня ${counts.noComment}` : `${counts.noComment} without an event today`]
      : []),
    ...(counts.unsorted > 0
      ? [ru ? `в неразобранном ${counts.unsorted}` : `${counts.unsorted} unsorted`]
      : []),
  ];
  if (parts.length === 0) return null;
  return `${ru ? 'Сделки' : 'Deals'}: ${parts.join(', ')}`;
}

export function daySubject({ totals }: Exceptions, language: Language): string {
  if (totals.planned === 0)
    return language === 'ru' ? 'День отдела: дел в планах не было' : 'The day: nothing was planned';
  return language === 'ru'
    ? `День отдела: сделано ${totals.done} из ${totals.planned}`
    : `The day: ${totals.done} of ${totals.planned} done`;
}

export function partTitle(part: keyof ReportCounts, language: Language): string {
  const titles = {
    noTask: { ru: 'Сделки без задачи', en: 'Deals without a task' },
    noComment: { ru: 'Сделки без события сегодня', en: 'Deals without an event today' },
    unsorted: { ru: 'Неразобранное', en: 'Unsorted' },
  } as const;
  return titles[part][language];
}

export function isWorthTelling({
  totals,
  report,
}: {
  readonly totals: DayFigures;
  readonly report: readonly object[];
}): boolean {
  return totals.planned > 0 || report.length > 0;
}
