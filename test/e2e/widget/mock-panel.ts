import type {
  PanelAction,
  PanelBoardView,
  PanelChoicesView,
  PanelDrawerView,
  PanelMark,
  PanelPageView,
  PanelRowView,
} from '../../../src/features/pushing/panel.view.js';
import { HOSTILE_TITLE, hoursFrom, planView, type Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

const STAGES = [
  { id: 'NEW', name: { ru: 'Новая заявка', en: 'New' }, kind: 'open' },
  { id: 'OFFER', name: { ru: 'КП направлено', en: 'Offer sent' }, kind: 'open' },
  { id: 'WON', name: { ru: 'Деньги на счёте', en: 'Money received' }, kind: 'won' },
  { id: 'LOST', name: { ru: 'Отказ', en: 'Refused' }, kind: 'lost' },
] as const;
const SELLERS = {
  ru: ['Анна Лебедева', 'Дмитрий Ковалёв'],
  en: ['Anna Lebedeva', 'Dmitry Kovalev'],
} as const;
const MARKS: readonly PanelMark[] = [
  'overdue',
  'stuck',
  'noPlan',
  'noNextStep',
  'pushedUnanswered',
  'unsorted',
  'today',
  'waiting',
];

/** A company of the panel in memory: rows are made when they are asked for, so that there may be any number of them. */
export interface MockPanel {
  readonly routes: Readonly<Record<string, MockRoute>>;
  /** Actions that the server was asked for. */
  readonly acted: PanelAction[];
  /** Deals that the next action refuses, with words. */
  refuse: Readonly<Record<string, string>>;
  /** The host takes its time: deals that were asked to move are on their way as long as this is so. */
  slowHost: boolean;
  /** The person's last filter cannot be kept as long as this is so. */
  forgets: boolean;
}

export function mockPanel(language: Language, now: number, total = 260): MockPanel {
  const acted: PanelAction[] = [];
  const gone = new Set<string>();
  const stageOf = new Map<string, string>();
  const panel: MockPanel = { acted, refuse: {}, slowHost: false, forgets: false, routes: {} };
  const pushed = new Set<string>();
  const row = (index: number): PanelRowView => ({
    ...moved(index),
    ...(pushed.has(`D_${index}`) && { push: waitingSince(now) }),
  });
  const moved = (index: number): PanelRowView => {
    const aim = STAGES.find((stage) => stage.id === stageOf.get(`D_${index}`));
    if (!aim || !panel.slowHost) return rowOf(language, now, index, aim?.id);
    const moving = { stageId: aim.id, stageName: aim.name[language] };
    return { ...rowOf(language, now, index, undefined), moving };
  };
  const act: MockRoute = ({ body }) => {
    const action = body as PanelAction;
    acted.push(action);
    const done = action.dealIds.filter((id) => panel.refuse[id] === undefined);
    for (const id of done) {
      if (action.kind === 'close') gone.add(id);
      if (action.kind === 'push') pushed.add(id);
      if (action.kind === 'move') stageOf.set(id, action.stageId);
    }
    const refused = Object.entries(panel.refuse).map(([dealId, why]) => ({ dealId, why }));
    return { done: done.length, refused, undo: action.kind === 'push' ? null : 'u-1' };
  };
  const page: MockRoute = ({ query }): PanelPageView => {
    const marks = query.getAll('marks');
    const all = (index: number): boolean =>
      !gone.has(`D_${index}`) &&
      (marks.length === 0 || marks.some((mark) => marksAt(index).includes(mark as PanelMark)));
    const start = Number(query.get('after') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    const rows: PanelRowView[] = [];
    let index = start;
    for (; index < total && rows.length < limit; index += 1) if (all(index)) rows.push(row(index));
    return {
      rows,
      next: index < total ? String(index) : null,
      total: marks.length > 0 ? Math.ceil(total / MARKS.length) : total - gone.size,
      counts: countsOf(total),
      now: new Date(now).toISOString(),
    };
  };
  const undo: MockRoute = () => {
    gone.clear();
    stageOf.clear();
    return { done: 1, refused: [], undo: null };
  };
  return Object.assign(panel, {
    routes: {
      'GET /api/panel': page,
      'GET /api/panel/choices': () => choicesOf(language),
      'GET /api/panel/board': () => boardOf(language, now, [...Array(6).keys()].map(row)),
      'GET /api/panel/deals/:dealId': ({ params }: { params: Readonly<Record<string, string>> }) =>
        drawerOf(language, now, row(Number(params['dealId']?.slice(2)))),
      'GET /api/plan/:dealId': () => planView(language, now),
      'POST /api/panel/actions': act,
      'POST /api/panel/undo': undo,
      'PUT /api/panel/last': () => (panel.forgets ? { status: 409, code: 'busy' } : undefined),
      'PUT /api/panel/views/:id': () => undefined,
    },
  });
}

function waitingSince(now: number): PanelRowView['push'] {
  const at = new Date(now).toISOString();
  return { id: 'p', at, byName: null, state: 'waiting', answer: null, coolUntil: hoursFrom(now, 1) };
}

function marksAt(index: number): readonly PanelMark[] {
  if (index % 9 === 8) return [];
  const first = MARKS[index % MARKS.length] ?? 'overdue';
  return index % 3 === 0 && first !== 'stuck' ? [first, 'stuck'] : [first];
}

function countsOf(total: number): Readonly<Record<PanelMark, number>> {
  return Object.fromEntries(MARKS.map((mark) => [mark, Math.ceil(total / MARKS.length)])) as Record<
    PanelMark,
    number
  >;
}

function rowOf(language: Language, now: number, index: number, moved: string | undefined): PanelRowView {
  const ru = language === 'ru';
  const stage = STAGES.find((one) => one.id === moved) ?? STAGES[index % 2] ?? STAGES[0];
  const marks = marksAt(index);
  return {
    dealId: `D_${index}`,
    dealPath: `/crm/deal/details/${index}/`,
    title: index === 1 ? HOSTILE_TITLE : `${ru ? 'Внедрение CRM: клиент' : 'CRM for client'} ${index + 1}`,
    pipelineId: '0',
    stageId: stage.id,
    stageName: stage.name[language],
    ownerId: String(index % 2),
    ownerName: SELLERS[language][index % 2] ?? null,
    amount: index % 5 === 4 ? null : String(100_000 + index * 250),
    currency: index % 5 === 4 ? null : 'RUB',
    createdAt: hoursFrom(now, -500 - index),
    stageSince: hoursFrom(now, -300),
    daysInStage: 12 + (index % 40),
    normDays: index % 2 === 0 ? 7.5 : null,
    nextStep: marks.includes('noPlan') ? null : nextStepOf(language, now, marks.includes('overdue')),
    doneSteps: 2,
    openSteps: 9,
    overdueSteps: marks.includes('overdue') ? 1 : 0,
    marks,
    why: marks.includes('stuck')
      ? [
          {
            mark: 'stuck',
            text: ru ? 'На этапе 12 дней, обычно 7,5.' : 'In this stage for 12 days, usually 7.5.',
          },
        ]
      : [],
    lastEventAt: hoursFrom(now, -200),
    snoozedUntil: null,
    push: null,
  };
}

function nextStepOf(language: Language, now: number, overdue: boolean): PanelRowView['nextStep'] {
  return {
    id: 'call~1',
    title: language === 'ru' ? 'Позвоните и договоритесь о встрече' : 'Call and arrange a meeting',
    dueAt: hoursFrom(now, overdue ? -26 : 20),
    overdue,
  };
}

function choicesOf(language: Language): PanelChoicesView {
  return {
    sellers: SELLERS[language].map((name, index) => ({ id: String(index), name })),
    departments: [
      { id: '1', name: language === 'ru' ? 'Отдел продаж' : 'Sales' },
      { id: '2', name: language === 'ru' ? 'Регионы' : 'Regions' },
    ],
    pipelines: [
      {
        id: '0',
        name: language === 'ru' ? 'Корпоративные продажи' : 'Corporate sales',
        stages: STAGES.map((stage) => ({ id: stage.id, name: stage.name[language], kind: stage.kind })),
      },
    ],
    products: [],
    reasons: [
      { key: 'price', name: language === 'ru' ? 'Не подошла цена' : 'The price did not fit', uses: ['loss'] },
      {
        key: 'later',
        name: language === 'ru' ? 'Клиент просил позже' : 'The client asked for later',
        uses: ['snooze'],
      },
    ],
    views: [],
    last: null,
    can: { push: true, reassign: true, closeDeals: true },
  };
}

function boardOf(language: Language, now: number, rows: readonly PanelRowView[]): PanelBoardView {
  return {
    columns: STAGES.map((stage) => {
      const cards = rows.filter((one) => one.stageId === stage.id);
      return {
        stageId: stage.id,
        name: stage.name[language],
        kind: stage.kind,
        total: cards.length,
        amount: String(cards.length * 100_000),
        cards,
        next: null,
      };
    }),
    counts: countsOf(rows.length),
    now: new Date(now).toISOString(),
  };
}

function drawerOf(language: Language, now: number, row: PanelRowView): PanelDrawerView {
  return {
    row,
    events: [
      {
        at: hoursFrom(now, -30),
        text: language === 'ru' ? 'Сделка перешла на этап «КП направлено»' : 'The deal moved to “Offer sent”',
        byName: SELLERS[language][0],
        told: [SELLERS[language][1]],
      },
    ],
    pushes: [
      {
        id: 'p1',
        at: hoursFrom(now, -50),
        byName: SELLERS[language][1],
        state: 'answered',
        answer: {
          kind: 'notDone',
          at: hoursFrom(now, -49),
          byName: SELLERS[language][0],
          until: null,
          reason: language === 'ru' ? 'Клиент в отпуске' : 'The client is on holiday',
        },
        coolUntil: null,
      },
    ],
  };
}
