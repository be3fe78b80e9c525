import type { TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromEntry, HEAD, names, notAnswered, step, tries } from './outline.js';

/** The first of the four subprocesses: a client is found, won over and helped to the first order. */
export const fourAttraction: TemplateOutline = {
  key: 'four-attraction',
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'search',
      kind: 'open',
      synonyms: names(
        'Новая, Новый лид, Холодный, Поиск клиента, New, New lead, Prospecting, Неразобранное, Incoming leads',
      ),
      steps: [
        step('known', fromEntry(2, 'workingHours'), 10, {
          result: 'choice',
          choices: ['new', 'former', 'taken'],
        }),
        step('fits', fromEntry(1, 'workingDays'), 20, {
          after: ['known'],
          result: 'choice',
          choices: ['fits', 'later', 'notFit'],
          repeat: tries(3, 1, 'workingDays', { closeDeal: true }),
        }),
      ],
    },
    {
      key: 'offer',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Квалификация, Предложение отправлено, КП отправлено, Qualification, Contacted, Offer sent, Первичный контакт, Initial contact',
      ),
      steps: [
        step('general-offer', fromEntry(1, 'workingDays'), 20, { result: 'link' }),
        step('offer-delivered', fromEndOf('general-offer', 4, 'workingHours'), 10, {
          after: ['general-offer'],
          result: 'choice',
          choices: ['mail', 'messenger', 'meeting'],
        }),
        step('feedback', fromEndOf('general-offer', 2, 'workingDays'), 15, {
          after: ['general-offer'],
          result: 'choice',
          choices: ['interested', 'questions', 'declined'],
          repeat: tries(3, 2, 'workingDays', { closeDeal: true }),
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'interest',
      kind: 'open',
      synonyms: names(
        'Интерес подтверждён, Переговоры, Потребность выявлена, Interested, Negotiation, Engaging, Принимают решение, Discussions, Decision making',
      ),
      steps: [
        step('own-offer', fromEntry(2, 'workingDays'), 60, {
          when: notAnswered('feedback', 'declined'),
          result: 'link',
          reentry: 'newPass',
        }),
        step('margin', fromEndOf('own-offer', 4, 'workingHours'), 15, {
          owner: HEAD,
          after: ['own-offer'],
          result: 'number',
        }),
        step('progress', fromEntry(5, 'workingDays'), 15, {
          result: 'choice',
          choices: ['closer', 'same', 'further'],
          reentry: 'newPass',
        }),
        step('unstick', fromEndOf('progress', 2, 'workingDays'), 30, {
          after: ['progress'],
          when: answered('progress', 'same', 'further'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'contract',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Договор, Согласование договора, Заключение договора, Contract, Contracting, Подготовка документов, Prepare documents, Contract discussion',
      ),
      steps: [
        step('contract-sent', fromEntry(1, 'workingDays'), 30, { result: 'link' }),
        step('contract-signed', fromEndOf('contract-sent', 4, 'workingDays'), 20, {
          after: ['contract-sent'],
        }),
        step('first-order', fromEndOf('contract-signed', 2, 'workingDays'), 40, {
          after: ['contract-signed'],
          result: 'text',
        }),
      ],
    },
    {
      key: 'attracted',
      kind: 'won',
      synonyms: names('Сделка успешна, Успешно реализовано, Клиент привлечён, Won, First order'),
      steps: [step('welcome', fromEntry(1, 'workingDays', '11:00'), 15)],
    },
    {
      key: 'not-attracted',
      kind: 'lost',
      synonyms: names('Отказ, Сделка провалена, Закрыто и не реализовано, Lost, Closed lost'),
      steps: [step('refusal', fromEntry(1, 'workingDays'), 10, { result: 'text' })],
    },
  ],
};
