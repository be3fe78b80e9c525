import { EN, RU } from './common-words.js';

export function wordsOf(language) {
  return language === 'ru' ? RU : EN;
}
