import type { Bilingual } from '../../infra/http/api-error.js';
import type { Language } from './control.texts.js';
import type { ReasonCause } from './reasons.view.js';

const CAUSES: Readonly<Record<NonNullable<ReasonCause>, Bilingual>> = {
  client: { ru: 'Отказ клиента', en: 'The client’s refusal' },
  outer: { ru: 'Внешняя причина', en: 'Something outside' },
  omission: { ru: 'Упущение продавца', en: 'The seller’s omission' },
};

export function causeName(cause: ReasonCause, language: Language): string {
  if (cause !== null) return CAUSES[cause][language];
  return language === 'ru' ? 'Не сказано' : 'Nobody said';
}

/** Of what nobody explained, and of all that is too rare to be told apart. */
export function unnamed(id: 'none' | 'others', language: Language): string {
  const names = {
    none: { ru: 'Причина не указана', en: 'No reason given' },
    others: { ru: 'Остальные причины', en: 'All other reasons' },
  };
  return names[id][language];
}

export interface ReasonsSums {
  readonly total: number;
  readonly top: { readonly name: string; readonly share: number } | null;
  readonly omissions: number;
  readonly unexplained: number;
}

/** What the report comes to. */
export function reasonsSentence(
  { total, top, omissions, unexplained }: ReasonsSums,
  language: Language,
): string {
  const ru = language === 'ru';
  if (total === 0 || !top)
    return ru
      ? 'За это время ничего не сорвалось, не проиграно и не отложено.'
      : 'In this time nothing failed, was lost or put off.';
  const first = ru
    ? `Сорвалось, проиграно или отложено: ${total}. Чаще всего «${top.name}», ${percent(top.share)} %.`
    : `Not done, lost or put off: ${total}. Most often “${top.name}”, ${percent(top.share)}%.`;
  const own = ru
    ? ` Упущения продавцов: ${percent(omissions / total)} %.`
    : ` Omissions of sellers: ${percent(omissions / total)}%.`;
  if (unexplained * 2 < total) return `${first}${own}`;
  return ru
    ? `${first}${own} Больше половины без причины: сначала попросите продавцов указывать её.`
    : `${first}${own} More than half have no reason: ask the sellers to give one first.`;
}

export interface Preceded {
  readonly deals: number;
  readonly lost: number;
  readonly lift: { readonly value: number; readonly low: number; readonly high: number } | null;
}

/** What the reason says of the deal's end; honest about small numbers. */
export function precedesText({ deals, lost, lift }: Preceded, enough: number, language: Language): string {
  const ru = language === 'ru';
  if (deals < enough)
    return ru
      ? `Закрытых сделок с этой причиной ${deals}, проиграно ${lost}: для выводов мало.`
      : `${deals} closed deals met it, ${lost} were lost: too few to judge.`;
  const share = percent(lost / deals);
  if (lift === null)
    return ru
      ? `Из ${deals} сделок проиграно ${share} %: сравнить не с чем.`
      : `${share}% of ${deals} deals were lost: nothing to compare with.`;
  const times = lift.value.toFixed(1);
  const span = `${lift.low.toFixed(1)}–${lift.high.toFixed(1)}`;
  if (lift.low > 1)
    return ru
      ? `Проигрывают ${share} % таких сделок: в ${comma(times)} раза чаще остальных (от ${comma(span)}).`
      : `${share}% of such deals are lost: ${times} times as often as the others (${span}).`;
  if (lift.high < 1)
    return ru
      ? `Проигрывают ${share} % таких сделок: реже остальных.`
      : `${share}% of such deals are lost: less often than the others.`;
  return ru
    ? `Проигрывают ${share} % таких сделок: от остальных заметно не отличаются.`
    : `${share}% of such deals are lost: no clear difference to the others.`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function comma(text: string): string {
  return text.replaceAll('.', ',');
}
