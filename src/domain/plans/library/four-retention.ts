import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromStart, names, role, step, tries } from './outline.js';

const ACCOUNT_MANAGER = role('accountManager');

/** The fourth of the four subprocesses, after the sale: the client is kept, served and grown. */
export const fourRetention: TemplateOutline = {
  key: 'four-retention',
  purpose: 'afterSale',
  onWon: { openSteps: 'keep', closingSteps: 'skip' },
  onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  stages: [
    {
      key: 'first-month',
      kind: 'open',
      synonyms: names('Первый месяц, First month'),
      steps: [
        step('satisfaction', fromStart(10, 'workingDays', '11:00'), 15, {
          owner: ACCOUNT_MANAGER,
          result: 'choice',
          choices: ['pleased', 'mixed', 'unhappy'],
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('claim', fromEndOf('satisfaction', 4, 'workingHours'), 30, {
          owner: ACCOUNT_MANAGER,
          after: ['satisfaction'],
          when: answered('satisfaction', 'mixed', 'unhappy'),
          result: 'text',
        }),
        step('claim-solved', fromEndOf('claim', 3, 'workingDays'), 15, {
          owner: ACCOUNT_MANAGER,
          after: ['claim'],
          when: answered('satisfaction', 'mixed', 'unhappy'),
          result: 'choice',
          choices: ['solved', 'notYet'],
        }),
        step('service', fromStart(20, 'workingDays'), 20, { owner: ACCOUNT_MANAGER }),
      ],
    },
    {
      key: 'regular',
      kind: 'open',
      synonyms: names('Постоянная связь, Keeping in touch'),
      steps: [
        step('regular-talk', fromStart(45, 'calendarDays', '11:00'), 20, {
          owner: ACCOUNT_MANAGER,
          result: 'text',
        }),
        step('competitors', fromStart(60, 'calendarDays', '11:00'), 15, {
          owner: ACCOUNT_MANAGER,
          result: 'text',
        }),
      ],
    },
    {
      key: 'growth',
      kind: 'open',
      synonyms: names('Развитие клиента, Growing the client'),
      steps: [
        step('wishes', fromStart(75, 'calendarDays', '11:00'), 30, {
          owner: ACCOUNT_MANAGER,
          result: 'text',
        }),
        step('wishes-passed', fromEndOf('wishes', 3, 'workingDays'), 20, {
          owner: role('productManager'),
          after: ['wishes'],
          result: 'choice',
          choices: ['exists', 'willMake', 'willNot'],
        }),
        step('new-offer', fromEndOf('wishes', 7, 'workingDays'), 45, {
          owner: ACCOUNT_MANAGER,
          after: ['wishes-passed'],
          result: 'link',
        }),
        step('new-answer', fromEndOf('new-offer', 3, 'workingDays'), 20, {
          owner: ACCOUNT_MANAGER,
          after: ['new-offer'],
          result: 'choice',
          choices: ['buys', 'thinks', 'declines'],
          repeat: tries(3, 3, 'workingDays', { closeDeal: false }),
        }),
      ],
    },
  ],
};
