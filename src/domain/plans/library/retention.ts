import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromStart, names, notAnswered, step, tries } from './outline.js';

/** After the sale: is the client satisfied, will they buy again, whom would they recommend us to. */
export const retention: TemplateOutline = {
  key: 'retention',
  purpose: 'afterSale',
  onWon: { openSteps: 'keep', closingSteps: 'skip' },
  onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  stages: [
    {
      key: 'care',
      kind: 'open',
      synonyms: names('Забота, Care'),
      steps: [
        step('how-is-it', fromStart(5, 'workingDays', '11:00'), 15, {
          result: 'choice',
          choices: ['pleased', 'mixed', 'unhappy'],
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('put-right', fromEndOf('how-is-it', 1, 'workingDays'), 30, {
          after: ['how-is-it'],
          when: answered('how-is-it', 'mixed', 'unhappy'),
          result: 'text',
        }),
        step('is-it-right', fromEndOf('put-right', 3, 'workingDays'), 10, {
          after: ['put-right'],
          when: answered('how-is-it', 'mixed', 'unhappy'),
          result: 'choice',
          choices: ['solved', 'notYet'],
        }),
      ],
    },
    {
      key: 'referral',
      kind: 'open',
      synonyms: names('Рекомендация, Referral'),
      steps: [
        step('results', fromStart(30, 'calendarDays', '11:00'), 20, { result: 'text' }),
        step('recommend', fromEndOf('results', 2, 'workingDays'), 15, {
          after: ['results'],
          when: notAnswered('is-it-right', 'notYet'),
          result: 'choice',
          choices: ['gave', 'later', 'no'],
        }),
        step('referred', fromEndOf('recommend', 1, 'workingDays'), 20, {
          after: ['recommend'],
          when: answered('recommend', 'gave'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'repeat',
      kind: 'open',
      synonyms: names('Повторная покупка, Repeat purchase'),
      steps: [
        step('next-need', fromStart(60, 'calendarDays', '11:00'), 20, {
          result: 'choice',
          choices: ['soon', 'later', 'no'],
          repeat: tries(3, 3, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('repeat-offer', fromEndOf('next-need', 2, 'workingDays'), 30, {
          after: ['next-need'],
          when: answered('next-need', 'soon'),
          result: 'link',
        }),
        step('next-date', fromEndOf('next-need', 1, 'workingDays'), 10, {
          after: ['next-need'],
          when: answered('next-need', 'later'),
          result: 'text',
        }),
      ],
    },
  ],
};
