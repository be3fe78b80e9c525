import type {
  Company,
  CompanyClient,
  CompanyContact,
  CompanyDeal,
  CompanyDepartment,
  CompanyPerson,
} from './company.js';
import { walkDeal } from './deal-walk.js';
import { demoPipelines, type CompanyLanguage } from './funnels.js';
import { ownFields, ownValues } from './own-fields.js';
import { Random } from './random.js';
import { SHARES, STAGE_TRUTH, type Absence, type CompanyTruth } from './truth.js';
import { companyWords, type CompanyWords } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Moscow keeps UTC+3 all year: no calendar is needed to bring deals into office hours. */
const MOSCOW_MS = 3 * HOUR_MS;
const SOURCES = ['CALL', 'WEB', 'EMAIL', 'RECOMMENDATION', 'ADVERTISING', 'PARTNER'] as const;

/** Beyond it the deals leave the company's own fields empty: a load test's portal stays as fast as it was. */
const DEALS_WITH_FIELDS = 5_000;

export interface GeneratorOptions {
  readonly seed: number;
  /** 1 to 1,000,000. */
  readonly deals: number;
  readonly language: CompanyLanguage;
  /** Epoch milliseconds: the whole company is dated back from here. */
  readonly now: number;
}

export interface GeneratedCompany extends Company {
  readonly truth: CompanyTruth;
}

/**
 * An invented company of fourteen people in three sales departments, with a known truth ({@link CompanyTruth}).
 * The same options give the same company. Deals are drawn one by one while they are iterated, each from its own
 * stream of chance, so a million of them cost no memory here and the list may be iterated again.
 *
 * @throws RangeError when `deals` is out of bounds or `now` is not an instant.
 */
export function generateCompany(options: GeneratorOptions): GeneratedCompany {
  const { deals, seed, now, language } = options;
  if (!Number.isSafeInteger(deals) || deals < 1 || deals > 1_000_000) {
    throw new RangeError(`deals must be a whole number from 1 to 1000000, got ${deals}`);
  }
  if (!Number.isSafeInteger(now)) throw new RangeError(`now must be epoch milliseconds, got ${now}`);
  const words = companyWords(language);
  const clients = makeClients(words, Math.min(Math.max(40, Math.ceil(deals / 5)), 20_000), seed);
  const contacts = makeContacts(words, clients, seed);
  const people = makePeople(words);
  const truth = makeTruth(seed, now);
  const base = {
    name: words.companyName,
    language,
    timeZone: 'Europe/Moscow',
    now,
    departments: makeDepartments(words),
    people,
    pipelines: demoPipelines(language),
    products: words.products.map(([name, price], index) => ({ id: index + 1, name, price })),
    fields: ownFields(
      language,
      words.products.map(([name]) => name),
    ),
    clients,
    contacts,
  };
  return {
    ...base,
    truth,
    deals: { [Symbol.iterator]: () => drawDeals(options, words, clients, people, truth) },
  };
}

function makeTruth(seed: number, now: number): CompanyTruth {
  const absences: Absence[] = [
    { personId: 7, from: now - 32 * DAY_MS, to: now - 18 * DAY_MS },
    { personId: 11, from: now - 9 * DAY_MS, to: now - 4 * DAY_MS },
    { personId: 5, from: now - 75 * DAY_MS, to: now - 61 * DAY_MS },
  ];
  return {
    ...SHARES,
    stages: STAGE_TRUTH,
    idleSellerIds: [8, 12],
    absences,
    isDead: (dealId) => new Random(seed ^ 0x5eed, dealId).chance(SHARES.deadShare),
  };
}

function makeDepartments(words: CompanyWords): readonly CompanyDepartment[] {
  return words.departments.map((name, index) => ({
    id: index + 1,
    name,
    parentId: index === 0 ? null : 1,
    headId: index + 1,
  }));
}

const DEPARTMENT_OF: readonly number[] = [1, 2, 3, 4, 2, 2, 2, 2, 4, 3, 3, 4, 4, 2];
const ZONE_OF: Readonly<Record<number, string>> = {
  3: 'Asia/Yekaterinburg',
  10: 'Asia/Yekaterinburg',
  11: 'Asia/Yekaterinburg',
  13: 'Asia/Vladivostok',
};
/** Left the company: closed deals keep the name, open ones went to the head of the department. */
const DISMISSED_ID = 14;

function makePeople(words: CompanyWords): readonly CompanyPerson[] {
  return words.people.map(([firstName, lastName, login], index) => {
    const id = index + 1;
    const rank = id === 1 ? 'director' : id <= 4 ? 'head' : 'seller';
    return {
      id,
      firstName,
      lastName,
      email: `${login}@compass.example`,
      position: words.positions[rank][id % 3 === 0 ? 1 : 0],
      departmentIds: [DEPARTMENT_OF[index] ?? 2],
      admin: id === 1,
      active: id !== DISMISSED_ID,
      timeZone: ZONE_OF[id] ?? 'Europe/Moscow',
    };
  });
}

