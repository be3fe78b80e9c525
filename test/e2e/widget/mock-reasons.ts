import type {
  ReasonDealsView,
  ReasonsBy,
  ReasonsReportView,
} from '../../../src/features/pushing/reasons.view.js';
import { HOSTILE_TITLE, type Language } from './fixtures.js';
import { say, type Routes } from './mock-exceptions.js';

export function reasonsRoutes(language: Language): Routes {
  return {
    'GET /api/reasons': ({ query }) => reportOf(language, (query.get('by') ?? 'stage') as ReasonsBy),
    'GET /api/reasons/deals': ({ query }) => dealsOf(language, query),
  };
}

function reportOf(language: Language, by: ReasonsBy): ReasonsReportView {
  const silent = say(language, 'Клиент не отвечает', 'The client does not answer');
  const client = say(language, 'Отказ клиента', 'The client’s refusal');
  const omission = say(language, 'Упущение продавца', 'The seller’s omission');
  const rows = {
    stage: [say(language, 'Предложение', 'Offer'), say(language, 'Договор', 'Contract')],
    seller: [
      say(language, 'Анна Лебедева', 'Anna Lebedeva'),
      say(language, 'Дмитрий Ковалёв', 'Dmitry Kovalev'),
    ],
    product: [say(language, 'Внедрение', 'Roll-out'), say(language, 'Поддержка', 'Support')],
  }[by];
  return {
    from: '2026-08-25',
    to: '2026-11-22',
    by,
    pipelineId: null,
    pipelines: [
      { id: '0', name: say(language, 'Продажи', 'Sales') },
      { id: '4', name: say(language, 'Продление', 'Renewals') },
    ],
    sentence: say(
      language,
      'Чаще всего мешает: клиент не отвечает — 60 из 100.',
      'Most often: the client does not answer, 60 of 100.',
    ),
    total: 100,
    reasons: [
      {
        ...{ id: 'silent', name: silent, cause: 'client', causeName: client },
        ...{ count: 60, share: 0.6, steps: 40, losses: 15, snoozes: 5 },
      },
      {
        ...{ id: 'late', name: HOSTILE_TITLE, cause: 'omission', causeName: omission },
        ...{ count: 40, share: 0.4, steps: 40, losses: 0, snoozes: 0 },
      },
    ],
    causes: [
      { cause: 'client', name: client, count: 60 },
      { cause: 'omission', name: omission, count: 40 },
    ],
    groups: [
      { id: 'a', name: rows[0] ?? '', total: 70, counts: [50, 20] },
      { id: 'b', name: rows[1] ?? '', total: 30, counts: [10, 20] },
    ],
    precede: [
      {
        id: 'silent',
        name: silent,
        deals: 80,
        lost: 60,
        lift: { value: 1.5, low: 1.2, high: 1.8 },
        text: say(
          language,
          'После этой причины проигрывают в 1,5 раза чаще (от 1,2 до 1,8).',
          'Deals that met it are lost 1.5 times as often (1.2 to 1.8).',
        ),
      },
      {
        id: 'late',
        name: HOSTILE_TITLE,
        deals: 4,
        lost: 0,
        lift: null,
        text: say(language, 'Сделок 4: для вывода мало.', '4 deals: too few to say.'),
      },
    ],
  };
}

function dealsOf(language: Language, query: URLSearchParams): ReasonDealsView {
  const deal = (n: number): ReasonDealsView['deals'][number] => ({
    dealId: `D_${n}`,
    title: n === 1 ? HOSTILE_TITLE : say(language, `Клиент ${n}`, `Client ${n}`),
    dealPath: n === 2 ? null : `/crm/deal/details/${n}/`,
    at: '2026-11-20T09:00:00Z',
    sellerName: say(language, 'Анна Лебедева', 'Anna Lebedeva'),
    stageName: say(language, 'Предложение', 'Offer'),
    use: 'step',
    reasonName: say(language, 'Клиент не отвечает', 'The client does not answer'),
    words: n === 1 ? say(language, 'Три звонка без ответа', 'Three calls, no answer') : null,
  });
  const after = query.get('after');
  return after === null
    ? { total: 3, deals: [deal(1), deal(2)], next: 'n2' }
    : { total: 3, deals: [deal(3)], next: null };
}
