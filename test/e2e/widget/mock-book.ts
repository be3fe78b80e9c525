import type {
  BookChoicesView,
  BookEntryView,
  BookSubscriptionsView,
  NewBookEntry,
} from '../../../src/features/salesbook/salesbook.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

const PAGE = 20;
const PEOPLE = { ru: ['Анна Лебедева', 'Дмитрий Ковалёв'], en: ['Anna Lebedeva', 'Dmitry Kovalev'] } as const;

/** A Sales Book in memory. */
export interface MockBook {
  readonly routes: Readonly<Record<string, MockRoute>>;
  readonly entries: BookEntryView[];
  readonly written: NewBookEntry[];
  own: BookSubscriptionsView['own'];
}

export function mockBook(language: Language, now: number, total = 34): MockBook {
  const book: MockBook = {
    entries: Array.from({ length: total }, (_, index) => entryOf(language, now, total - index)),
    written: [],
    own: [],
    routes: {},
  };
  return Object.assign(book, {
    routes: {
      'GET /api/book': ({ query }: Asked) => pageOf(book, query),
      'POST /api/book': ({ body }: Asked) => write(book, language, body as NewBookEntry),
      'PUT /api/book/entries/:entryId/planned': ({ params, body }: Asked) =>
        settle(book, params['entryId'], body),
      'GET /api/book/choices': () => choicesOf(language),
      'GET /api/book/deals': () => ({ deals: [{ id: 'D_7', name: dealTitle(language) }] }),
      'GET /api/book/subscriptions': () => ({ own: book.own }),
      'PUT /api/book/subscriptions': ({ body }: Asked) => {
        const { own } = body as BookSubscriptionsView;
        book.own = own.map((one) => ({ ...one, name: PEOPLE[language][Number(one.id)] ?? '' }));
        return undefined;
      },
      'GET /api/book/export': () => ({ csv: true }),
      'GET /api/book/verify': () => ({
        entries: book.entries.length,
        intact: true,
        brokenAt: null,
        head: 'c0ffee'.repeat(10),
      }),
    },
  });
}

type Asked = Parameters<MockRoute>[0];

function pageOf(book: MockBook, query: URLSearchParams): object {
  const kinds = query.getAll('kinds');
  const q = (query.get('q') ?? '').toLowerCase();
  const fitting = book.entries.filter(
    (entry) =>
      (kinds.length === 0 || kinds.includes(entry.kind)) &&
      (q === '' || entry.text.toLowerCase().includes(q)),
  );
  const start = Number(query.get('after') ?? 0);
  const next = start + PAGE < fitting.length ? String(start + PAGE) : null;
  return { entries: fitting.slice(start, start + PAGE), next };
}

function write(book: MockBook, language: Language, entry: NewBookEntry): object {
  book.written.push(entry);
  const id = String(book.entries.length + 1);
  const planned = entry.kind === 'plannedEvent' ? { at: entry.at, state: 'ahead' as const } : null;
  book.entries.unshift({
    ...entryOf(language, Date.now(), 2),
    id,
    at: new Date().toISOString(),
    kind: entry.kind,
    text: entry.text,
    byHand: true,
    mayCorrect: true,
    planned,
  });
  return { id };
}

function settle(book: MockBook, id: string | undefined, body: unknown): undefined {
  const index = book.entries.findIndex((entry) => entry.id === id);
  const entry = book.entries[index];
  const { state } = body as { state: 'done' | 'cancelled' };
  if (entry?.planned) book.entries[index] = { ...entry, planned: { ...entry.planned, state } };
}

function dealTitle(language: Language): string {
  return language === 'ru' ? 'Внедрение CRM: Ромашка' : 'CRM for Daisy';
}

function textsOf(language: Language, place: number) {
  const ru = language === 'ru';
  return {
    stageMoved: ru
      ? 'Сделка перешла с этапа «Новая заявка» на этап «КП направлено»'
      : 'The deal moved from “New” to “Offer sent”',
    note:
      place === 1
        ? HOSTILE_TITLE
        : ru
          ? 'Клиент просит договор до пятницы'
          : 'The client wants the contract by Friday',
    plannedEvent: ru
      ? 'Запланировано на 30 ноября, 15:00: встреча с директором'
      : 'Planned for 30 November, 15:00: meeting the director',
    pushed: ru ? 'Пуш → Анна Лебедева: что с договором?' : 'A push → Anna Lebedeva: what about the contract?',
    won: ru ? 'Сделка выиграна, 120 000 ₽' : 'The deal was won, RUB 120,000',
    stepFailed: ru
      ? 'Шаг «Позвоните» не дал результата: не дозвонились'
      : 'The step “Call” came to nothing: nobody answered',
  };
}

function entryOf(language: Language, now: number, place: number): BookEntryView {
  const kinds = ['stageMoved', 'note', 'plannedEvent', 'pushed', 'won', 'stepFailed'] as const;
  const kind = kinds[place % kinds.length] ?? 'note';
  const byHand = kind === 'note' || kind === 'plannedEvent';
  return {
    id: String(place),
    at: hoursFrom(now, (place - 34) * 5 - 1),
    kind,
    text: textsOf(language, place)[kind],
    byName: byHand ? (PEOPLE[language][place % 2] ?? null) : null,
    byHand,
    dealId: 'D_7',
    dealTitle: place % 5 === 0 ? HOSTILE_TITLE : dealTitle(language),
    dealPath: '/crm/deal/details/7/',
    told: place % 3 === 0 ? [PEOPLE[language][1]] : [],
    planned:
      kind === 'plannedEvent'
        ? { at: hoursFrom(now, place % 4 === 0 ? -2 : 30), state: place % 4 === 0 ? 'due' : 'ahead' }
        : null,
    correctedBy: place === 7 ? '31' : null,
    mayCorrect: byHand,
  };
}

function choicesOf(language: Language): BookChoicesView {
  const people = PEOPLE[language].map((name, index) => ({ id: String(index), name }));
  return {
    sellers: people,
    products: [{ id: '1', name: language === 'ru' ? 'Финансовый консалтинг' : 'Financial consulting' }],
    people,
    mayVerify: true,
    channels: ['host'],
  };
}
