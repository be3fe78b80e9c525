import type {
  DiagnosisView,
  DrillDealsView,
  FunnelView,
  InsightHead,
  StagesView,
  StuckKind,
  StuckView,
  WeakestView,
} from '../../../src/features/insight/insight.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import {
  clientsOf,
  forecastOf,
  lossesOf,
  sellersOf,
  choicesOf,
  crossingsOf,
  estimate,
  funnelOf,
  none,
  say,
  stagesOf,
  weakestOf,
} from './insight-facts.js';
import type { MockRoute } from './mock-server.js';

type Routes = Readonly<Record<string, MockRoute>>;

const KINDS: readonly StuckKind[] = ['noPlan', 'sellerIdle', 'waitingForClient', 'dead'];
const REMEDIES = {
  noPlan: 'startPlan',
  sellerIdle: 'push',
  waitingForClient: 'wait',
  dead: 'close',
} as const;

/** A company of insight in memory. `sparse`: so few deals that nothing can be derived. */
export function mockInsight(language: Language, now: number, sparse = false): Routes {
  const head = (ru: string, en: string): InsightHead => ({
    sentence: sparse
      ? say(
          language,
          'Данных пока мало: 4 прохождения, нужно 30.',
          'Too few data yet: 4 finished visits, 30 are needed.',
        )
      : say(language, ru, en),
    advice: sparse
      ? null
      : say(language, 'Начните с этапа «КП направлено».', 'Start with the stage “Offer sent”.'),
    tooFew: sparse,
    deals: sparse ? 4 : 1_991,
    leftOut: sparse
      ? []
      : [
          {
            mark: 'bulkMove',
            deals: 87,
            text: say(language, '87 сделок: передвинуты разом', '87 deals: moved in bulk'),
            drill: 'bulk',
          },
          {
            mark: 'imported',
            deals: 212,
            text: say(language, '212 сделок: пришли из импорта', '212 deals: came from an import'),
          },
        ],
    asOf: hoursFrom(now, 0),
    drill: 'all',
  });
  const stages = stagesOf(language, sparse);
  const funnel: FunnelView = {
    ...head(
      'В работе 991 сделка на 194,1 млн. Больше всего стоит на этапе «Новая заявка».',
      '991 deals worth 194.1M are open. Most stand in “New”.',
    ),
    stages: funnelOf(language, sparse),
    crossings: crossingsOf(language),
  };
  const weakest = weakestOf(language, sparse);
  const diagnosis: DiagnosisView = {
    ...head(
      'Слабее всего этап «КП направлено»: за квартал потеряно около 4,2 млн.',
      '“Offer sent” is weakest: about 4.2M were lost there in a quarter.',
    ),
    company: { deals: 12_480, since: '2023-02-01T00:00:00Z', pipelines: 2, sellers: 7 },
    funnel: funnel.stages,
    stages,
    cycle: {
      censoredMedian: sparse ? none : estimate(69, 61, 78),
      closedOnlyMedian: sparse ? null : 45,
      closedDrill: 'closed',
    },
    zombies: {
      deals: 143,
      amount: '21900000',
      text: say(
        language,
        'О них ничего не слышно дольше 45 дней.',
        'Nothing was heard of them for over 45 days.',
      ),
      drill: 'dead',
    },
    weakest: weakest[1] ?? null,
    planWouldChange: {
      text: say(
        language,
        'План по шагам вернёт часть сделок, которые сейчас теряются без следующего шага.',
        'A plan of steps brings back some of the deals that are lost for want of a next step.',
      ),
      money: sparse ? none : estimate(4_200_000, 2_600_000, 5_900_000),
    },
  };
  return {
    'GET /api/insight/choices': () => choicesOf(language),
    'PUT /api/insight/last': () => undefined,
    'GET /api/insight/funnel': () => funnel,
    'GET /api/insight/stages': () =>
      ({
        ...head(
          'Дольше всего стоят на «КП направлено»: 21 день.',
          'Deals stay longest in “Offer sent”: 21 days.',
        ),
        restsOn: 'visits',
        conversion: {
          sentence: say(
            language,
            'Больше всего сделок теряется на «КП направлено»: 29 % заходов.',
            'Most deals are lost in “Offer sent”: 29% of the visits.',
          ),
          advice: null,
        },
        stages,
      }) satisfies StagesView,
    'GET /api/insight/weakest': () =>
      ({
        ...head('Этап «КП направлено» стоит дороже всего: 4,2 млн.', '“Offer sent” costs most: 4.2M.'),
        stages: weakest,
        structure: [
          {
            kind: 'split',
            stageName: say(language, 'КП направлено', 'Offer sent'),
            why: say(
              language,
              'В нём две волны: через 3 и через 30 дней.',
              'It has two waves: after 3 and after 30 days.',
            ),
          },
        ],
      }) satisfies WeakestView,
    'GET /api/insight/stuck': stuckRoute(language, now, head),
    'GET /api/insight/sellers': () => sellersOf(language, head),
    'GET /api/insight/forecast': ({ query }) => forecastOf(language, query.get('target'), sparse, head),
    'GET /api/insight/clients': () => clientsOf(language, sparse, head),
    'GET /api/insight/losses': () => lossesOf(language, head),
    'GET /api/insight/diagnosis': () => diagnosis,
    'GET /api/insight/deals': ({ query }) => drilled(language, now, query.get('drill'), query.get('after')),
    'GET /api/insight/export/:page': ({ params, query }) => `${params['page']}.${query.get('format')}`,
    'GET /api/panel/choices': () => ({
      reasons: [
        { key: 'price', name: say(language, 'Дорого', 'Too dear'), uses: ['loss'] },
        { key: 'later', name: say(language, 'Позже', 'Later'), uses: ['snooze'] },
      ],
    }),
    'POST /api/panel/actions': ({ body }) => ({
      done: 1,
      refused: [],
      undo: (body as { kind: string }).kind === 'push' ? null : 'u-1',
    }),
    'POST /api/panel/undo': () => ({ done: 1, refused: [], undo: null }),
  };
}

