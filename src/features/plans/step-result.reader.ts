import type { ResultRule, ResultValue } from '../../domain/plans/types.js';

/** What the widget sends as text, as the kind of result that the step asks for; the domain judges it. */
export function readResult(rule: ResultRule, sent: string | undefined): ResultValue {
  const text = sent?.trim() ?? '';
  if (text === '') return { kind: 'none' };
  switch (rule.kind) {
    case 'none':
    case 'text':
      return { kind: 'text', text };
    case 'link':
      return { kind: 'link', url: text };
    case 'number':
      return { kind: 'number', value: numberOf(text) };
    case 'choice': {
      const choice = rule.choices.find((each) => each.key === text || each.name === text);
      return { kind: 'choice', key: choice?.key ?? text };
    }
  }
}

/** The result as people read it; null: none was given. */
export function showResult(rule: ResultRule | undefined, value: ResultValue): string | null {
  switch (value.kind) {
    case 'none':
      return null;
    case 'text':
      return value.text;
    case 'link':
      return value.url;
    case 'number':
      return String(value.value);
    case 'choice': {
      const choices = rule?.kind === 'choice' ? rule.choices : [];
      return choices.find((each) => each.key === value.key)?.name ?? value.key;
    }
  }
}

/** People write "1 250,50"; NaN for what is no number. */
function numberOf(text: string): number {
  const plain = text.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return plain === '' ? Number.NaN : Number(plain);
}
