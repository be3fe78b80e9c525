import type { DiagnoseOptions } from './options.js';
import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/** What a column may mean to us. */
export type Role = 'case' | 'stage' | 'at' | 'start' | 'close' | 'ended' | 'owner' | 'amount' | 'product';

/** Places of the columns from 0. */
export type Columns = Readonly<Partial<Record<Role, number>>>;

/** A log has a row for each change of stage; a snapshot has one row for each deal with its beginning and its end. */
export type FileKind = 'log' | 'snapshot';

/** Names in the order of trust; compared without case, punctuation and marks of a plural. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  case: [
    'case',
    'case id',
    'caseid',
    'case concept name',
    'deal id',
    'lead id',
    'opportunity id',
    'deal',
    'lead',
    'opportunity',
    'id сделки',
    'ид сделки',
    'номер сделки',
    'код сделки',
    'сделка',
    'id лида',
    'номер лида',
    'лид',
    'id',
    'ид',
    'номер',
    '№',
  ],
  stage: [
    'stage',
    'deal stage',
    'lead stage',
    'lead status',
    'pipeline stage',
    'stage name',
    'to stage',
    'new stage',
    'stage to',
    'activity',
    'concept name',
    'status',
    'deal status',
    'state',
    'phase',
    'этап',
    'этап сделки',
    'новый этап',
    'на этап',
    'стадия',
    'стадия сделки',
    'новая стадия',
    'название этапа',
    'статус',
    'статус сделки',
    'новый статус',
    'фаза',
  ],
  at: [
    'at',
    'entered at',
    'entered',
    'changed at',
    'moved at',
    'stage changed at',
    'timestamp',
    'time timestamp',
    'complete timestamp',
    'event time',
    'datetime',
    'date time',
    'time',
    'date',
    'when',
    'дата и время',
    'дата время',
    'дата перехода',
    'дата изменения',
    'дата смены этапа',
    'дата входа',
    'дата события',
    'время перехода',
    'время события',
    'время',
    'дата',
    'когда',
  ],
  start: [
    'engage date',
    'start date',
    'started at',
    'open date',
    'opened at',
    'created at',
    'created',
    'create date',
    'created date',
    'date created',
    'дата создания',
    'дата создания сделки',
    'дата создания лида',
    'дата начала',
    'создана',
    'создано',
    'дата открытия',
  ],
  close: [
    'close date',
    'closed at',
    'closed',
    'closed date',
    'date closed',
    'end date',
    'дата закрытия',
    'дата закрытия сделки',
    'дата завершения',
    'закрыта',
    'закрыто',
    'дата окончания',
  ],
  ended: ['сделка закрыта', 'закрыта ли', 'is closed', 'deal closed'],
  owner: [
    'owner',
    'responsible',
    'responsible user',
    'assigned to',
    'sales agent',
    'sales rep',
    'salesperson',
    'seller',
    'agent',
    'manager',
    'user',
    'resource',
    'org resource',
    'role',
    'org role',
    'ответственный',
    'ответственный за сделку',
    'менеджер',
    'продавец',
    'сотрудник',
    'исполнитель',
  ],
  amount: [
    'amount',
    'deal amount',
    'close value',
    'deal value',
    'value',
    'sum',
    'price',
    'budget',
    'revenue',
    'сумма',
    'сумма сделки',
    'бюджет',
    'бюджет сделки',
    'стоимость',
    'цена',
  ],
  product: ['product', 'product name', 'продукт', 'товар', 'услуга', 'название продукта'],
};

/** Roles in the order in which they choose: who comes first may take a name that the next would have liked. */
const ROLES: readonly Role[] = [
  'case',
  'stage',
  'at',
  'start',
  'close',
  'ended',
  'owner',
  'amount',
  'product',
];

/**
 * Which column means what: those named in the options, then those recognised by their names.
 *
 * @throws UserFault naming what was looked for and what the file has.
 */
export function recogniseColumns(
  header: readonly string[],
  options: DiagnoseOptions,
  words: Words,
): { readonly columns: Columns; readonly kind: FileKind } {
  const columns: Partial<Record<Role, number>> = {};
  for (const [role, name] of Object.entries(options.columns) as [Role, string][]) {
    columns[role] = givenColumn(header, role, name, words);
  }
  const names = header.map(plainName);
  for (const role of ROLES) {
    if (columns[role] !== undefined) continue;
    const found = recognise(names, role, Object.values(columns));
    if (found !== null) columns[role] = found;
  }
  const snapshot = columns.at === undefined && columns.start !== undefined && columns.close !== undefined;
  // A log may well call the time of its rows "created at".
  if (!snapshot && columns.at === undefined && columns.start !== undefined) columns.at = columns.start;
  const missing = (['case', 'stage'] as Role[]).filter((role) => columns[role] === undefined);
  if (!snapshot && columns.at === undefined) missing.push('at');
  if (missing.length > 0) throw new UserFault(words.missingColumns(missing, header));
  return { columns, kind: snapshot ? 'snapshot' : 'log' };
}

function givenColumn(header: readonly string[], role: Role, name: string, words: Words): number {
  const exact = header.indexOf(name);
  const found = exact >= 0 ? exact : header.findIndex((one) => plainName(one) === plainName(name));
  if (found < 0) throw new UserFault(words.noSuchColumn(role, name, header));
  return found;
}

function recognise(names: readonly string[], role: Role, taken: readonly number[]): number | null {
  for (const known of NAMES[role]) {
    const found = names.findIndex((name, place) => name === known && !taken.includes(place));
    if (found >= 0) return found;
  }
  return null;
}

function plainName(name: string): string {
  return name
    .replace(/([a-zа-я])([A-ZА-Я])/g, '$1 $2')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}№]+/gu, ' ')
    .trim();
}