function stuckRoute(
  language: Language,
  now: number,
  head: (ru: string, en: string) => InsightHead,
): MockRoute {
  const row = (index: number): StuckView['rows'][number] => {
    const kind = KINDS[index % 4] ?? 'noPlan';
    return {
      id: `D_${index}`,
      path: `/crm/deal/details/${index}/`,
      title:
        index === 4
          ? HOSTILE_TITLE
          : `${say(language, 'Внедрение CRM: клиент', 'CRM for client')} ${index + 1}`,
      stageName: say(language, 'КП направлено', 'Offer sent'),
      ownerName: index === 3 ? null : say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
      amount: '540000.00',
      kind,
      days: 34 - index,
      norm: 21,
      chance: 0.18,
      why: say(
        language,
        'Стоит 34 дня, половина уходит за 21. Последнее событие: звонок 14 ноября.',
        'In this stage for 34 days, half leave within 21. Last event: a call on 14 November.',
      ),
      lastEventAt: hoursFrom(now, -24 * 8),
      remedy: REMEDIES[kind],
    };
  };
  const count = (deals: number): { readonly deals: number; readonly amount: string } => ({
    deals,
    amount: `${deals * 540_000}`,
  });
  return ({ query }) => {
    const kinds = query.getAll('kinds');
    const all = Array.from({ length: 48 }, (_, index) => row(index)).filter(
      (one) => kinds.length === 0 || kinds.includes(one.kind),
    );
    const start = Number(query.get('after') ?? 0);
    return {
      ...head('Застряли 48 сделок на 25,9 млн.', '48 deals worth 25.9M are stuck.'),
      counts: { noPlan: count(12), sellerIdle: count(12), waitingForClient: count(12), dead: count(12) },
      rows: all.slice(start, start + 10),
      next: start + 10 < all.length ? String(start + 10) : null,
    } satisfies StuckView;
  };
}

/** Three deals on the first page and two on the second: what the list adds up to is what the head says. */
function drilled(
  language: Language,
  now: number,
  drill: string | null,
  after: string | null,
): DrillDealsView {
  const all = Array.from({ length: 5 }, (_, index) => ({
    id: `D_${index}`,
    path: `/crm/deal/details/${index}/`,
    title: index === 1 ? HOSTILE_TITLE : `${say(language, 'Клиент', 'Client')} ${index + 1}`,
    stageName: say(language, 'КП направлено', 'Offer sent'),
    ownerName: say(language, 'Анна Лебедева', 'Anna Lebedeva'),
    amount: `${(index + 1) * 100_000}`,
    since: hoursFrom(now, -24 * (index + 3)),
    note: drill,
  }));
  const start = Number(after ?? 0);
  return {
    deals: all.slice(start, start + 3),
    total: all.length,
    amount: '1500000',
    next: start + 3 < all.length ? '3' : null,
  };
}
