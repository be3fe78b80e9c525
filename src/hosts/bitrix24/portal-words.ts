import { isObject } from '../common/json.js';
import { textOf } from '../common/values.js';
import type { RestClient } from './client.js';

/** The few words of ours that the portal itself shows. */
export interface Words {
  readonly done: string;
  readonly open: string;
  readonly answerBy: string;
}

const RUSSIAN: Words = { done: 'Готово', open: 'Не готово: ответить', answerBy: 'Ответить до' };
const ENGLISH: Words = { done: 'Done', open: 'Not done: answer', answerBy: 'Answer by' };
/** Portals of these languages are read in Russian. */
const READ_IN_RUSSIAN: ReadonlySet<string> = new Set(['ru', 'kz', 'by', 'ua']);

const KNOWN = new WeakMap<RestClient, Words>();

/** In the portal's own language; English when it does not say. */
export async function wordsOf(client: RestClient): Promise<Words> {
  const known = KNOWN.get(client);
  if (known) return known;
  const answer = await client.call('app.info', {}).catch(() => null);
  if (!answer) return ENGLISH;
  const language = isObject(answer.result) ? textOf(answer.result['LANGUAGE_ID']) : null;
  const words = READ_IN_RUSSIAN.has(language?.toLowerCase() ?? '') ? RUSSIAN : ENGLISH;
  KNOWN.set(client, words);
  return words;
}
