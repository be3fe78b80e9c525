import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromEntry, HEAD, names, role, step, tries } from './outline.js';

/** The third of the four subprocesses: a deal is led through papers and delivery to the last payment. */
export const fourSupportClosing: TemplateOutline = {
  key: 'four-support-closing',
  afterWon: ['four-retention'],
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'terms',
      kind: 'open',
      guard: 'alert',
      synonyms: names('Новая, Заказ принят, Условия, Согласование условий, New, Order accepted, Terms'),
      steps: [
        step('payment-terms', fromEntry(4, 'workingHours'), 20, {
          result: 'choice',
          choices: ['before', 'parts', 'after'],
        }),
        step('credit-check', fromEndOf('payment-terms', 1, 'workingDays'), 20, {
          owner: HEAD,
          after: ['payment-terms'],
          when: answered('payment-terms', 'parts', 'after'),
          result: 'choice',
          choices: ['allow', 'limit', 'refuse'],
        }),
        step('early-reward', fromEndOf('payment-terms', 1, 'workingDays'), 10, {
          after: ['payment-terms'],
          when: answered('payment-terms', 'parts', 'after'),
          optional: true,
        }),
      ],
    },
    {
      key: 'papers',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Документы, Договор, Согласование договора, Счёт выставлен, Paperwork, Contract, Invoice sent, Подготовка документов, Счёт на предоплату, Prepare documents, Prepayment invoice, Contract discussion',
      ),
      steps: [
        step('papers', fromEntry(1, 'workingDays'), 40, { result: 'link' }),
        step('deal-plan', fromEntry(2, 'workingDays'), 30, { owner: role('projectManager'), result: 'text' }),
        step('papers-signed', fromEndOf('papers', 3, 'workingDays'), 15, { after: ['papers'] }),
      ],
    },
    {
      key: 'delivery',
      kind: 'open',
      synonyms: names(
        'Исполнение, В работе, Поставка, Отгрузка, Реализация, Delivery, In progress, Shipping',
      ),
      steps: [
        step('inform', fromEntry(1, 'workingDays'), 10),
        step('milestone', fromEntry(4, 'workingDays'), 20, {
          owner: role('projectManager'),
          result: 'choice',
          choices: ['onTime', 'late', 'done'],
        }),
        step('closing-papers', fromEndOf('milestone', 3, 'workingDays'), 30, {
          after: ['milestone'],
          result: 'link',
          exit: 'carryOver',
        }),
      ],
    },
    {
      key: 'payment',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Ожидание оплаты, Ждём оплату, Оплата, Awaiting payment, Payment, Финальный счёт, Final invoice',
      ),
      steps: [
        step('payment-ahead', fromEntry(1, 'workingDays', '10:00'), 10, { result: 'text' }),
        step('payment-check', fromEntry(3, 'workingDays', '10:00'), 10, {
          result: 'choice',
          choices: ['full', 'part', 'none'],
        }),
        step('debt-call', fromEndOf('payment-check', 1, 'workingDays', '11:00'), 15, {
          after: ['payment-check'],
          when: answered('payment-check', 'part', 'none'),
          result: 'text',
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '11:00', closeDeal: false }),
        }),
        step('debt-head', fromEndOf('debt-call', 2, 'workingDays'), 20, {
          owner: HEAD,
          after: ['debt-call'],
          when: { kind: 'step', stepKey: 'debt-call', is: 'failed', values: [] },
          result: 'text',
        }),
      ],
    },
    {
      key: 'closed',
      kind: 'won',
      synonyms: names('Сделка успешна, Успешно реализовано, Оплачено, Сделка закрыта, Won, Closed, Paid'),
      steps: [
        step('close-papers', fromEntry(2, 'workingDays'), 15),
        step('close-thanks', fromEntry(1, 'workingDays', '11:00'), 10),
      ],
    },
    {
      key: 'broken',
      kind: 'lost',
      synonyms: names('Отказ, Сделка сорвана, Сделка провалена, Закрыто и не реализовано, Lost, Cancelled'),
      steps: [
        step('broken-why', fromEntry(1, 'workingDays'), 15, {
          result: 'choice',
          choices: ['client', 'outer', 'omission'],
        }),
      ],
    },
  ],
};
