import { describe, expect, it } from '@jest/globals';
import type { TemplateBody, TemplateStep } from '../template.types.js';
import { libraryTemplate } from './library.js';

const SEED_STATUSES = [
  'Не осведомлен о продукте',
  'Осведомлен о продукте',
  'Интерес выявлен',
  'Пресейл осуществлен',
  'КП Направлено',
  'Стимулирование осуществлено',
  'Согласуется цена',
  'Сделка заключена',
  'Деньги поступили на счет',
  'Произведено повторное обращение',
  'Взаимодействие приостановлено',
  'Отказ',
];

/** The full cycle of the conveyor's seed, step by step. */
const SEED_CYCLE = [
  'relations',
  'decision-makers',
  'potential-needs',
  'frame-offer',
  'client-budget',
  'purchase-timing',
  'project-needs',
  'project-offer',
  'offer-presentation',
  'offer-proof',
  'objections',
  'push',
  'funding',
  'tender',
  'contract',
  'project',
  'project-effect',
  'review',
];

/** What the seed of the four subprocesses asks a company to think of, and the step that does. */
const SEED_QUESTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'four-attraction': {
    'предварительная квалификация клиента': 'fits',
    'работа с клиентской базой': 'known',
    'общие коммерческие предложения': 'general-offer',
    'индивидуальные коммерческие предложения': 'own-offer',
    'доставка предложений клиентам': 'offer-delivered',
    'получение обратной связи от клиента': 'feedback',
    'оценка коммерческого прогресса': 'progress',
    'рентабельность продаж': 'margin',
    'договорная кампания': 'contract-sent',
    'помощь клиенту в формировании первого заказа': 'first-order',
  },
  'four-order-processing': {
    'взаимодействие между отделами': 'departments',
    'оценка выполнимости заявки': 'feasible',
    'резервирование товара': 'reserve',
    'согласование изменений в заказе': 'changes',
    'рентабельность продаж': 'order-margin',
    'автоматизация и техническая оснащенность': 'order-entered',
    'временные параметры работы с заявкой': 'answer-time',
    'документирование работы с заявкой': 'record',
    'формирование индивидуальных предложений': 'order-offer',
  },
  'four-support-closing': {
    'предотвращение дебиторской задолженности': 'credit-check',
    'система оплаты': 'payment-terms',
    документооборот: 'papers',
    'контроль и возврат задолженности': 'debt-call',
    'информационный сервис': 'inform',
    'менеджмент сделок (проектный менеджмент)': 'deal-plan',
    'временные параметры работы с долгом': 'payment-check',
    'стимулирование платежной дисциплины': 'early-reward',
  },
  'four-retention': {
    'оценка удовлетворенности клиентов': 'satisfaction',
    'менеджмент претензий, решение текущих проблем клиента': 'claim',
    'регулярная коммуникация с клиентом': 'regular-talk',
    'развитие продуктов': 'wishes-passed',
    'постпродажный сервис': 'service',
    'работа с клиентом для создания новых предложений': 'wishes',
    'мониторинг конкурентов': 'competitors',
  },
};

function template(key: string, language: 'ru' | 'en'): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`no ${key} in ${language}`);
  return body;
}

function stepsOf(body: TemplateBody): readonly TemplateStep[] {
  return body.stages.flatMap((stage) => stage.steps);
}

describe('domain/plans/library/library-seeds', () => {
  it('has the twelve statuses of the seed, in its order and words', () => {
    expect(template('b2b-twelve-status', 'ru').stages.map((stage) => stage.name)).toEqual(SEED_STATUSES);
  });

  it('has the eighteen steps of the seed’s cycle, in its order', () => {
    const steps = stepsOf(template('b2b-eighteen-steps', 'ru')).map((step) => step.key);
    expect(steps.filter((key) => SEED_CYCLE.includes(key))).toEqual(SEED_CYCLE);
  });

  it('hands a client over from the qualifier to the seller, the account manager and the project manager', () => {
    const handOvers = stepsOf(template('b2b-eighteen-steps', 'en')).flatMap(({ handOver }) => handOver ?? []);
    expect(handOvers).toEqual([
      { to: { kind: 'roundRobin', group: 'sellers' }, mode: 'atOnce' },
      { to: { kind: 'role', role: 'accountManager' }, mode: 'gradual' },
      { to: { kind: 'role', role: 'projectManager' }, mode: 'gradual' },
      { to: { kind: 'role', role: 'accountManager' }, mode: 'atOnce' },
    ]);
  });

  it.each(Object.entries(SEED_QUESTIONS))(
    'has a step for each question of the seed: %s',
    (key, questions) => {
      const steps = new Set(stepsOf(template(key, 'ru')).map((step) => step.key));
      expect(Object.entries(questions).filter(([, step]) => !steps.has(step))).toEqual([]);
    },
  );

  it('gives every status of the twelve two to four steps', () => {
    for (const stage of template('b2b-twelve-status', 'ru').stages) {
      expect(stage.steps.length).toBeGreaterThanOrEqual(2);
      expect(stage.steps.length).toBeLessThanOrEqual(4);
    }
  });
});
