import type { FunnelAdvice, Standstill } from '../../domain/pushing/prompts.js';
import type { Language } from './control.texts.js';
import { counted, dayCount } from './count.texts.js';

export interface PromptWords extends Standstill {
  readonly stageName: string;
  /** The next step of the plan; null: there is none. */
  readonly stepTitle: string | null;
  /** The stage after this one; null: it is the last one. */
  readonly nextStage: string | null;
}

/** As the seed says it: how long, what it is time for, or what else to do. */
export function promptText(words: PromptWords, language: Language): string {
  const time = timeText(words, language);
  return language === 'ru'
    ? `${standsText(words, language)} ${time} Или понизьте приоритет и займитесь другой сделкой.`
    : `${standsText(words, language)} ${time} Or lower its priority and switch to another deal.`;
}

/** Two numbers are told apart only where they differ: "5 days, 5 days is usual" says nothing. */
function standsText({ days, usual, by, stageName }: PromptWords, language: Language): string {
  const long = days === 0 ? { ru: 'меньше дня', en: 'less than a day' }[language] : dayCount(days, language);
  if (language === 'ru') {
    const where = stageName === '' ? 'этом этапе' : `этапе «${stageName}»`;
    if (by === 'idle') return `На ${where} ${long} ничего не происходит.`;
    const than = days > usual ? `обычно здесь проводят ${dayCount(usual, 'ru')}` : 'это дольше обычного';
    return `Вы стоите на ${where} ${long}, ${than}.`;
  }
  const where = stageName === '' ? 'this stage' : `“${stageName}”`;
  if (by === 'idle') return `Nothing has happened on ${where} for ${long}.`;
  const than = days > usual ? `${dayCount(usual, 'en')} is usual here` : 'longer than usual';
  return `You have stood on ${where} for ${long}, ${than}.`;
}

function timeText({ stepTitle, nextStage }: PromptWords, language: Language): string {
  const ru = language === 'ru';
  if (stepTitle !== null) return ru ? `Пора: «${stepTitle}».` : `It is time for “${stepTitle}”.`;
  if (nextStage !== null)
    return ru ? `Пора на этап «${nextStage}».` : `It is time for the stage “${nextStage}”.`;
  return ru ? 'Пора закрывать сделку.' : 'It is time to close the deal.';
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
        ? `«${pipelineName}»: открытых сделок всего ${advice.all}, в начале воронки пусто. Сегодня ищите новых клиентов.`
        : `“${pipelineName}”: only ${deals(advice.all)} open and nothing at the top. Look for new clients today.`;
  }
}
