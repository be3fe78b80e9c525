import type {
  ClientsView,
  ForecastView,
  InsightHead,
  LossesView,
  SellersView,
  Estimate,
  FunnelView,
  InsightChoicesView,
  StagesView,
  WeakestView,
} from '../../../src/features/insight/insight.view.js';
import { HOSTILE_TITLE, type Language } from './fixtures.js';

const DEALS = [640, 214, 96, 41] as const;
const AMOUNTS = ['96000000', '48500000', '31200000', '18400000'] as const;

export const none: Estimate = { value: null, low: null, high: null };

export function say(language: Language, ru: string, en: string): string {
  return language === 'ru' ? ru : en;
}

export function estimate(value: number, low: number, high: number): Estimate {
  return { value, low, high };
}

function stageNames(language: Language): readonly string[] {
  return language === 'ru'
    ? ['Новая заявка', 'КП направлено', 'Согласование договора с юристами клиента', 'Счёт']
    : ['New', 'Offer sent', 'Contract with the client’s lawyers', 'Invoice'];
}

function products(language: Language): readonly { readonly id: string; readonly name: string }[] {
  return [
    { id: 'p1', name: say(language, 'Внедрение', 'Roll-out') },
    { id: 'p2', name: say(language, 'Поддержка', 'Support') },
    { id: 'p3', name: say(language, 'Обучение', 'Training') },
  ];
}

