import type { TemplateOutline } from './edition.js';
import {
  answered,
  fieldIs,
  fromDate,
  fromEndOf,
  fromEntry,
  HEAD,
  names,
  notAnswered,
  role,
  step,
  tries,
} from './outline.js';

/**
 * Opportunity, offer, papers, signature and payment, delivery, closed: the plain funnel of a board with columns. Each
 * step meets the client where they are, from a first motive to acting, instead of pressing everybody the same way.
 */
export const opportunityToDelivery: TemplateOutline = {
  key: 'opportunity-to-delivery',
  afterWon: ['retention'],
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'opportunity',
      kind: 'open',
      synonyms: names(
        'Новая, Новый лид, Неразобранное, Возможность, New, New lead, Unsorted, Prospecting, Opportunity, Первичный контакт, Incoming leads, Initial contact',
      ),
      steps: [
        step('talk', fromEntry(30, 'workingMinutes'), 15, {
          result: 'choice',
          choices: ['curious', 'wants', 'deciding', 'ready'],
          repeat: tries(3, 4, 'workingHours', { closeDeal: true }),
        }),
        step('trial', fromEndOf('talk', 2, 'workingDays'), 30, {
          after: ['talk'],
          when: answered('talk', 'curious', 'wants'),
          result: 'text',
        }),
        step('who-decides', fromEndOf('talk', 1, 'workingDays'), 15, { after: ['talk'], result: 'text' }),
      ],
    },
    {
      key: 'offer',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Коммерческое предложение, КП отправлено, Предложение, Предложение отправлено, Engaging, Offer, Offer sent, Proposal, Переговоры, Принимают решение, Discussions, Decision making',
      ),
      steps: [
        step('offer', fromEntry(1, 'workingDays'), 45, { result: 'link', reentry: 'newPass' }),
        step('explain', fromEndOf('offer', 1, 'workingDays'), 30, { after: ['offer'], result: 'text' }),
        step('agree', fromEndOf('offer', 3, 'workingDays'), 20, {
          after: ['offer'],
          result: 'choice',
          choices: ['agreed', 'doubts', 'declined'],
          repeat: tries(3, 2, 'workingDays', { closeDeal: true }),
          reentry: 'newPass',
        }),
        step('doubts', fromEndOf('agree', 1, 'workingDays'), 30, {
          after: ['agree'],
          when: answered('agree', 'doubts'),
          result: 'text',
          reentry: 'newPass',
        }),
        step('switch', fromEntry(10, 'workingDays'), 10, {
          owner: HEAD,
          optional: true,
          result: 'choice',
          choices: ['push', 'lower', 'close'],
        }),
      ],
    },
    {
      key: 'paperwork',
      kind: 'open',
      synonyms: names(
        'Согласование документов, Согласование договора, Документы, Paperwork, Agreeing the papers, Documents, Подготовка документов, Prepare documents, Contract discussion',
      ),
      steps: [
        step('draft', fromEntry(1, 'workingDays'), 40, { result: 'link' }),
        step('remarks', fromEndOf('draft', 3, 'workingDays'), 30, {
          after: ['draft'],
          result: 'text',
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'signature',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Подпись и оплата, Договор подписан, Счёт выставлен, Оплата, Signature and payment, Invoice sent, Payment, Счёт на предоплату, Prepayment invoice',
      ),
      steps: [
        step('sign', fromEntry(2, 'workingDays'), 20, { after: ['remarks'] }),
        step('bill', fromEntry(2, 'workingDays'), 15, { result: 'text' }),
        step('money', fromEndOf('bill', 3, 'workingDays', '10:00'), 10, {
          after: ['bill'],
          result: 'choice',
          choices: ['full', 'part', 'none'],
        }),
        step('money-call', fromEndOf('money', 1, 'workingDays', '10:00'), 15, {
          after: ['money'],
          when: notAnswered('money', 'full'),
          result: 'text',
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '10:00', closeDeal: false }),
        }),
      ],
    },
    {
      key: 'delivery',
      kind: 'open',
      synonyms: names(
        'Реализация, Исполнение, Поставка, Внедрение, Delivery, Implementation, Fulfilment, В работе, Финальный счёт, In progress, Final invoice',
      ),
      steps: [
        step('hand-over', fromEntry(1, 'workingDays'), 30, { result: 'text' }),
        step('ready-date', fromDate('map:clientDate', -2, 'workingDays', '10:00'), 15, {
          when: fieldIs('map:clientDate', 'filled'),
          owner: role('projectManager'),
        }),
        step('delivered', fromEntry(5, 'workingDays'), 20, {
          result: 'choice',
          choices: ['allRight', 'remarks', 'late'],
        }),
        step('mend', fromEndOf('delivered', 2, 'workingDays'), 30, {
          after: ['delivered'],
          when: answered('delivered', 'remarks', 'late'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'closed',
      kind: 'won',
      synonyms: names(
        'Закрытие, Сделка закрыта, Сделка успешна, Успешно реализовано, Won, Closed, Closed won',
      ),
      steps: [
        step('pleased', fromEntry(2, 'workingDays', '11:00'), 15, {
          result: 'choice',
          choices: ['pleased', 'mixed', 'unhappy'],
        }),
      ],
    },
    {
      key: 'lost',
      kind: 'lost',
      synonyms: names('Отказ, Сделка провалена, Закрыто и не реализовано, Lost, Closed lost'),
      steps: [step('why-lost', fromEntry(1, 'workingDays'), 15, { result: 'text' })],
    },
  ],
};
