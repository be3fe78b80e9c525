import type { Company, CompanyDeal, CompanyPerson } from '../../src/sandbox/company/company.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Moscow keeps UTC+3 all year. */
const MOSCOW = 3 * HOUR;
export const DAYS = 35;

export const BOSS = 1;
export const HEAD = 2;
const ANNA = 3;
const OLEG = 4;
const VERA = 5;
const IVAN = 6;
const LENA = 7;
const PETR = 8;
export const SELLERS = [ANNA, OLEG, VERA, IVAN, LENA, PETR] as const;
/** Does nothing at all, and answers nobody. */
export const IDLE_SELLER = IVAN;

export interface MonthAbsence {
  readonly userId: number;
  /** Days of the month, both included; 0 is the first Monday. */
  readonly from: number;
  readonly to: number;
  readonly deputyId: number | null;
  /** On which day the administrator hears of it, before work. */
  readonly knownOn: number;
}

export const ABSENCES: readonly MonthAbsence[] = [
  { userId: HEAD, from: 2, to: 3, deputyId: null, knownOn: 0 },
  { userId: OLEG, from: 7, to: 13, deputyId: null, knownOn: 0 },
  { userId: VERA, from: 9, to: 14, deputyId: ANNA, knownOn: 0 },
  { userId: LENA, from: 15, to: 15, deputyId: null, knownOn: 15 },
  { userId: PETR, from: 30, to: 31, deputyId: null, knownOn: 29 },
];

/** What somebody does with a deal. */
export interface Deed {
  readonly at: number;
  readonly deal: number;
  readonly kind: 'created' | 'worked' | 'moved' | 'won' | 'lost';
}

export interface MonthDeal {
  readonly number: number;
  readonly ownerId: number;
  /** Before the month begins, or as a new lead in it. */
  readonly createdAt: number;
}

export interface Month {
  readonly start: number;
  readonly end: number;
  readonly company: Company;
  readonly deals: readonly MonthDeal[];
  /** Everything that people do of their own accord, ascending. */
  readonly deeds: readonly Deed[];
}

/** Place in it is how far the deal is; each has another idle limit by default. */
export const OPEN_STAGES = ['NEW', 'WORK', 'OFFER'] as const;
const OLD_DEALS_EACH = 9;
/** From this day to that nobody works: the New Year's holidays with a margin. */
const SILENCE = { from: Date.UTC(0, 11, 30), to: Date.UTC(1, 0, 11) };

/** Five weeks around the next New Year: always ahead, since no clock of the simulation may go back. */
export function inventMonth(now: number): Month {
  const start = startAfter(now);
  const random = generator(20_261_122);
  const old = SELLERS.flatMap((ownerId, seller) =>
    Array.from({ length: OLD_DEALS_EACH }, (_, index) => ({
      number: seller * OLD_DEALS_EACH + index + 1,
      ownerId,
      createdAt: start - Math.ceil(random() * 3) * DAY - Math.floor(random() * 240) * MINUTE,
    })),
  );
  const leads = inventLeads(start, old.length, random);
  const deals = [...old, ...leads];
  const deeds = deals.flatMap((deal) => deedsOf(deal, start, random));
  return {
    start,
    end: start + DAYS * DAY,
    deals,
    deeds: deeds.toSorted((one, other) => one.at - other.at),
    company: companyOf(old, start),
  };
}

/** The Monday between 12 and 18 December, at midnight in Moscow. */
function startAfter(now: number): number {
  const year = new Date(now).getUTCFullYear();
  const last = Date.UTC(year, 11, 18) - MOSCOW;
  const from = last - 8 * DAY > now ? last : Date.UTC(year + 1, 11, 18) - MOSCOW;
  const weekday = (new Date(from + MOSCOW).getUTCDay() + 6) % 7;
  return from - weekday * DAY;
}

/** Minutes from midnight of a day of the month. Each week has its own minutes, so that no deed meets a limit of days. */
export function moment(start: number, day: number, hour: number, minute: number): number {
  return start + day * DAY + hour * HOUR + (minute + Math.floor(day / 7) * 7) * MINUTE;
}

export function isPresent(userId: number, start: number, at: number): boolean {
  const day = Math.floor((at - start) / DAY);
  return !ABSENCES.some((one) => one.userId === userId && one.from <= day && day <= one.to);
}

/** When the people of the script work: a little less than the calendar allows. */
function isWorkday(start: number, day: number): boolean {
  if (day % 7 >= 5) return false;
  const local = new Date(start + day * DAY + MOSCOW);
  const december = local.getUTCMonth() === 11;
  const place = Date.UTC(december ? 0 : 1, local.getUTCMonth(), local.getUTCDate());
  return place < SILENCE.from || place >= SILENCE.to;
}

