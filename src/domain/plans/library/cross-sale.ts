import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromStart, names, notAnswered, role, step, tries } from './outline.js';

/** After the sale: what else the client could use, and one offer that fits. */
export const crossSale: TemplateOutline = {
  key: 'cross-sale',
  purpose: 'afterSale',
  onWon: { openSteps: 'keep', closingSteps: 'skip' },
  onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  stages: [
    {
      key: 'profile',
      kind: 'open',
      synonyms: names('Изучаем клиента, Learning about the client'),
      steps: [
        step('alike', fromStart(14, 'calendarDays'), 20, { result: 'text' }),
        step('also-use', fromStart(21, 'calendarDays', '11:00'), 20, {
          after: ['alike'],
          result: 'choice',
          choices: ['need', 'elsewhere', 'noNeed'],
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('elsewhere', fromEndOf('also-use', 2, 'workingDays'), 20, {
          after: ['also-use'],
          when: answered('also-use', 'elsewhere'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'second-offer',
      kind: 'open',
      synonyms: names('Предложение второго продукта, Offer of a second product'),
      steps: [
        step('expert', fromEndOf('also-use', 3, 'workingDays'), 20, {
          owner: role('productManager'),
          after: ['also-use'],
          when: notAnswered('also-use', 'noNeed'),
          optional: true,
          result: 'text',
        }),
        step('second-offer', fromEndOf('also-use', 5, 'workingDays'), 40, {
          after: ['also-use'],
          when: notAnswered('also-use', 'noNeed'),
          result: 'link',
        }),
        step('pilot', fromEndOf('second-offer', 2, 'workingDays'), 30, {
          after: ['second-offer'],
          when: notAnswered('also-use', 'noNeed'),
          result: 'text',
        }),
        step('second-answer', fromEndOf('second-offer', 6, 'workingDays'), 20, {
          after: ['second-offer'],
          when: notAnswered('also-use', 'noNeed'),
          result: 'choice',
          choices: ['buys', 'later', 'declines'],
          repeat: tries(3, 3, 'workingDays', { closeDeal: false }),
        }),
        step('second-deal', fromEndOf('second-answer', 4, 'workingHours'), 10, {
          after: ['second-answer'],
          when: answered('second-answer', 'buys', 'later'),
          result: 'text',
        }),
      ],
    },
  ],
};
