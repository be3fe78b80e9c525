import { describe, expect, it } from '@jest/globals';
import type { StepResultView } from '../../../src/features/plans/plan.view.js';
import { reasonText, resultFault, resultText } from './reasons.js';

const rule = (kind: StepResultView['kind'], demanded = true): StepResultView => ({
  kind,
  demanded,
  label: null,
  choices: [],
});

describe('widgets/src/plan/reasons', () => {
  it('joins the chosen reason and the comment, and wants five characters of them', () => {
    expect(reasonText('Not needed', ' they told us ')).toBe('Not needed: they told us');
    expect(reasonText('Not needed', '')).toBe('Not needed');
    expect(reasonText('', 'why?')).toBeNull();
    expect(reasonText('', '    ')).toBeNull();
    expect(reasonText('', 'x'.repeat(1_001))).toBeNull();
  });

  it('refuses an empty answer only where one is demanded', () => {
    expect(resultFault(rule('text'), ' ')).toBe('empty');
    expect(resultFault(rule('text', false), ' ')).toBeNull();
  });

  it.each(['125000', '12,5', '12.5', '1 250 000,5', '1\u00a0250', '-3'])('takes %s for a number', (text) => {
    expect(resultFault(rule('number'), text)).toBeNull();
    expect(Number(resultText(rule('number'), text))).not.toBeNaN();
  });

  it.each(['many', '1,2,3', '12 rub', '1e5', '9'.repeat(20)])('refuses %s as a number', (text) => {
    expect(resultFault(rule('number'), text)).toBe('number');
  });

  it('takes addresses of the web alone for a link', () => {
    expect(resultFault(rule('link'), 'https://disk.example/a.pdf')).toBeNull();
    expect(resultFault(rule('link'), 'javascript:alert(1)')).toBe('link');
    expect(resultFault(rule('link'), 'see the mail')).toBe('link');
  });
});