export function choicesOf(language: Language): InsightChoicesView {
  return {
    pipelines: [
      { id: '0', name: say(language, 'Продажи', 'Sales') },
      { id: '4', name: say(language, 'Продление', 'Renewals') },
    ],
    products: products(language),
    sellers: [
      { id: '3', name: say(language, 'Анна Лебедева', 'Anna Lebedeva') },
      { id: '5', name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev') },
    ],
    departments: [{ id: 'd1', name: say(language, 'Отдел продаж', 'Sales department') }],
    sources: [
      { id: 's1', name: say(language, 'Сайт', 'Site') },
      { id: 's2', name: say(language, 'Звонок', 'Call') },
    ],
    last: null,
  };
}

export function funnelOf(language: Language, sparse: boolean): FunnelView['stages'] {
  const open = stageNames(language).map((name, index) => ({
    id: `S${index}`,
    name,
    kind: 'open' as const,
    now: {
      deals: sparse ? 1 : (DEALS[index] ?? 0),
      amount: sparse ? '150000' : (AMOUNTS[index] ?? '0'),
      drill: `now-S${index}`,
    },
    fromPrevious:
      sparse || index === 0 ? none : estimate(0.62 - index * 0.1, 0.57 - index * 0.1, 0.66 - index * 0.1),
  }));
  return [
    ...open,
    {
      id: 'WON',
      name: say(language, 'Деньги на счёте', 'Money received'),
      kind: 'won',
      now: { deals: 310, amount: '88100000', drill: 'now-WON' },
      fromPrevious: sparse ? none : estimate(0.4, 0.36, 0.44),
      fromPreviousDrill: 'from-WON',
    },
    {
      id: 'LOST',
      name: say(language, 'Отказ', 'Refused'),
      kind: 'lost',
      now: { deals: 690, amount: '140000000', drill: 'now-LOST' },
      fromPrevious: none,
    },
  ];
}

export function crossingsOf(language: Language): FunnelView['crossings'] {
  const columns = products(language);
  const rowsOf = (names: readonly string[]): FunnelView['crossings'][number]['rows'] =>
    names.map((name, row) => ({
      id: `r${row}`,
      name,
      cells: columns.map((_, column) =>
        row === 1 && column === 2
          ? null
          : {
              deals: 12 * (row + 1) + 7 * column,
              amount: `${(row + 2) * 1_400_000}`,
              drill: `cell-${row}-${column}`,
            },
      ),
    }));
  return [
    { by: 'stage', columns, rows: rowsOf(stageNames(language)) },
    { by: 'seller', columns, rows: rowsOf(choicesOf(language).sellers.map((seller) => seller.name)) },
    { by: 'client', columns, rows: rowsOf([HOSTILE_TITLE, say(language, 'ООО «Ромашка»', 'Daisy Ltd')]) },
  ];
}

export function stagesOf(language: Language, sparse: boolean): StagesView['stages'] {
  const medians = [2.5, 21, 34, 9];
  const months = ['2026-07', '2026-08', '2026-09', '2026-10'];
  return stageNames(language).map((name, index) => {
    const median = medians[index] ?? 1;
    const curve = Array.from({ length: 24 }, (_, point) => ({
      days: (point * median) / 6,
      staying: Math.exp((-Math.LN2 * point) / 6),
    }));
    return {
      id: `S${index}`,
      name,
      visits: sparse ? 4 : 900 - index * 180,
      open: DEALS[index] ?? 0,
      median: sparse ? none : estimate(median, median * 0.85, median * 1.2),
      q1: sparse ? null : median * 0.4,
      // The third quarter of the last stage but one has not left yet.
      q3: sparse || index === 2 ? null : median * 2,
      advanced: sparse ? none : estimate(0.62 - index * 0.08, 0.56 - index * 0.08, 0.68 - index * 0.08),
      lost: sparse ? none : estimate(0.24 + index * 0.05, 0.2 + index * 0.05, 0.28 + index * 0.05),
      byCohort: months.map((month, place) => ({
        month,
        share: sparse || place === 3 ? null : 0.5 + place * 0.04,
        deals: 40,
        drill: `entered-S${index}-${month}`,
      })),
      byPeriod: months.map((month, place) => ({
        month,
        share: sparse ? null : 0.44 + place * 0.05,
        deals: 52,
      })),
      curve: sparse ? [] : curve,
      drill: `visits-S${index}`,
      openDrill: `open-S${index}`,
      advancedDrill: `advanced-S${index}`,
      lostDrill: `lost-S${index}`,
    };
  });
}

export function weakestOf(language: Language, sparse: boolean): WeakestView['stages'] {
  return stageNames(language).map((name, index) => ({
    id: `S${index}`,
    name,
    conversion: sparse ? none : estimate(0.42, 0.36, 0.48),
    bestQuarter: sparse
      ? null
      : { label: say(language, 'I кв. 2026', 'Q1 2026'), conversion: 0.55, drill: `best-S${index}` },
    leak: sparse ? none : estimate(4_200_000 / (1 + Math.abs(index - 1)), 2_600_000 / (1 + index), 5_900_000),
    whatIfBestQuarter: sparse ? none : estimate(3_100_000, 1_800_000, 4_400_000),
    whatIfFaster: sparse ? none : estimate(1_200_000, 400_000, 2_000_000),
    drill: `lost-S${index}`,
    advancedDrill: `went-on-S${index}`,
  }));
}

export function sellersOf(language: Language, head: (ru: string, en: string) => InsightHead): SellersView {
  return {
    ...head('Дмитрий Ковалёв загружен на 138 %.', 'Dmitry Kovalev is planned to 138%.'),
    sellers: choicesOf(language).sellers.map((seller, index) => ({
      ...seller,
      openDeals: 84 + index * 60,
      plannedMinutes: 1_500 + index * 1_800,
      capacityMinutes: 2_400,
      load: 0.62 + index * 0.76,
      won: 41 - index * 20,
      lost: 60,
      conversion: estimate(0.4 - index * 0.15, 0.31 - index * 0.1, 0.5 - index * 0.13),
      revenue: '18400000',
      medianCycle: 41 + index * 20,
      stepsDone: 610,
      stepsFailedByOmission: 4 + index * 30,
      topReason: say(language, 'Дорого', 'Too dear'),
      drill: `seller-${seller.id}`,
      wonDrill: `won-${seller.id}`,
      lostDrill: `lost-${seller.id}`,
      closedDrill: `closed-${seller.id}`,
      plannedDrill: `planned-${seller.id}`,
      doneDrill: `done-${seller.id}`,
      omittedDrill: `omitted-${seller.id}`,
      reasonDrill: `reason-${seller.id}`,
    })),
    best: [
      {
        text: say(
          language,
          'Звонят в первый час: 82 % против 31 %.',
          'They call within the first hour: 82% against 31%.',
        ),
      },
    ],
    handOver: [
      {
        userId: '5',
        name: say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
        text: say(
          language,
          'В отпуске с 1 декабря: 9 сделок передать Анне.',
          'Away from 1 December: hand 9 deals to Anna.',
        ),
        drill: 'hand-over',
      },
    ],
  };
}

export function forecastOf(
  language: Language,
  target: string | null,
  sparse: boolean,
  head: (ru: string, en: string) => InsightHead,
): ForecastView {
  return {
    ...head('В декабре ждём 14,2 млн (от 9,8 до 19,1).', 'December should bring 14.2M (9.8 to 19.1).'),
    months: ['2026-12', '2027-01', '2027-02'].map((month, index) => ({
      month,
      deals: sparse ? none : estimate(31 - index * 4, 22 - index * 4, 41 - index * 3),
      revenue: sparse
        ? none
        : estimate(14_200_000 - index * 2e6, 9_800_000 - index * 2e6, 19_100_000 - index * 2e6),
      drill: `month-${month}`,
    })),
    target,
    vacuum:
      target === null
        ? []
        : stageNames(language).map((name, index) => ({
            stageId: `S${index}`,
            name,
            needed: 120 - index * 20,
            present: 60,
            drill: `present-S${index}`,
            missing: Math.max(0, 60 - index * 20),
            late: false,
            by: '2026-11-29',
          })),
  };
}

export function clientsOf(
  language: Language,
  sparse: boolean,
  head: (ru: string, en: string) => InsightHead,
): ClientsView {
  return {
    ...head(
      'После внедрения поддержку берут в 2,4 раза чаще.',
      'After a roll-out support sells 2.4 times as often.',
    ),
    crossSales: sparse
      ? []
      : [
          {
            from: say(language, 'Внедрение', 'Roll-out'),
            to: say(language, 'Поддержка', 'Support'),
            lift: estimate(2.4, 1.7, 3.2),
            candidates: 37,
            drill: 'candidates',
          },
        ],
    loyalty: {
      repeatShare: sparse ? none : estimate(0.31, 0.27, 0.35),
      crossShare: sparse ? none : estimate(0.18, 0.14, 0.22),
      referralShare: sparse ? none : estimate(0.07, 0.05, 0.1),
      repeatRevenue: '27300000',
      repeatDrill: 'repeat',
      crossDrill: 'crossed',
      referralDrill: 'referred',
      revenueDrill: 'again',
    },
  };
}

export function lossesOf(language: Language, head: (ru: string, en: string) => InsightHead): LossesView {
  const names =
    language === 'ru'
      ? ['Дорого', 'Не отвечает', HOSTILE_TITLE]
      : ['Too dear', 'Does not answer', HOSTILE_TITLE];
  return {
    ...head('Чаще всего теряем из-за цены: 210 из 690.', 'The price is the commonest reason: 210 of 690.'),
    reasons: names.map((reason, index) => ({
      reason,
      deals: 210 - index * 70,
      amount: `${(3 - index) * 9_000_000}`,
      byStage: [
        { stageName: say(language, 'КП направлено', 'Offer sent'), deals: 120 - index * 30, drill: 'at' },
      ],
      bySeller: choicesOf(language).sellers.map(({ id, name }) => ({ name, deals: 30, drill: `by-${id}` })),
      byProduct: products(language).map(({ id, name }) => ({ name, deals: 20, drill: `by-${id}` })),
      bySource: choicesOf(language).sources.map(({ id, name }) => ({ name, deals: 15, drill: `by-${id}` })),
      drill: `reason-${index}`,
    })),
  };
}
