import { differenceOfShares } from '../../domain/pushing/effect.js';
import type { Language } from './control.texts.js';
import { counted, genitive } from './count.texts.js';
import type { RuleEffectView } from './pushing.view.js';

/** Of the alerts of ninety days; what was held out is a week old at least. */
export interface EffectCounts {
  readonly sent: number;
  /** A day old at least, and of them acted on within one. */
  readonly judged: number;
  readonly acted: number;
  /** A week old at least, and of them moved within one. */
  readonly week: number;
  readonly moved: number;
  readonly held_out: number;
  readonly moved_held_out: number;
}

type Effect = Pick<RuleEffectView, 'verdict' | 'lift' | 'text'>;

/** What the rule is good for, against the deals about which nobody was told; honest about small numbers. */
export function effectOf(counts: EffectCounts, enough: number, language: Language): Effect {
  const { sent, judged, acted, week, moved, held_out: heldOut, moved_held_out: movedHeldOut } = counts;
  const ru = language === 'ru';
  if (judged < enough) {
    const text = ru
      ? `Сигналов за 90 дней: ${sent}, для выводов мало: нужно ${enough}, у которых прошёл день.`
      : `${counted(sent, ['', '', ''], ['alert', 'alerts'], 'en')} in 90 days: too few to judge, ${enough} that are a day old are needed.`;
    return { verdict: 'tooFew', lift: null, text };
  }
  const first = ru
    ? `Из ${genitive(judged, 'сигнала', 'сигналов')} за день отработали ${acted} (${percent(acted, judged)} %).`
    : `Of ${judged} alerts ${acted} were acted on within a day (${percent(acted, judged)}%).`;
  if (week < enough || heldOut < enough) {
    const rest = ru
      ? `Помогает ли правило, сказать рано: сделок с сигналом недельной давности ${week}, без сигнала ${heldOut}, нужно по ${enough}.`
      : `Too early to say whether the rule helps: ${week} deals told of a week ago, ${heldOut} held out, ${enough} of each are needed.`;
    return { verdict: 'tooFew', lift: null, text: `${first} ${rest}` };
  }
  const { difference, low, high } = differenceOfShares(moved, week, movedHeldOut, heldOut);
  const lift = { points: points(difference), low: points(low), high: points(high) };
  const verdict = low > 0 ? 'helps' : high < 0 ? 'harms' : 'chance';
  const share = percent(moved, week);
  const other = percent(movedHeldOut, heldOut);
  const second = ru
    ? `За неделю двинулись ${moved} из ${week} (${share} %), без сигнала ${movedHeldOut} из ${heldOut} (${other} %).`
    : `Within a week ${moved} of ${week} moved (${share}%), without an alert ${movedHeldOut} of ${heldOut} (${other}%).`;
  return { verdict, lift, text: `${first} ${second} ${liftText(lift, verdict, ru)}` };
}

/** Of rules about people and pipelines: how often, and nothing more. */
export function plainEffectText(sent: number, language: Language): string {
  return language === 'ru' ? `Сигналов за 90 дней: ${sent}.` : `Alerts in 90 days: ${sent}.`;
}

function liftText(
  { points: by, low, high }: NonNullable<Effect['lift']>,
  verdict: Effect['verdict'],
  ru: boolean,
): string {
  const interval = ru
    ? `разница ${signed(by)} ${pointsWord(by)}, с вероятностью 95 % от ${signed(low)} до ${signed(high)}`
    : `the difference is ${signed(by)} points, with 95% confidence between ${signed(low)} and ${signed(high)}`;
  if (verdict === 'helps') return ru ? `Правило помогает: ${interval}.` : `The rule helps: ${interval}.`;
  if (verdict === 'harms')
    return ru ? `Правило мешает: ${interval}.` : `The rule is in the way: ${interval}.`;
  return ru ? `Разница может быть случайной: ${interval}.` : `It may be chance: ${interval}.`;
}

function percent(part: number, of: number): number {
  return of === 0 ? 0 : Math.round((part / of) * 100);
}

function points(share: number): number {
  return Math.round(share * 100) || 0;
}

function pointsWord(by: number): string {
  return counted(Math.abs(by), ['пункт', 'пункта', 'пунктов'], ['', ''], 'ru').replace(/^\d+ /u, '');
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
