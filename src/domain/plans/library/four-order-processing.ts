import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromEntry, HEAD, names, notAnswered, step, tries } from './outline.js';

/** The second of the four subprocesses: a client's order is checked, reserved, agreed and passed on. */
export const fourOrderProcessing: TemplateOutline = {
  key: 'four-order-processing',
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'received',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Новая, Новый заказ, Новая заявка, Заказ получен, New, New order, New request, Неразобранное, Incoming leads',
      ),
      steps: [
        step('answer-time', fromEntry(15, 'workingMinutes'), 5),
        step('record', fromEntry(1, 'workingHours'), 15, { result: 'text' }),
        step('feasible', fromEntry(3, 'workingHours'), 20, {
          after: ['record'],
          result: 'choice',
          choices: ['yes', 'partly', 'no'],
        }),
      ],
    },
    {
      key: 'prepared',
      kind: 'open',
      synonyms: names('В работе, Проверка заказа, Подготовка предложения, In progress, Preparing'),
      steps: [
        step('departments', fromEntry(4, 'workingHours'), 20, { result: 'text' }),
        step('reserve', fromEntry(4, 'workingHours'), 10, {
          when: notAnswered('feasible', 'no'),
          result: 'choice',
          choices: ['reserved', 'partly', 'toOrder'],
        }),
        step('replacement', fromEntry(1, 'workingDays'), 20, {
          when: answered('feasible', 'partly', 'no'),
          result: 'text',
        }),
        step('order-margin', fromEntry(1, 'workingDays'), 10, {
          owner: HEAD,
          optional: true,
          result: 'number',
        }),
        step('order-offer', fromEntry(1, 'workingDays'), 30, { result: 'link', reentry: 'newPass' }),
      ],
    },
    {
      key: 'agreed',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Согласование, Согласование заказа, Предложение отправлено, Approval, Offer sent, Agreeing',
      ),
      steps: [
        step('order-answer', fromEntry(1, 'workingDays'), 15, {
          result: 'choice',
          choices: ['agreed', 'changes', 'declined'],
          repeat: tries(3, 4, 'workingHours', { closeDeal: true }),
          reentry: 'newPass',
        }),
        step('changes', fromEndOf('order-answer', 4, 'workingHours'), 30, {
          after: ['order-answer'],
          when: answered('order-answer', 'changes'),
          result: 'text',
          reentry: 'newPass',
        }),
        step('order-entered', fromEndOf('order-answer', 4, 'workingHours'), 15, {
          after: ['order-answer', 'changes'],
          when: notAnswered('order-answer', 'declined'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'passed-on',
      kind: 'won',
      synonyms: names('Сделка успешна, Успешно реализовано, Заказ принят, Won, Order accepted'),
      steps: [
        step('order-told', fromEntry(2, 'workingHours'), 10),
        step('speed', fromEntry(2, 'workingDays'), 10, { optional: true, result: 'number' }),
      ],
    },
    {
      key: 'order-lost',
      kind: 'lost',
      synonyms: names('Отказ, Сделка провалена, Отменён, Закрыто и не реализовано, Lost, Cancelled'),
      steps: [step('order-lost-why', fromEntry(1, 'workingDays'), 10, { result: 'text' })],
    },
  ],
};
