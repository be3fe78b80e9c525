import { describe, expect, it } from '@jest/globals';
import { chosenInstant } from './whens.js';

const NOW = new Date(2026, 10, 22, 12);

describe('widgets/src/plan/whens', () => {
  it('means the evening of the chosen day where the browser is', () => {
    expect(chosenInstant({ choice: 'tomorrow', date: '' }, NOW)).toBe(
      new Date(2026, 10, 23, 18).toISOString(),
    );
    expect(chosenInstant({ choice: 'date', date: '2026-12-01' }, NOW)).toBe(
      new Date(2026, 11, 1, 18).toISOString(),
    );
  });

  it.each([
    ['no date', { choice: 'date', date: '' }],
    ['a date that is over', { choice: 'date', date: '2026-11-21' }],
    ['half a date', { choice: 'date', date: '2026-11' }],
    ['a choice without a moment', { choice: 'clientDate', date: '2026-12-01' }],
  ])('has no instant for %s', (_what, draft) => {
    expect(chosenInstant(draft, NOW)).toBeNull();
  });
});
