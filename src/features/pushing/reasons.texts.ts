import type { Bilingual } from '../../infra/http/api-error.js';
import type { Language } from './control.texts.js';
import { genitive, percentText } from './count.texts.js';
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
  /** The most frequent of those that have a name; null: none has. */
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
  if (total === 0)
    return ru
      ? 'За это время ничего не сорвалось, не проиграно и не отложено.'
      : 'In this time nothing failed, was lost or put off.';
  const sentences = [
    ru ? `Не сделано, проиграно или отложено: ${total}.` : `Not done, lost or put off: ${total}.`,
    ...(top === null ? [] : [topText(top, unexplained > 0, language)]),
    ...(omissions > 0
      ? [
          ru
            ? `Упущения продавцов: ${percentText(omissions / total, 'ru')}.`
            : `Omissions of sellers: ${percentText(omissions / total, 'en')}.`,
        ]
      : []),
    ...(unexplained === 0 ? [] : [unexplainedText(unexplained, total, ru)]),
  ];
  return sentences.join(' ');
}

function topText(
  { name, share }: NonNullable<ReasonsSums['top']>,
  among: boolean,
  language: Language,
): string {
  const part = percentText(share, language);
  if (language === 'ru')
    return among ? `Из названных причин чаще всего «${name}», ${part}.` : `Чаще всего «${name}», ${part}.`;
  return among ? `Of the reasons given most often “${name}”, ${part}.` : `Most often “${name}”, ${part}.`;
}

function unexplainedText(unexplained: number, total: number, ru: boolean): string {
  const part = percentText(unexplained / total, ru ? 'ru' : 'en');
  if (unexplained * 2 < total) return ru ? `Причина не указана: ${part}.` : `No reason was given: ${part}.`;
  return ru
    ? `Причина не указана: ${part}. Сначала попросите продавцов называть её.`
    : `No reason was given: ${part}. Ask the sellers to give one first.`;
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
  const share = percentText(lost / deals, language);
  const of = ru ? genitive(deals, 'сделки', 'сделок') : String(deals);
  if (lift === null)
    return ru
      ? `Из ${of} проиграно ${share}: сравнить не с чем.`
      : `${share} of ${of} deals were lost: nothing to compare with.`;
  if (lift.low > 1) return oftenerText(share, lift, language);
  if (lift.high < 1)
    return ru
      ? `Проигрывают ${share} таких сделок: реже остальных.`
      : `${share} of such deals are lost: less often than the others.`;
  return ru
    ? `Проигрывают ${share} таких сделок: от остальных заметно не отличаются.`
    : `${share} of such deals are lost: no clear difference to the others.`;
}

/** «в 1,5 раза чаще», «в 5 раз чаще». */
function oftenerText(
  share: string,
  { value, low, high }: NonNullable<Preceded['lift']>,
  language: Language,
): string {
  if (Math.round(value * 10) <= 10)
    return language === 'ru'
      ? `Проигрывают ${share} таких сделок: чуть чаще остальных.`
      : `${share} of such deals are lost: a little more often than the others.`;
  const write = (one: number): string =>
    new Intl.NumberFormat(language === 'ru' ? 'ru' : 'en-GB', { maximumFractionDigits: 1 }).format(one);
  if (language === 'en')
    return `${share} of such deals are lost: ${write(value)} times as often as the others (${write(low)} to ${write(high)}).`;
  const rule = new Intl.PluralRules('ru').select(Math.round(value * 10) / 10);
  const times = rule === 'few' || rule === 'other' ? 'раза' : 'раз';
  return `Проигрывают ${share} таких сделок: в ${write(value)} ${times} чаще остальных (от ${write(low)} до ${write(high)}).`;
}
