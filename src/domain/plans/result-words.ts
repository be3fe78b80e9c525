import { beginningOf } from '../crm/text.js';
import type { ResultValue } from './plan.types.js';
import { faultOfResult } from './step-result.js';
import type { ResultRule } from './template.types.js';

const NOTHING: ResultValue = { kind: 'none' };
const LONGEST = 4_000;

/**
 * What somebody wrote as a task's result in the host, as the result that the step demands; `none` where the words do not
 * say it beyond doubt, so that a person is asked and nothing is guessed. A step that demands nothing keeps the words.
 */
export function resultFromWords(rule: ResultRule, words: string): ResultValue {
  const text = words.trim();
  if (text === '') return NOTHING;
  const value = read(rule, text);
  return value && faultOfResult(rule, value) === null ? value : NOTHING;
}

function read(rule: ResultRule, text: string): ResultValue | null {
  switch (rule.kind) {
    case 'none':
    case 'text':
      return { kind: 'text', text: beginningOf(text, LONGEST) };
    case 'choice': {
      const said = plain(text);
      const found = rule.choices.filter(({ key, name }) => plain(name) === said || plain(key) === said);
      return found.length === 1 && found[0] ? { kind: 'choice', key: found[0].key } : null;
    }
    case 'number':
      return numberIn(text);
    case 'link': {
      const links = text.match(/https?:\/\/[^\s<>"]+/gi) ?? [];
      return links.length === 1 && links[0]
        ? { kind: 'link', url: links[0].replace(/[.,;:!?)]+$/, '') }
        : null;
    }
  }
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/\s+/g, ' ')
    .replace(/^[\s"«]+|[\s"».!]+$/g, '');
}

/** One number, with or without a unit behind it. `1,500` may be either of two numbers: it is none. */
function numberIn(text: string): ResultValue | null {
  const [, whole, fraction] = /^([+-]?\d+(?:[ \u00a0\u202f]\d{3})*)(?:[.,](\d+))?\s*\D*$/.exec(text) ?? [];
  if (whole === undefined) return null;
  if (fraction?.length === 3) return null;
  return { kind: 'number', value: Number(`${whole.replace(/[^\d+-]/g, '')}.${fraction ?? '0'}`) };
}
