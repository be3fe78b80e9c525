import { differenceOfShares } from '../../domain/pushing/effect.js';
import type { Language } from './control.texts.js';

interface Counts {
  readonly sent: number;
  readonly acted: number;
  readonly moved: number;
  readonly held_out: number;
  readonly moved_held_out: number;
}

/** What the rule is good for, against the deals about which nobody was told; honest about small numbers. */
export function effectText(counts: Counts, enough: number, language: Language): string {
  const { sent, acted, moved, held_out: heldOut, moved_held_out: movedHeldOut } = counts;
  const ru = language === 'ru';
  if (sent < enough)
    return ru ? `Сигналов пока ${sent}: для выводов мало.` : `${sent} alerts so far: too few to judge.`;
  const first = ru
    ? `Из ${sent} сигналов за день отработали ${acted}, за неделю двинулись ${moved}.`
    : `Of ${sent} alerts ${acted} were acted on within a day, ${moved} deals moved within a week.`;
  return `${first} ${againstHeldOut({ sent, moved, heldOut, movedHeldOut }, enough, ru)}`;
}

/** Of rules about people and pipelines: how often, and nothing more. */
export function plainEffectText(sent: number, language: Language): string {
  return language === 'ru' ? `Сигналов за 90 дней: ${sent}.` : `Alerts in 90 days: ${sent}.`;
}

function againstHeldOut(
  {
    sent,
    moved,
    heldOut,
    movedHeldOut,
  }: {
    readonly sent: number;
    readonly moved: number;
    readonly heldOut: number;
    readonly movedHeldOut: number;
  },
  enough: number,
  ru: boolean,
): string {
  if (heldOut < enough)
    return ru
      ? `Сделок без сигнала для сравнения пока ${heldOut}: помогает ли правило, сказать рано.`
      : `${heldOut} deals without an alert to compare with so far: too early to say whether the rule helps.`;
  const { difference, low, high } = differenceOfShares(moved, sent, movedHeldOut, heldOut);
  const points = Math.round(difference * 100);
  const others = Math.round((movedHeldOut / heldOut) * 100);
  if (low > 0)
    return ru
      ? `Без сигнала двигаются ${others} %: правило помогает, плюс ${points} п. п.`
      : `Without an alert ${others}% move: the rule helps, ${points} points more.`;
  if (high < 0)
    return ru
      ? `Без сигнала двигаются ${others} %, это больше: правило мешает.`
      : `Without an alert ${others}% move, which is more: the rule is in the way.`;
  return ru
    ? `Без сигнала двигаются ${others} %: разница не больше случайной.`
    : `Without an alert ${others}% move: the difference may be chance.`;
}
