import type { ResultValue } from './plan.types.js';
import type { ResultRule } from './template.types.js';

const MAX_TEXT = 4_000;
const MAX_URL = 2_000;

export type ResultFault = 'resultRequired' | 'resultInvalid';

/** Whether a result is what the step demands; null when it is. */
export function faultOfResult(rule: ResultRule, value: ResultValue): ResultFault | null {
  if (rule.kind === 'none')
    return value.kind === 'none' || value.kind === 'text' ? textFault(value) : 'resultInvalid';
  if (value.kind === 'none') return 'resultRequired';
  if (value.kind !== rule.kind) return 'resultInvalid';
  if (value.kind === 'text') return value.text.trim() === '' ? 'resultRequired' : textFault(value);
  if (value.kind === 'number') return Number.isFinite(value.value) ? null : 'resultInvalid';
  if (value.kind === 'link') return isWebLink(value.url) ? null : 'resultInvalid';
  return rule.kind === 'choice' && rule.choices.some((choice) => choice.key === value.key)
    ? null
    : 'resultInvalid';
}

function textFault(value: ResultValue): ResultFault | null {
  return value.kind === 'text' && value.text.length > MAX_TEXT ? 'resultInvalid' : null;
}

/** Only the web: a `javascript:` or `file:` address would run or leak in the reader's browser. */
function isWebLink(url: string): boolean {
  if (url.length > MAX_URL || !URL.canParse(url)) return false;
  return ['https:', 'http:'].includes(new URL(url).protocol);
}
