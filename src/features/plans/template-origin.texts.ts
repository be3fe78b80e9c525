import type { SuggestionBasis } from '../../domain/plans/suggestion.js';
import type { Language } from '../../domain/plans/types.js';

/** What a suggested draft rests on, in the reader's words; null for every other draft. */
export function originText(basis: SuggestionBasis | null, language: Language): string | null {
  if (basis === null) return null;
  const { pipelineName, wonDeals, tasks, visits, guessedStages } = basis;
  const stages = guessedStages.map((name) => (language === 'ru' ? `«${name}»` : `“${name}”`)).join(', ');
  if (language === 'ru') {
    const rests = `Составлен по воронке «${pipelineName}»: выигранных сделок ${wonDeals}, задач в них ${tasks}, завершённых пребываний на этапах ${visits}.`;
    return stages === '' ? rests : `${rests} Истории мало, шаги общие: ${stages}.`;
  }
  const rests = `Drafted from the pipeline “${pipelineName}”: ${wonDeals} won deals, ${tasks} tasks in them, ${visits} finished stays in stages.`;
  return stages === '' ? rests : `${rests} Too little history, so the steps are general ones: ${stages}.`;
}
