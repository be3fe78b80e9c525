import type { Language } from './words.js';

/** Name and meaning of every column. */
const DEFINITIONS: Readonly<
  Record<string, readonly [Readonly<Record<Language, string>>, Readonly<Record<Language, string>>]>
> = {
  stage: [
    { ru: 'Этап', en: 'Stage' },
    { ru: 'Этап воронки', en: 'Stage of the pipeline' },
  ],
  deals: [
    { ru: 'Сделок', en: 'Deals' },
    { ru: 'Сделок сейчас или за период', en: 'Deals now, or in the period' },
  ],
  amount: [
    { ru: 'Сумма', en: 'Amount' },
    {
      ru: 'Сумма сделок в валюте аккаунта; сделки без суммы считаются за 0',
      en: 'Money of the deals in the account’s currency; deals without an amount count as 0',
    },
  ],
  fromPrevious: [
    { ru: 'Дошли с предыдущего', en: 'From the stage before' },
    {
      ru: 'Доля прошедших дальше среди решённых сделок предыдущего этапа: прошедших и потерянных; границы 95 % по Уилсону',
      en: 'Share that went on among the decided deals of the stage before: those that went on or were lost; 95% limits by Wilson',
    },
  ],
  visits: [
    { ru: 'Заходов', en: 'Visits' },
    {
      ru: 'Сколько раз сделки были на этапе, без помеченных данных',
      en: 'How often deals were in the stage, without marked data',
    },
  ],
  open: [
    { ru: 'Открыто', en: 'Open' },
    { ru: 'Сколько из них ещё на этапе', en: 'Of them, those still there' },
  ],
  median: [
    { ru: 'Медиана, дней', en: 'Median, days' },
    {
      ru: 'За сколько уходит половина; открытые учтены как неоконченные (Каплан и Мейер)',
      en: 'Time by which half have left; open ones are censored (Kaplan–Meier)',
    },
  ],
  q1: [
    { ru: 'Первая четверть, дней', en: 'First quarter, days' },
    { ru: 'За сколько уходит четверть', en: 'Time by which a quarter have left' },
  ],
  q3: [
    { ru: 'Три четверти, дней', en: 'Three quarters, days' },
    { ru: 'За сколько уходят три четверти', en: 'Time by which three quarters have left' },
  ],
  advanced: [
    { ru: 'Прошли дальше', en: 'Went on' },
    { ru: 'Доля уходящих вперёд (Аален и Йохансен)', en: 'Share that leaves ahead (Aalen–Johansen)' },
  ],
  lost: [
    { ru: 'Потеряны', en: 'Lost' },
    { ru: 'Доля уходящих в проигрыш', en: 'Share that leaves as lost' },
  ],
  deal: [
    { ru: 'Сделка', en: 'Deal' },
    { ru: 'Название сделки', en: 'Title of the deal' },
  ],
  seller: [
    { ru: 'Ответственный', en: 'Responsible' },
    { ru: 'Ответственный за сделку', en: 'Who is responsible for the deal' },
  ],
  kind: [
    { ru: 'Почему стоит', en: 'Why it stands' },
    {
      ru: 'Без плана; за продавцом, который ничего не делает; ждёт даты, о которой договорились; похоже, мертва',
      en: 'No plan; waiting for the seller; waiting for the client’s date; dead by the look of it',
    },
  ],
  days: [
    { ru: 'Дней на этапе', en: 'Days in stage' },
    { ru: 'Сутки по 24 часа', en: 'Days of 24 hours' },
  ],
  norm: [
    { ru: 'Норма, дней', en: 'Norm, days' },
    { ru: 'Медиана этапа', en: 'Median of the stage' },
  ],
  chance: [
    { ru: 'Шанс двинуться', en: 'Chance to move' },
    {
      ru: 'Вероятность пройти дальше за горизонт этапа при таком возрасте',
      en: 'Probability to go on within the stage’s horizon at this age',
    },
  ],
  why: [
    { ru: 'Пояснение', en: 'Why' },
    { ru: 'Правило и его числа', en: 'The rule and its numbers' },
  ],
  lastEventAt: [
    { ru: 'Последнее событие', en: 'Last event' },
    { ru: 'Время UTC', en: 'UTC' },
  ],
  conversion: [
    { ru: 'Конверсия', en: 'Conversion' },
    {
      ru: 'Доля прошедших дальше (у продавца: выигранных) среди завершённых',
      en: 'Share of decided deals that went on (of a seller: were won)',
    },
  ],
  bestQuarter: [
    { ru: 'Лучший квартал', en: 'Best quarter' },
    { ru: 'Конверсия лучшего квартала', en: 'Conversion of the best quarter' },
  ],
  leak: [
    { ru: 'Утечка', en: 'Leak' },
    {
      ru: 'Недополученное за судимые кварталы против лучшего',
      en: 'Missed in the judged quarters against the best one',
    },
  ],
  whatIfFaster: [
    { ru: 'На 20 % быстрее', en: '20% faster' },
    {
      ru: 'Деньги за год, если этап пройдут на пятую часть быстрее',
      en: 'Money a year if the stage took a fifth less time',
    },
  ],
  openDeals: [
    { ru: 'В работе', en: 'Open deals' },
    { ru: 'Открытых сделок сейчас', en: 'Deals open now' },
  ],
  plannedMinutes: [
    { ru: 'Запланировано, мин', en: 'Planned, min' },
    { ru: 'Шаги планов со сроком в ближайшие 7 дней', en: 'Plan steps due within 7 days' },
  ],
  capacityMinutes: [
    { ru: 'Рабочих минут', en: 'Working minutes' },
    { ru: 'Рабочее время за эти 7 дней', en: 'Working time of these 7 days' },
  ],
  load: [
    { ru: 'Загрузка', en: 'Load' },
    { ru: 'Запланировано / рабочее время', en: 'Planned / working time' },
  ],
  won: [
    { ru: 'Выиграно', en: 'Won' },
    { ru: 'Сделок за период', en: 'Deals in the period' },
  ],
  lostDeals: [
    { ru: 'Потеряно', en: 'Lost' },
    { ru: 'Сделок за период', en: 'Deals in the period' },
  ],
  revenue: [
    { ru: 'Выручка', en: 'Revenue' },
    { ru: 'Сумма выигранных', en: 'Money of won deals' },
  ],
  medianCycle: [
    { ru: 'Цикл, дней', en: 'Cycle, days' },
    { ru: 'Медиана от создания до выигрыша', en: 'Median from creation to win' },
  ],
  stepsDone: [
    { ru: 'Шагов сделано', en: 'Steps done' },
    { ru: 'Шаги планов за период', en: 'Plan steps in the period' },
  ],
  stepsOmitted: [
    { ru: 'Упущено', en: 'Omitted' },
    { ru: 'Шаги, не сделанные по упущению', en: 'Steps failed by omission' },
  ],
  topReason: [
    { ru: 'Частая причина', en: 'Usual reason' },
    { ru: 'Самая частая причина проигрыша', en: 'Most frequent reason of losses' },
  ],
  month: [
    { ru: 'Месяц', en: 'Month' },
    { ru: 'Год и месяц', en: 'Year and month' },
  ],
  expectedDeals: [
    { ru: 'Выигрышей', en: 'Wins' },
    { ru: 'Ожидается из открытых сделок', en: 'Expected of the open deals' },
  ],
  expectedMoney: [
    { ru: 'Деньги', en: 'Money' },
    { ru: 'Ожидается из открытых сделок', en: 'Expected of the open deals' },
  ],
  fromProduct: [
    { ru: 'Купили', en: 'Bought' },
    { ru: 'Продукт, который есть', en: 'Product they have' },
  ],
  toProduct: [
    { ru: 'Берут ещё', en: 'Also take' },
    { ru: 'Продукт, который берут вместе с ним', en: 'Product that goes with it' },
  ],
  lift: [
    { ru: 'Во сколько раз чаще', en: 'Times as often' },
    { ru: 'P(второй | первый) / P(второй)', en: 'P(second | first) / P(second)' },
  ],
  candidates: [
    { ru: 'Кандидатов', en: 'Candidates' },
    { ru: 'Клиенты с первым и без второго', en: 'Clients with the first and without the second' },
  ],
  reason: [
    { ru: 'Причина', en: 'Reason' },
    { ru: 'Причина проигрыша', en: 'Reason of the loss' },
  ],
  stages: [
    { ru: 'По этапам', en: 'By stage' },
    { ru: 'С какого этапа потеряны', en: 'Stage out of which they were lost' },
  ],
};

