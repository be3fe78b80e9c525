import type { CompanyPipeline, CompanyStage } from './company.js';

export type CompanyLanguage = 'ru' | 'en';

/** Open stages of the B2B funnel in the order a deal walks them; `REPEAT` and `PAUSED` stand beside the walk. */
export const B2B_WALK = [
  'NEW',
  'AWARE',
  'INTEREST',
  'PRESALE',
  'OFFER',
  'STIMULUS',
  'PRICE',
  'CONTRACT',
  'PAID',
] as const;

export const TRANSACTIONAL_WALK = ['NEW', 'CONTACT', 'OFFER', 'PAYMENT'] as const;

type StageRow = readonly [
  code: string,
  kind: CompanyStage['kind'],
  color: string,
  names: Readonly<Record<CompanyLanguage, string>>,
];

/** The twelve statuses of the "Financial consulting" funnel, named as its author names them, and the final status. */
const B2B: readonly StageRow[] = [
  ['NEW', 'open', '#7bb7ff', { ru: 'Не осведомлен о продукте', en: 'Unaware of the product' }],
  ['AWARE', 'open', '#5aa9f8', { ru: 'Осведомлен о продукте', en: 'Aware of the product' }],
  ['INTEREST', 'open', '#43c3d9', { ru: 'Интерес выявлен', en: 'Interest identified' }],
  ['PRESALE', 'open', '#35c8b4', { ru: 'Пресейл осуществлен', en: 'Presale done' }],
  ['OFFER', 'open', '#59cf8c', { ru: 'КП Направлено', en: 'Proposal sent' }],
  ['STIMULUS', 'open', '#a4cf4e', { ru: 'Стимулирование осуществлено', en: 'Motivation given' }],
  ['PRICE', 'open', '#e6c229', { ru: 'Согласуется цена', en: 'Price being agreed' }],
  ['CONTRACT', 'open', '#f4a940', { ru: 'Сделка заключена', en: 'Contract signed' }],
  ['PAID', 'open', '#f08a4b', { ru: 'Деньги поступили на счет', en: 'Money received' }],
  ['REPEAT', 'open', '#b78bf0', { ru: 'Произведено повторное обращение', en: 'Client came back' }],
  ['PAUSED', 'open', '#9aa4b2', { ru: 'Взаимодействие приостановлено', en: 'On hold' }],
  ['WON', 'won', '#3fb950', { ru: 'Продажа завершена', en: 'Sale completed' }],
  ['LOSE', 'lost', '#e5534b', { ru: 'Отказ', en: 'Refused' }],
];

const TRANSACTIONAL: readonly StageRow[] = [
  ['NEW', 'open', '#7bb7ff', { ru: 'Новая заявка', en: 'New request' }],
  ['CONTACT', 'open', '#43c3d9', { ru: 'Связались с клиентом', en: 'Contacted' }],
  ['OFFER', 'open', '#59cf8c', { ru: 'Предложение отправлено', en: 'Offer sent' }],
  ['PAYMENT', 'open', '#f4a940', { ru: 'Ждём оплату', en: 'Awaiting payment' }],
  ['WON', 'won', '#3fb950', { ru: 'Оплачено', en: 'Paid' }],
  ['LOSE', 'lost', '#e5534b', { ru: 'Не купили', en: 'Not bought' }],
];

/** Pipeline 0 is the twelve-status B2B funnel, pipeline 1 the short transactional one. */
export function demoPipelines(language: CompanyLanguage): readonly CompanyPipeline[] {
  const names = {
    ru: ['Корпоративные продажи', 'Быстрые продажи'],
    en: ['B2B sales', 'Quick sales'],
  } as const;
  return [
    { id: 0, name: names[language][0], stages: toStages(B2B, language) },
    { id: 1, name: names[language][1], stages: toStages(TRANSACTIONAL, language) },
  ];
}

function toStages(rows: readonly StageRow[], language: CompanyLanguage): readonly CompanyStage[] {
  return rows.map(([code, kind, color, names]) => ({ code, kind, color, name: names[language] }));
}
