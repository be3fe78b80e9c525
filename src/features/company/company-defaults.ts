import type { AccountLanguage, AccountSettings } from '../../contract/accounts.js';
import { standardCalendar } from '../../domain/calendar/work-calendar.js';
import type { DayHours } from '../../domain/calendar/work-calendar.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import type {
  CalendarPart,
  CataloguePart,
  FieldsPart,
  PeoplePart,
  RoleFacts,
  StoredReason,
} from './company.facts.js';

/** The calendar of an account that set none: its country and hours as the installation found them. */
export function defaultCalendar(
  settings: Pick<AccountSettings, 'country' | 'timeZone' | 'workFrom' | 'workTo'>,
): CalendarPart {
  const { country, timeZone, workFrom, workTo } = settings;
  const standard = standardCalendar(country).week;
  const usual = workFrom === 9 * 60 && workTo === 18 * 60;
  const day: DayHours = workFrom < workTo ? [{ from: workFrom, to: workTo }] : (standard[0] ?? []);
  return { country, timeZone, week: usual ? standard : [day, day, day, day, day, [], []], overrides: [] };
}

/** Roles that the library's templates name: they are always there. */
const BUILT_IN_ROLES: readonly { readonly key: string; readonly name: Bilingual }[] = [
  { key: 'qualifier', name: { ru: 'Квалификатор', en: 'Qualifier' } },
  { key: 'accountManager', name: { ru: 'Клиентский менеджер', en: 'Account manager' } },
  { key: 'projectManager', name: { ru: 'Менеджер проекта', en: 'Project manager' } },
  { key: 'productManager', name: { ru: 'Продакт-менеджер', en: 'Product manager' } },
];

export function isBuiltInRole(key: string): boolean {
  return BUILT_IN_ROLES.some((role) => role.key === key);
}

/** Built-in roles first, whether stored or not, then the company's own. */
export function completeRoles(stored: readonly RoleFacts[], language: AccountLanguage): readonly RoleFacts[] {
  const builtIn = BUILT_IN_ROLES.map(
    ({ key, name }) =>
      stored.find((role) => role.key === key) ?? { key, name: name[language], holderIds: [] },
  );
  return [...builtIn, ...stored.filter((role) => !isBuiltInRole(role.key))];
}

/** The group by which the library hands new clients round; empty, so that nobody gets any until somebody says who. */
const SELLERS: Bilingual = { ru: 'Продавцы', en: 'Sellers' };

/** People of an account that set nothing yet. */
export function defaultPeople(language: AccountLanguage): PeoplePart {
  const sellers = { key: 'sellers', name: SELLERS[language], memberIds: [], keeperId: null };
  return { roles: [], groups: [sellers] };
}

export const NO_FIELDS: FieldsPart = { map: {}, choices: {} };
export const NO_CATALOGUE: CataloguePart = { products: [], audiences: [], segments: [] };

type ReasonDraft = Omit<StoredReason, 'name' | 'retired'> & { readonly name: Bilingual };

const ALL = ['step', 'loss'] as const;

/** Reasons that every sales department meets; kept few, so that three taps find one. */
const REASONS: readonly ReasonDraft[] = [
  { key: 'price', cause: 'client', uses: ALL, name: { ru: 'Дорого', en: 'Too expensive' } },
  {
    key: 'competitor',
    cause: 'client',
    uses: ALL,
    name: { ru: 'Выбрали другого поставщика', en: 'Chose a competitor' },
  },
  { key: 'noNeed', cause: 'client', uses: ALL, name: { ru: 'Нет потребности', en: 'No need' } },
  { key: 'noBudget', cause: 'client', uses: ALL, name: { ru: 'Нет бюджета', en: 'No budget' } },
  {
    key: 'noContact',
    cause: 'client',
    uses: ['step', 'loss', 'snooze'],
    name: { ru: 'Не выходит на связь', en: 'Cannot be reached' },
  },
  {
    key: 'notNow',
    cause: 'client',
    uses: ['step', 'loss', 'snooze'],
    name: { ru: 'Отложили решение', en: 'Put the decision off' },
  },
  {
    key: 'wrongPerson',
    cause: 'client',
    uses: ['step'],
    name: { ru: 'Нет выхода на того, кто решает', en: 'No access to the decision maker' },
  },
  {
    key: 'noStock',
    cause: 'outer',
    uses: ALL,
    name: { ru: 'Не можем поставить или сделать', en: 'We cannot deliver it' },
  },
  {
    key: 'thirdParty',
    cause: 'outer',
    uses: ['step', 'snooze'],
    name: {
      ru: 'Ждём третью сторону: банк, перевозчика, ведомство',
      en: 'Waiting for a third party: bank, carrier, authority',
    },
  },
  {
    key: 'clientClosed',
    cause: 'outer',
    uses: ALL,
    name: { ru: 'Клиент закрылся или сменил собственника', en: 'The client closed down or was taken over' },
  },
  {
    key: 'notALead',
    cause: 'outer',
    uses: ['loss'],
    name: { ru: 'Дубль или ошибочная заявка', en: 'A duplicate or no real enquiry' },
  },
  {
    key: 'noTime',
    cause: 'omission',
    uses: ['step', 'snooze'],
    name: { ru: 'Не хватило времени', en: 'Ran out of time' },
  },
  { key: 'forgotten', cause: 'omission', uses: ['step'], name: { ru: 'Забыли', en: 'Forgotten' } },
  {
    key: 'notPrepared',
    cause: 'omission',
    uses: ['step', 'snooze'],
    name: { ru: 'Не готовы материалы', en: 'Material was not ready' },
  },
  {
    key: 'tooLate',
    cause: 'omission',
    uses: ALL,
    name: { ru: 'Ответили клиенту слишком поздно', en: 'Answered the client too late' },
  },
];

export function defaultReasons(language: AccountLanguage): readonly StoredReason[] {
  return REASONS.map(({ name, ...reason }) => ({ ...reason, name: name[language], retired: false }));
}
