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
  step,
  tries,
} from './outline.js';

/**
 * The twelve statuses of the «Финансовый консалтинг» funnel, in its author's order. A status says what has been
 * reached; its steps are what leads to the next one.
 */
export const b2bTwelveStatus: TemplateOutline = {
  key: 'b2b-twelve-status',
  afterWon: ['retention'],
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'unaware',
      kind: 'open',
      synonyms: names(
        'Новая, Новый лид, Холодный, New, New lead, Cold, Prospecting, Unaware of the product, Неразобранное, Incoming leads',
      ),
      steps: [
        step('research', fromEntry(4, 'workingHours'), 20, { result: 'text' }),
        step('first-call', fromEntry(1, 'workingDays', '12:00'), 15, {
          after: ['research'],
          result: 'choice',
          choices: ['interested', 'callBack', 'wrongPerson', 'notInterested'],
          repeat: tries(5, 2, 'workingDays', { closeDeal: true }),
        }),
        step('first-letter', fromEndOf('first-call', 2, 'workingHours'), 15, {
          after: ['first-call'],
          when: notAnswered('first-call', 'notInterested'),
        }),
      ],
    },
    {
      key: 'aware',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Первичный контакт, Контакт установлен, Квалификация, Contacted, Qualification, Engaging, Aware of the product, Initial contact',
      ),
      steps: [
        step('qualify', fromEntry(1, 'workingDays'), 15, {
          result: 'choice',
          choices: ['ours', 'later', 'notOurs'],
        }),
        step('decision-maker', fromEntry(2, 'workingDays'), 20, { result: 'text' }),
        step('needs-talk', fromEntry(3, 'workingDays'), 40, {
          after: ['qualify'],
          when: notAnswered('qualify', 'later', 'notOurs'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'interest',
      kind: 'open',
      synonyms: names(
        'Потребность выявлена, Выявлена потребность, Needs identified, Interested, Interest identified, Переговоры, Discussions',
      ),
      steps: [
        step('summary-letter', fromEntry(4, 'workingHours'), 20),
        step('book-presentation', fromEntry(1, 'workingDays'), 10),
        step('prepare-presentation', fromEntry(3, 'workingDays'), 60, { after: ['book-presentation'] }),
        step('hold-presentation', fromEntry(5, 'workingDays'), 60, {
          after: ['prepare-presentation'],
          result: 'text',
        }),
      ],
    },
    {
      key: 'presale',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Презентация проведена, Встреча проведена, Presentation held, Demo done, Presale done, Подготовка документов, Prepare documents',
      ),
      steps: [
        step('terms', fromEntry(1, 'workingDays'), 30, { result: 'text' }),
        step('draft-offer', fromEntry(2, 'workingDays'), 90, { after: ['terms'] }),
        step('send-offer', fromEntry(3, 'workingDays', '12:00'), 20, {
          after: ['draft-offer'],
          result: 'link',
        }),
      ],
    },
    {
      key: 'offer',
      kind: 'open',
      synonyms: names(
        'КП отправлено, Предложение отправлено, Коммерческое предложение, Offer sent, Proposal, Proposal sent',
      ),
      steps: [
        step('offer-received', fromEntry(1, 'workingDays'), 10),
        step('offer-discussed', fromEntry(3, 'workingDays'), 30, {
          after: ['offer-received'],
          result: 'text',
          reentry: 'newPass',
        }),
        step('influencer-touch', fromEntry(5, 'workingDays'), 20, { optional: true }),
      ],
    },
    {
      key: 'motivation',
      kind: 'open',
      synonyms: names(
        'Дожим, Работа с возражениями, Принимают решение, Negotiation, Decision making, Motivation given',
      ),
      steps: [
        step('proof', fromEntry(2, 'workingDays'), 30),
        step('decision-date', fromEntry(3, 'workingDays'), 15, { result: 'text', reentry: 'newPass' }),
        step('head-call', fromEntry(5, 'workingDays'), 20, { owner: HEAD, optional: true }),
      ],
    },
    {
      key: 'price',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Переговоры о цене, Согласование цены, Согласование договора, Price negotiation, Price being agreed, Contract discussion',
      ),
      steps: [
        step('price-limits', fromEntry(4, 'workingHours'), 15, { owner: HEAD, result: 'number' }),
        step('price-talk', fromEntry(2, 'workingDays'), 40, {
          after: ['price-limits'],
          result: 'text',
          reentry: 'newPass',
        }),
        step('contract-draft', fromEndOf('price-talk', 1, 'workingDays'), 45, {
          after: ['price-talk'],
          result: 'link',
        }),
        step('contract-signing', fromEndOf('contract-draft', 3, 'workingDays'), 30, {
          after: ['contract-draft'],
        }),
      ],
    },
    {
      key: 'contract',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Договор подписан, Договор заключён, Счёт выставлен, Ожидание оплаты, Contract signed, Invoice sent, Deal made, Счёт на предоплату, Prepayment invoice',
      ),
      steps: [
        step('invoice', fromEntry(4, 'workingHours'), 15),
        step('payment-date', fromEntry(1, 'workingDays'), 10, { after: ['invoice'], result: 'text' }),
        step('payment-reminder', fromEntry(3, 'workingDays', '10:00'), 10, {
          after: ['invoice'],
          repeat: tries(3, 2, 'workingDays', { timeOfDay: '10:00', closeDeal: false }),
        }),
        step('originals', fromEntry(10, 'workingDays'), 20, { exit: 'keep', optional: true }),
      ],
    },
    {
      key: 'money',
      kind: 'won',
      synonyms: names(
        'Оплачено, Оплата получена, Сделка успешна, Успешно реализовано, Продажа завершена, Won, Paid, Money received',
      ),
      steps: [
        step('payment-check', fromEntry(4, 'workingHours'), 10, {
          result: 'choice',
          choices: ['full', 'part'],
        }),
        step('hand-over', fromEntry(1, 'workingDays'), 40, { result: 'text' }),
        step('rest-of-money', fromEndOf('payment-check', 2, 'workingDays', '10:00'), 15, {
          after: ['payment-check'],
          when: answered('payment-check', 'part'),
          exit: 'keep',
        }),
        step('thank-you', fromEntry(2, 'workingDays', '11:00'), 15),
      ],
    },
    {
      key: 'repeat',
      kind: 'afterSale',
      synonyms: names('Повторная продажа, Повторный заказ, Repeat purchase, Client came back'),
      steps: [
        step('repeat-need', fromEntry(4, 'workingHours'), 20, { result: 'text', reentry: 'newPass' }),
        step('repeat-offer', fromEntry(2, 'workingDays'), 30, { after: ['repeat-need'], reentry: 'newPass' }),
      ],
    },
    {
      key: 'paused',
      kind: 'paused',
      synonyms: names('Пауза, Отложено, Заморожено, On hold, Paused, Postponed'),
      steps: [
        step('pause-reason', fromEntry(1, 'workingDays'), 10, { result: 'text', reentry: 'newPass' }),
        step('pause-touch', fromEntry(14, 'calendarDays', '11:00'), 10, {
          optional: true,
          reentry: 'newPass',
        }),
        step('pause-return', fromEntry(30, 'calendarDays', '11:00'), 15, {
          when: fieldIs('map:clientDate', 'empty'),
          result: 'choice',
          choices: ['resume', 'wait', 'close'],
          reentry: 'newPass',
        }),
        step('pause-date', fromDate('map:clientDate', 0, 'calendarDays', '11:00'), 15, {
          when: fieldIs('map:clientDate', 'filled'),
          result: 'choice',
          choices: ['resume', 'wait', 'close'],
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'refusal',
      kind: 'lost',
      synonyms: names('Сделка провалена, Закрыто и не реализовано, Проиграна, Lost, Refused, Closed lost'),
      steps: [
        step('refusal-reason', fromEntry(1, 'workingDays'), 15, { result: 'text' }),
        step('refusal-review', fromEntry(3, 'workingDays'), 15, {
          owner: HEAD,
          after: ['refusal-reason'],
          result: 'choice',
          choices: ['client', 'outer', 'omission'],
        }),
      ],
    },
  ],
};
