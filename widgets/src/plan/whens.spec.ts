import { describe, expect, it } from '@jest/globals';
import { chosenInstant } from './whens.js';

const NOW = new Date('2026-11-22T09:00:00Z');
const dayEnds = ['18:00', '18:00', '18:00', '18:00', '17:00', '18:00', '18:00'];
const PERSON = { timeZone: 'Asia/Yekaterinburg', dayEnds };

describe('widgets/src/plan/whens', () => {
  it('means the end of the chosen day where the person works', () => {
    expect(chosenInstant({ choice: 'tomorrow', date: '' }, NOW, PERSON)).toBe('2026-11-23T13:00:00.000Z');
    const friday = { choice: 'date', date: '2026-12-04' };
    expect(chosenInstant(friday, NOW, PERSON)).toBe('2026-12-04T12:00:00.000Z');
  });

  it.each([
    ['no date', { choice: 'date', date: '' }],
    ['a date that is over', { choice: 'date', date: '2026-11-21' }],
    ['half a date', { choice: 'date', date: '2026-11' }],
    ['a choice without a moment', { choice: 'clientDate', date: '2026-12-01' }],
  ])('has no instant for %s', (_what, draft) => {
    expect(chosenInstant(draft, NOW, PERSON)).toBeNull();
  });
});
