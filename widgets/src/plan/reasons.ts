import type { StepResultView } from '../../../src/features/plans/plan.view.js';

export type FailCause = 'client' | 'outer' | 'omission';

/** The server refuses shorter reasons: they say nothing a month later. */
export const REASON_MIN_CHARS = 5;
export const REASON_MAX_CHARS = 1_000;

/** The chosen reason and the free text as one text; null when it says too little. */
export function reasonText(chosen: string, free: string): string | null {
  const text = [chosen.trim(), free.trim()].filter((part) => part !== '').join(': ');
  return text.length >= REASON_MIN_CHARS && text.length <= REASON_MAX_CHARS ? text : null;
}

export type ResultFault = 'empty' | 'number' | 'link';

/** What is wrong with an answer that the step demands; null when it can be sent. */
export function resultFault(rule: StepResultView, answer: string): ResultFault | null {
  const text = answer.trim();
  if (text === '') return rule.demanded ? 'empty' : null;
  if (rule.kind === 'number' && !/^[-+]?\d{1,15}([.,]\d{1,6})?$/.test(text.replace(/[\s\u00a0]/g, '')))
    return 'number';
  if (rule.kind === 'link' && !isLink(text)) return 'link';
  return null;
}

/** The answer as it is sent: numbers without spaces and with a point. */
export function resultText(rule: StepResultView, answer: string): string {
  const text = answer.trim();
  return rule.kind === 'number' ? text.replace(/[\s\u00a0]/g, '').replace(',', '.') : text;
}

function isLink(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
