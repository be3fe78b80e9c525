import type { TemplateOutline } from './edition.js';
import {
  answered,
  bothHold,
  fieldIs,
  fromDate,
  fromEndOf,
  fromEntry,
  handOver,
  HEAD,
  names,
  notAnswered,
  role,
  SELLERS,
  step,
  tries,
} from './outline.js';

const QUALIFIER = role('qualifier');
const ACCOUNT_MANAGER = role('accountManager');
const PROJECT_MANAGER = role('projectManager');
const OURS_AND_TOPICAL = bothHold(
  notAnswered('ours', 'notOurs'),
  notAnswered('topical', 'later', 'boughtElsewhere'),
);

/**
 * The full cycle of a B2B sale as a conveyor: the qualifier decides "ours or not" and sets the meeting, the seller makes
 * the first deal in eighteen steps, the account manager joins before the seller leaves, the project manager delivers.
 */
export const b2bEighteenSteps: TemplateOutline = {
  key: 'b2b-eighteen-steps',
  afterWon: ['retention'],
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
  onLost: { openSteps: 'cancel', closingSteps: 'create' },
  stages: [
    {
      key: 'lead',
      kind: 'open',
      synonyms: names(
        'Новая, Новый лид, Новая заявка, Холодный, Неразобранное, New, New lead, Cold, Prospecting, Incoming leads',
      ),
      steps: [
        step('study', fromEntry(2, 'workingHours'), 10, { owner: QUALIFIER, result: 'text' }),
        step('reach', fromEntry(4, 'workingHours'), 10, {
          owner: QUALIFIER,
          result: 'choice',
          choices: ['talked', 'callBack', 'wrongPerson'],
          repeat: tries(4, 4, 'workingHours', { closeDeal: true }),
        }),
      ],
    },
    {
      key: 'qualification',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Квалификация, Квалифицирован, Первичный контакт, Qualification, Qualified, Contacted, Initial contact',
      ),
      steps: [
        step('ours', fromEntry(1, 'workingDays'), 10, {
          owner: QUALIFIER,
          result: 'choice',
          choices: ['ours', 'notOurs'],
        }),
        step('topical', fromEntry(1, 'workingDays'), 10, {
          owner: QUALIFIER,
          after: ['ours'],
          when: notAnswered('ours', 'notOurs'),
          result: 'choice',
          choices: ['now', 'later', 'boughtElsewhere'],
        }),
        step('return-day', fromEndOf('topical', 1, 'workingDays'), 5, {
          owner: QUALIFIER,
          after: ['topical'],
          when: answered('topical', 'later', 'boughtElsewhere'),
          result: 'text',
        }),
        step('meeting', fromEntry(2, 'workingDays'), 10, {
          owner: QUALIFIER,
          after: ['topical'],
          when: OURS_AND_TOPICAL,
          result: 'text',
        }),
        step('to-seller', fromEndOf('meeting', 2, 'workingHours'), 10, {
          owner: QUALIFIER,
          after: ['meeting'],
          when: OURS_AND_TOPICAL,
          result: 'text',
          handOver: handOver('atOnce', SELLERS),
        }),
      ],
    },
    {
      key: 'relations',
      kind: 'open',
      synonyms: names(
        'Знакомство, Установление контакта, Контакт установлен, Engaging, Discovery, First meeting',
      ),
      steps: [
        step('relations', fromEntry(2, 'workingDays'), 60, { result: 'text' }),
        step('decision-makers', fromEntry(4, 'workingDays'), 30, { after: ['relations'], result: 'text' }),
      ],
    },
    {
      key: 'needs',
      kind: 'open',
      synonyms: names(
        'Потребность выявлена, Выявление потребности, Needs identified, Needs analysis, Переговоры, Discussions',
      ),
      steps: [
        step('potential-needs', fromEntry(3, 'workingDays'), 45, { result: 'text' }),
        step('frame-offer', fromEndOf('potential-needs', 2, 'workingDays'), 60, {
          after: ['potential-needs'],
          result: 'link',
        }),
      ],
    },
    {
      key: 'budget',
      kind: 'open',
      synonyms: names('Бюджет, Бюджетирование, Budget, Budgeting'),
      steps: [
        step('client-budget', fromEntry(3, 'workingDays'), 20, {
          result: 'choice',
          choices: ['planned', 'beingPlanned', 'none'],
          reentry: 'newPass',
        }),
        step('purchase-timing', fromEntry(5, 'workingDays'), 15, { result: 'text', reentry: 'newPass' }),
      ],
    },
    {
      key: 'project',
      kind: 'open',
      synonyms: names(
        'Техническое задание, Подготовка предложения, Подготовка КП, Scoping, Preparing the proposal, Подготовка документов, Prepare documents',
      ),
      steps: [
        step('project-needs', fromEntry(3, 'workingDays'), 60, { result: 'text' }),
        step('project-offer', fromEndOf('project-needs', 3, 'workingDays'), 120, {
          after: ['project-needs'],
          result: 'link',
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'proposal',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'КП отправлено, КП направлено, Презентация, Предложение отправлено, Proposal, Proposal sent',
      ),
      steps: [
        step('offer-presentation', fromEntry(2, 'workingDays'), 60, { result: 'text' }),
        step('offer-proof', fromEndOf('offer-presentation', 2, 'workingDays'), 40, {
          after: ['offer-presentation'],
        }),
        step('objections', fromEndOf('offer-presentation', 3, 'workingDays'), 40, {
          after: ['offer-presentation'],
          result: 'text',
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'negotiation',
      kind: 'open',
      guard: 'alert',
      synonyms: names('Дожим, Принимают решение, Согласование, Тендер, Negotiation, Decision making, Tender'),
      steps: [
        step('push', fromEntry(2, 'workingDays'), 40, { result: 'text', reentry: 'newPass' }),
        step('head-talk', fromEntry(4, 'workingDays'), 20, { owner: HEAD, optional: true }),
        step('funding', fromEndOf('push', 3, 'workingDays'), 20, {
          after: ['push'],
          result: 'choice',
          choices: ['allocated', 'tender', 'notYet'],
          reentry: 'newPass',
        }),
        step('funding-blocked', fromEndOf('funding', 3, 'workingDays'), 30, {
          after: ['funding'],
          when: answered('funding', 'notYet'),
          result: 'text',
        }),
        step('tender', fromEndOf('funding', 5, 'workingDays'), 180, {
          after: ['funding'],
          when: answered('funding', 'tender'),
          result: 'text',
        }),
      ],
    },
    {
      key: 'contract',
      kind: 'open',
      guard: 'alert',
      synonyms: names(
        'Договор, Заключение договора, Согласование договора, Счёт выставлен, Contract, Contracting, Счёт на предоплату, Prepayment invoice, Contract discussion',
      ),
      steps: [
        step('contract', fromEntry(5, 'workingDays'), 60, { result: 'link' }),
        step('to-account-manager', fromEntry(8, 'workingDays'), 45, {
          result: 'text',
          handOver: handOver('gradual', ACCOUNT_MANAGER),
          exit: 'carryOver',
        }),
        step('prepayment', fromEndOf('contract', 3, 'workingDays', '10:00'), 15, {
          after: ['contract'],
          result: 'choice',
          choices: ['full', 'part', 'afterwards'],
        }),
      ],
    },
    {
      key: 'delivery',
      kind: 'open',
      synonyms: names('Реализация, В работе, Исполнение, Внедрение, Delivery, In progress, Implementation'),
      steps: [
        step('to-project-manager', fromEntry(2, 'workingDays'), 45, {
          result: 'text',
          handOver: handOver('gradual', PROJECT_MANAGER),
        }),
        step('project', fromEntry(10, 'workingDays'), 60, {
          owner: PROJECT_MANAGER,
          result: 'choice',
          choices: ['onTime', 'late', 'done'],
        }),
        step('late-talk', fromEndOf('project', 4, 'workingHours'), 20, {
          owner: PROJECT_MANAGER,
          after: ['project'],
          when: answered('project', 'late'),
          result: 'text',
        }),
        step('acceptance', fromEndOf('project', 5, 'workingDays'), 40, {
          owner: PROJECT_MANAGER,
          after: ['project'],
          result: 'link',
          handOver: handOver('atOnce', ACCOUNT_MANAGER),
        }),
      ],
    },
    {
      key: 'effect',
      kind: 'open',
      synonyms: names(
        'Проект сдан, Получение отзыва, Постпродажа, Delivered, Review, Финальный счёт, Final invoice',
      ),
      steps: [
        step('project-effect', fromEntry(10, 'workingDays'), 60, { owner: ACCOUNT_MANAGER, result: 'text' }),
        step('review', fromEndOf('project-effect', 3, 'workingDays'), 20, {
          owner: ACCOUNT_MANAGER,
          after: ['project-effect'],
          result: 'link',
        }),
      ],
    },
    {
      key: 'completed',
      kind: 'won',
      synonyms: names('Сделка успешна, Успешно реализовано, Продажа завершена, Won, Completed'),
      steps: [step('thanks', fromEntry(2, 'workingDays', '11:00'), 15, { owner: ACCOUNT_MANAGER })],
    },
    {
      key: 'postponed',
      kind: 'paused',
      synonyms: names('Пауза, Отложено, Не актуально сейчас, On hold, Paused, Later'),
      steps: [
        step('later-return', fromEntry(60, 'calendarDays', '11:00'), 15, {
          when: fieldIs('map:clientDate', 'empty'),
          result: 'choice',
          choices: ['resume', 'wait', 'close'],
          reentry: 'newPass',
        }),
        step('later-date', fromDate('map:clientDate', 0, 'calendarDays', '11:00'), 15, {
          when: fieldIs('map:clientDate', 'filled'),
          result: 'choice',
          choices: ['resume', 'wait', 'close'],
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'refused',
      kind: 'lost',
      synonyms: names('Отказ, Не наш, Сделка провалена, Закрыто и не реализовано, Lost, Closed lost'),
      steps: [
        step('lost-reason', fromEntry(1, 'workingDays'), 15, { result: 'text' }),
        step('lost-review', fromEntry(3, 'workingDays'), 15, {
          owner: HEAD,
          after: ['lost-reason'],
          result: 'choice',
          choices: ['client', 'outer', 'omission'],
        }),
      ],
    },
  ],
};