/** A lead at noon of every second working day; some at the weekend and in the holidays. */
function inventLeads(start: number, from: number, random: () => number): readonly MonthDeal[] {
  const leads: MonthDeal[] = [];
  for (let day = 0; day < DAYS - 7; day += 1) {
    const workday = isWorkday(start, day);
    const count = workday ? 2 : day % 3 === 0 ? 1 : 0;
    for (let one = 0; one < count; one += 1) {
      const ownerId = SELLERS[Math.floor(random() * SELLERS.length)] ?? ANNA;
      leads.push({
        number: from + leads.length + 1,
        ownerId,
        createdAt: moment(start, day, workday ? 11 : 13, 40),
      });
    }
  }
  return leads;
}

function deedsOf(deal: MonthDeal, start: number, random: () => number): readonly Deed[] {
  const { number, ownerId, createdAt } = deal;
  const fresh = createdAt >= start;
  const created: readonly Deed[] = fresh ? [{ at: createdAt, deal: number, kind: 'created' }] : [];
  const dead = !fresh && number % OLD_DEALS_EACH < 2;
  if (ownerId === IDLE_SELLER || dead) return created;
  return [...created, ...worksOf(deal, start, random)];
}

function worksOf({ number, ownerId, createdAt }: MonthDeal, start: number, random: () => number): Deed[] {
  const deeds: Deed[] = [];
  const usualDays = ownerId === LENA ? 9 : 4;
  let stage = 0;
  let day = Math.floor((createdAt - start) / DAY);
  const atOnce = createdAt + 8 * MINUTE;
  const isPrompt = createdAt >= start && random() < 0.7;
  if (isPrompt && isAtWork(ownerId, start, atOnce)) deeds.push({ at: atOnce, deal: number, kind: 'worked' });
  for (;;) {
    day = Math.max(day, -1) + 1 + Math.floor(random() * usualDays);
    const at = moment(start, day, random() < 0.5 ? 10 : 15, 30);
    if (day >= DAYS) return deeds;
    if (!isAtWork(ownerId, start, at)) continue;
    const kind = kindOf(random(), stage);
    if (kind === 'moved') stage += 1;
    deeds.push({ at, deal: number, kind });
    if (kind === 'won' || kind === 'lost') return deeds;
  }
}

function isAtWork(userId: number, start: number, at: number): boolean {
  return isWorkday(start, Math.floor((at - start) / DAY)) && isPresent(userId, start, at);
}

function kindOf(chance: number, stage: number): Deed['kind'] {
  if (chance < 0.03) return 'won';
  if (chance < 0.06) return 'lost';
  return chance < 0.16 && stage + 1 < OPEN_STAGES.length ? 'moved' : 'worked';
}

function companyOf(deals: readonly MonthDeal[], start: number): Company {
  const stage = (code: string, name: string, kind: 'open' | 'won' | 'lost') =>
    ({ code, name, kind, color: '#39a8ef' }) as const;
  return {
    name: 'Месяц',
    language: 'ru',
    timeZone: 'Europe/Moscow',
    now: start,
    departments: [
      { id: 1, name: 'Компания', parentId: null, headId: BOSS },
      { id: 2, name: 'Продажи', parentId: 1, headId: HEAD },
    ],
    people: PEOPLE.map(([firstName, lastName], index) => personOf(index + 1, firstName, lastName)),
    pipelines: [
      {
        id: 0,
        name: 'Общая',
        stages: [
          stage('NEW', 'Новая', 'open'),
          stage('WORK', 'В работе', 'open'),
          stage('OFFER', 'Предложение', 'open'),
          stage('WON', 'Успех', 'won'),
          stage('LOSE', 'Провал', 'lost'),
        ],
      },
    ],
    products: [],
    clients: [],
    contacts: [],
    deals: deals.map(dealOf),
  };
}

const PEOPLE = [
  ['Борис', 'Директор'],
  ['Галина', 'Глава'],
  ['Анна', 'Аккуратная'],
  ['Олег', 'Отпускник'],
  ['Вера', 'Замещаемая'],
  ['Иван', 'Бездельник'],
  ['Лена', 'Забывчивая'],
  ['Пётр', 'Прилежный'],
] as const;

function personOf(id: number, firstName: string, lastName: string): CompanyPerson {
  return {
    id,
    firstName,
    lastName,
    email: `user${id}@example.com`,
    position: id <= HEAD ? 'Руководитель' : 'Менеджер',
    departmentIds: [id === BOSS ? 1 : 2],
    admin: id === BOSS,
    active: true,
    timeZone: 'Europe/Moscow',
  };
}

export function titleOf(number: number): string {
  return `Сделка № ${number}`;
}

function dealOf({ number, ownerId, createdAt }: MonthDeal): CompanyDeal {
  return {
    id: number,
    title: titleOf(number),
    pipelineId: 0,
    ownerId,
    amount: 1_000 * number,
    currency: 'RUB',
    clientId: null,
    contactId: null,
    productId: null,
    sourceId: null,
    createdAt,
    modifiedAt: createdAt,
    history: [{ at: createdAt, pipelineId: 0, stageCode: 'NEW' }],
  };
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