function makeClients(words: CompanyWords, count: number, seed: number): readonly CompanyClient[] {
  const random = new Random(seed, 101);
  const seen = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const form = random.pick(words.clientForms);
    const core = [random.pick(words.clientRoots), random.pick(words.clientTails)].filter(Boolean).join(' ');
    const plain = form === '' ? core : `${form} «${core}»`;
    const times = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, times);
    return { id: index + 1, name: times === 1 ? plain : `${plain} ${times}` };
  });
}

function makeContacts(
  words: CompanyWords,
  clients: readonly CompanyClient[],
  seed: number,
): readonly CompanyContact[] {
  const random = new Random(seed, 202);
  return clients.map((client) => ({
    id: client.id,
    firstName: random.pick(words.contactFirst),
    lastName: random.pick(words.contactLast),
    clientId: client.id,
  }));
}

function* drawDeals(
  options: GeneratorOptions,
  words: CompanyWords,
  clients: readonly CompanyClient[],
  people: readonly CompanyPerson[],
  truth: CompanyTruth,
): Generator<CompanyDeal> {
  const headOf = new Map(people.filter((one) => one.id <= 4).map((one) => [one.departmentIds[0], one.id]));
  const absencesOf = Map.groupBy(truth.absences, (absence) => absence.personId);
  for (let id = 1; id <= options.deals; id += 1) {
    const random = new Random(options.seed, id + 1000);
    const pipelineId = random.chance(0.72) ? 0 : 1;
    const seller = people[1 + random.below(people.length - 1)] ?? people[1];
    if (seller === undefined) return;
    const createdAt = bornAt(random, options, id);
    const history = walkDeal(random, truth, {
      pipelineId,
      createdAt,
      now: options.now,
      dead: truth.isDead(id),
      slow: truth.idleSellerIds.includes(seller.id) ? truth.idleFactor : 1,
      absences: absencesOf.get(seller.id) ?? [],
    });
    const last = history.at(-1) ?? { at: createdAt, stageCode: 'NEW' };
    const open = last.stageCode !== 'WON' && last.stageCode !== 'LOSE';
    const ownerId = open && !seller.active ? (headOf.get(seller.departmentIds[0]) ?? 1) : seller.id;
    const touched = open && !truth.isDead(id) ? last.at + (options.now - last.at) * random.next() : last.at;
    const described = { id, createdAt, ...describe(random, words, clients, pipelineId) };
    yield {
      ...described,
      ...valuesOf(options, people, described),
      pipelineId,
      ownerId,
      currency: words.currency,
      sourceId: random.pick(SOURCES),
      modifiedAt: Math.round(touched),
      history,
    };
  }
}

function valuesOf(
  { seed, language, deals }: GeneratorOptions,
  people: readonly CompanyPerson[],
  deal: Parameters<typeof ownValues>[3],
): Pick<CompanyDeal, 'values'> {
  return deals > DEALS_WITH_FIELDS ? {} : { values: ownValues(seed, language, people, deal) };
}

function describe(
  random: Random,
  words: CompanyWords,
  clients: readonly CompanyClient[],
  pipelineId: number,
): Pick<CompanyDeal, 'title' | 'amount' | 'clientId' | 'contactId' | 'productId'> {
  const half = Math.ceil(words.products.length / 2);
  const place = pipelineId === 0 ? random.below(half + 1) : half + random.below(words.products.length - half);
  const [product, price] = words.products[place] ?? ['', 0];
  const client = random.pick(clients);
  const purpose = random.pick(words.purposes);
  const unit = price >= 10_000 ? 1000 : 10;
  const amount = Math.round((price * (0.6 + random.next() * 1.6)) / unit) * unit;
  return {
    title: [`${product}: ${client.name}`, purpose].filter(Boolean).join(', '),
    amount,
    clientId: client.id,
    contactId: random.chance(0.85) ? client.id : null,
    productId: place + 1,
  };
}

/** Spreads births evenly over the company's past (four to eighteen months, by number), in Moscow office hours. */
function bornAt(random: Random, options: GeneratorOptions, id: number): number {
  const spanMs = Math.min(Math.max(options.deals / 2.5, 120), 540) * DAY_MS;
  const even = options.now - spanMs + (spanMs * (id - random.next())) / options.deals;
  const local = even + MOSCOW_MS;
  const day = Math.floor(local / DAY_MS);
  const weekday = (day + 4) % 7;
  const shift = weekday === 6 ? -1 : weekday === 0 ? -2 : 0;
  const moment = (day + shift) * DAY_MS + 9 * HOUR_MS + random.next() * 9 * HOUR_MS - MOSCOW_MS;
  return Math.round(Math.min(moment, options.now - random.next() * HOUR_MS));
}
