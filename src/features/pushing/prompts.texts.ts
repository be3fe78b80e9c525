import type { FunnelAdvice, Standstill } from '../../domain/pushing/prompts.js';
import type { Language } from './control.texts.js';
import { counted, dayCount } from './day.texts.js';

export interface PromptWords extends Standstill {
  readonly stageName: string;
  /** The next step of the plan; null: there is none. */
  readonly stepTitle: string | null;
  /** The stage after this one; null: it is the last one. */
  readonly nextStage: string | null;
}

/** As the seed says it: how long, what it is time for, or what else to do. */
export function promptText(words: PromptWords, language: Language): string {
  const { days, usual, by, stageName, stepTitle, nextStage } = words;
  if (language === 'ru') {
    const stands =
      by === 'norm'
        ? `Вы стоите на этапе «${stageName}» ${dayCount(days, 'ru')}, обычно здесь проводят ${dayCount(usual, 'ru')}.`
        : `На этапе «${stageName}» ${dayCount(days, 'ru')} ничего не происходит.`;
    const time =
      stepTitle !== null
        ? `Пора: ${stepTitle}`
        : nextStage !== null
          ? `Пора на «${nextStage}»`
          : 'Пора закрывать сделку';
    return `${stands} ${time}. Или понизьте приоритет и займитесь другой.`;
  }
  const stands =
    by === 'norm'
      ? `You have stood on “${stageName}” for ${dayCount(days, 'en')}, ${dayCount(usual, 'en')} is usual here.`
      : `Nothing has happened on “${stageName}” for ${dayCount(days, 'en')}.`;
  const time =
    stepTitle !== null
      ? `It is time for: ${stepTitle}`
      : nextStage !== null
        ? `It is time for “${nextStage}”`
        : 'It is time to close the deal';
  return `${stands} ${time}. Or lower its priority and switch to another one.`;
}

export function adviceText(
  advice: FunnelAdvice,
  { pipelineName, stageName }: { readonly pipelineName: string; readonly stageName: string },
  language: Language,
): string {
  const ru = language === 'ru';
  const deals = (n: number): string =>
    counted(n, ['сделка', 'сделки', 'сделок'], ['deal', 'deals'], language);
  switch (advice.kind) {
    case 'pushNearClosing':
      return ru
        ? `«${pipelineName}»: у закрытия ${deals(advice.near)} из ${advice.all}. Сегодня дожимайте начиная с этапа «${stageName}».`
        : `“${pipelineName}”: ${deals(advice.near)} of ${advice.all} near closing. Push from the stage “${stageName}” on today.`;
    case 'vacuumNear':
      return ru
        ? `«${pipelineName}»: в начале воронки ${deals(advice.top)} из ${advice.all}, скоро работать будет не с чем. Вернитесь к началу: новые контакты сегодня важнее.`
        : `“${pipelineName}”: ${deals(advice.top)} of ${advice.all} at the top, soon there is nothing to work on. Go back to the top: new contacts come first today.`;
    case 'topEmpty':
      return ru
        ? `«${pipelineName}»: открыто всего ${deals(advice.all)}, в начале воронки пусто. Сегодня ищите новых клиентов.`
        : `“${pipelineName}”: only ${deals(advice.all)} open and nothing at the top. Look for new clients today.`;
  }
}
