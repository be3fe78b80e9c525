import type { TemplateOutline } from './edition.js';
import {
  answered,
  eitherHolds,
  fieldIs,
  fromDate,
  fromEndOf,
  fromStart,
  HEAD,
  names,
  step,
  tries,
} from './outline.js';

const DATE = 'map:paymentDate';
const DEBT = eitherHolds(answered('due-day', 'part', 'none'), answered('due-date', 'part', 'none'));

/** After the sale: the papers are signed and the money comes in full, or the head hears of it early. */
export const debtControl: TemplateOutline = {
  key: 'debt-control',
  purpose: 'afterSale',
  onWon: { openSteps: 'keep', closingSteps: 'skip' },
  onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  stages: [
    {
      key: 'papers',
      kind: 'open',
      synonyms: names('Документы, Papers'),
      steps: [
        step('schedule', fromStart(1, 'workingDays'), 15, { result: 'text' }),
        step('papers-sent', fromStart(2, 'workingDays'), 20, { result: 'link' }),
        step('papers-back', fromEndOf('papers-sent', 5, 'workingDays', '10:00'), 15, {
          after: ['papers-sent'],
          result: 'choice',
          choices: ['signed', 'remarks', 'silent'],
          repeat: tries(3, 3, 'workingDays', { timeOfDay: '10:00', closeDeal: false }),
        }),
        step('papers-remarks', fromEndOf('papers-back', 2, 'workingDays'), 30, {
          after: ['papers-back'],
          when: answered('papers-back', 'remarks', 'silent'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'money',
      kind: 'open',
      synonyms: names('Деньги, Money'),
      steps: [
        // Companies that keep the day of payment in a field get the steps of that day, the others those of a usual term.
        step('before-due', fromStart(7, 'workingDays', '10:00'), 10, {
          when: fieldIs(DATE, 'empty'),
          result: 'text',
        }),
        step('before-due-date', fromDate(DATE, -3, 'workingDays', '10:00'), 10, {
          when: fieldIs(DATE, 'filled'),
          result: 'text',
        }),
        step('due-day', fromStart(10, 'workingDays', '10:00'), 10, {
          when: fieldIs(DATE, 'empty'),
          result: 'choice',
          choices: ['full', 'part', 'none'],
        }),
        step('due-date', fromDate(DATE, 0, 'calendarDays', '10:00'), 10, {
          when: fieldIs(DATE, 'filled'),
          result: 'choice',
          choices: ['full', 'part', 'none'],
        }),
        step('reminder', fromEndOf('due-day', 1, 'workingDays', '11:00'), 15, {
          after: ['due-day', 'due-date'],
          when: DEBT,
          result: 'text',
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('promise-check', fromEndOf('reminder', 5, 'workingDays', '10:00'), 10, {
          after: ['reminder'],
          when: DEBT,
          result: 'choice',
          choices: ['paid', 'partPaid', 'notPaid'],
        }),
      ],
    },
    {
      key: 'recovery',
      kind: 'open',
      synonyms: names('Возврат долга, Debt recovery'),
      steps: [
        step('head-debt', fromEndOf('promise-check', 1, 'workingDays'), 20, {
          owner: HEAD,
          after: ['promise-check'],
          when: answered('promise-check', 'partPaid', 'notPaid'),
          result: 'choice',
          choices: ['schedule', 'stop', 'claim'],
        }),
        step('claim-letter', fromEndOf('head-debt', 2, 'workingDays'), 40, {
          after: ['head-debt'],
          when: answered('head-debt', 'claim'),
          result: 'link',
        }),
        step('lesson', fromEndOf('promise-check', 10, 'workingDays'), 15, {
          owner: HEAD,
          after: ['promise-check'],
          when: answered('promise-check', 'partPaid', 'notPaid'),
          result: 'text',
        }),
      ],
    },
  ],
};