/** What cells of the column say in place of our own words for it. */
const VALUES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<Language, string>>>>>> = {
  kind: {
    noPlan: { ru: 'без плана', en: 'no plan' },
    sellerIdle: { ru: 'за продавцом', en: 'waiting for the seller' },
    waitingForClient: { ru: 'ждёт даты клиента', en: 'waiting for the client’s date' },
    dead: { ru: 'похоже, мертва', en: 'dead by the look of it' },
  },
};

const SHARES = new Set(['fromPrevious', 'advanced', 'lost', 'chance', 'conversion', 'bestQuarter', 'load']);
const MONEY = new Set(['amount', 'leak', 'whatIfFaster', 'revenue', 'expectedMoney']);

/** How a spreadsheet shows numbers of the column. */
export function formatOf(column: string): string {
  const base = column.replace(/(Low|High)$/, '');
  if (SHARES.has(base)) return '0.0%';
  return MONEY.has(base) ? '#,##0' : '#,##0.##';
}

/** A text of the column in the reader's language. */
export function valueOf(column: string, text: string, language: Language): string {
  return VALUES[column]?.[text]?.[language] ?? text;
}

const LIMITS: readonly (readonly [string, Readonly<Record<Language, string>>])[] = [
  ['Low', { ru: ', нижняя граница 95 %', en: ', lower 95% limit' }],
  ['High', { ru: ', верхняя граница 95 %', en: ', upper 95% limit' }],
];

/** Heading and meaning of a column. */
export function definitionOf(column: string, language: Language): readonly [string, string] {
  const known = DEFINITIONS[column];
  if (known) return [known[0][language], known[1][language]];
  for (const [ending, text] of LIMITS) {
    const base = column.endsWith(ending) ? DEFINITIONS[column.slice(0, -ending.length)] : undefined;
    if (base) return [`${base[0][language]}${text[language]}`, base[1][language]];
  }
  return [column, ''];
}
