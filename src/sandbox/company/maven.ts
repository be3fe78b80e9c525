import type {
  Company,
  CompanyClient,
  CompanyDeal,
  CompanyDepartment,
  CompanyPerson,
  CompanyPipeline,
  CompanyProduct,
  CompanyStageEntry,
} from './company.js';
import { readRows, type DatasetRow } from './maven-rows.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const STAGES = new Map([
  ['Prospecting', 'PROSPECTING'],
  ['Engaging', 'ENGAGING'],
  ['Won', 'WON'],
  ['Lost', 'LOSE'],
]);

/** Written one way in the price list and another throughout the deals. */
const PRODUCT_REPAIRS = new Map([['GTXPro', 'GTX Pro']]);

const OFFICE_ZONES = new Map([
  ['Central', 'America/Chicago'],
  ['East', 'America/New_York'],
  ['West', 'America/Los_Angeles'],
]);

/**
 * The public "CRM Sales Opportunities" data set as a company: sellers in their managers' departments, those in the
 * three regional offices, one administrator besides (the set has none). Ids follow the order of the rows, so they are
 * the same on every import. Days are shifted so that the set's last day is the day of `now`; an opportunity without
 * a date is dated to `now`, as a CRM dates what is brought in without a date. A deal worth nothing yet carries the
 * list price.
 *
 * @param folder holds accounts.csv, products.csv, sales_pipeline.csv and sales_teams.csv.
 * @throws DatasetError naming the file and the line of the first bad row, or the file that is not there.
 */
export async function importMavenCompany(folder: string, now: number = Date.now()): Promise<Company> {
  const [accounts, products, teams, pipeline] = await Promise.all([
    readRows(folder, 'accounts.csv', ['account']),
    readRows(folder, 'products.csv', ['product', 'sales_price']),
    readRows(folder, 'sales_teams.csv', ['sales_agent', 'manager', 'regional_office']),
    readRows(folder, 'sales_pipeline.csv', PIPELINE_COLUMNS),
  ]);
  const clients = accounts.map((row, index) => ({ id: index + 1, name: row.required('account') }));
  const catalogue = products.map((row, index) => toProduct(row, index + 1));
  const staff = readStaff(teams);
  return {
    name: 'Maven CRM',
    language: 'en',
    timeZone: 'America/New_York',
    now,
    departments: staff.departments,
    people: staff.people,
    pipelines: [PIPELINE],
    products: catalogue,
    clients,
    contacts: [],
    deals: readDeals(pipeline, { clients, catalogue, sellers: staff.sellers, now }),
  };
}

const PIPELINE_COLUMNS = [
  'opportunity_id',
  'sales_agent',
  'product',
  'account',
  'deal_stage',
  'engage_date',
  'close_date',
  'close_value',
];

const PIPELINE: CompanyPipeline = {
  id: 0,
  name: 'Sales opportunities',
  stages: [
    { code: 'PROSPECTING', name: 'Prospecting', kind: 'open', color: '#5aa9f8' },
    { code: 'ENGAGING', name: 'Engaging', kind: 'open', color: '#f4a940' },
    { code: 'WON', name: 'Won', kind: 'won', color: '#3fb950' },
    { code: 'LOSE', name: 'Lost', kind: 'lost', color: '#e5534b' },
  ],
};

function toProduct(row: DatasetRow, id: number): CompanyProduct {
  const price = row.amount('sales_price');
  if (price === null) throw row.fail('sales_price is empty');
  return { id, name: row.required('product'), price };
}

interface Staff {
  readonly departments: readonly CompanyDepartment[];
  readonly people: readonly CompanyPerson[];
  /** Id by full name. */
  readonly sellers: ReadonlyMap<string, number>;
}

function readStaff(teams: readonly DatasetRow[]): Staff {
  const offices = [...new Set(teams.map((row) => row.required('regional_office')))];
  const officeOf = new Map(teams.map((row) => [row.required('manager'), row.required('regional_office')]));
  const managers = [...officeOf.keys()];
  const departments: CompanyDepartment[] = [
    { id: 1, name: 'Maven CRM', parentId: null, headId: null },
    ...offices.map((name, index) => ({ id: 2 + index, name, parentId: 1, headId: null })),
    ...managers.map((manager, index) => ({
      id: 2 + offices.length + index,
      name: `${officeOf.get(manager) ?? ''}, team of ${manager}`,
      parentId: 2 + offices.indexOf(officeOf.get(manager) ?? ''),
      headId: 2 + index,
    })),
  ];
  const teamOf = (manager: string): number => 2 + offices.length + managers.indexOf(manager);
  const people: CompanyPerson[] = [
    person(1, 'Portal Administrator', 'Administrator', 1, 'America/New_York', true),
    ...managers.map((name, index) =>
      person(2 + index, name, 'Sales manager', teamOf(name), zoneOf(officeOf.get(name)), false),
    ),
  ];
  const sellers = new Map<string, number>();
  for (const row of teams) {
    const name = row.required('sales_agent');
    if (sellers.has(name)) throw row.fail(`${name} is listed twice`);
    const id = people.length + 1;
    sellers.set(name, id);
    people.push(
      person(
        id,
        name,
        'Sales agent',
        teamOf(row.required('manager')),
        zoneOf(row.text('regional_office')),
        false,
      ),
    );
  }
  return { departments, people, sellers };
}

function zoneOf(office: string | undefined): string {
  return OFFICE_ZONES.get(office ?? '') ?? 'America/New_York';
}

function person(
  id: number,
  name: string,
  position: string,
  departmentId: number,
  timeZone: string,
  admin: boolean,
): CompanyPerson {
  const [firstName = name, ...rest] = name.split(' ');
  const email = `${name.toLowerCase().replace(/[^a-z]+/gu, '.')}@maven.example`;
  return {
    id,
    firstName,
    lastName: rest.join(' '),
    email,
    position,
    departmentIds: [departmentId],
    admin,
    active: true,
    timeZone,
  };
}

interface DealContext {
  readonly clients: readonly CompanyClient[];
  readonly catalogue: readonly CompanyProduct[];
  readonly sellers: ReadonlyMap<string, number>;
  readonly now: number;
}

function readDeals(rows: readonly DatasetRow[], context: DealContext): readonly CompanyDeal[] {
  const lastDay = rows.reduce(
    (last, row) => Math.max(last, row.day('engage_date') ?? 0, row.day('close_date') ?? 0),
    0,
  );
  const shift = lastDay === 0 ? 0 : Math.floor(context.now / DAY_MS) * DAY_MS - lastDay;
  const clientIds = new Map(context.clients.map((client) => [client.name, client.id]));
  const products = new Map(context.catalogue.map((product) => [product.name, product]));
  const seen = new Map<string, number>();
  return rows.map((row, index) => {
    const key = row.required('opportunity_id');
    const before = seen.get(key);
    if (before !== undefined) throw row.fail(`opportunity_id ${key} stands already in line ${before}`);
    seen.set(key, row.line);
    const product = lookUp(row, 'product', products, PRODUCT_REPAIRS.get(row.text('product')));
    const clientId = row.text('account') === '' ? null : lookUp(row, 'account', clientIds);
    const history = readHistory(row, shift, context.now);
    return {
      id: index + 1,
      title: `${product.name}: ${row.text('account') || 'no company'} (${key})`,
      pipelineId: 0,
      ownerId: lookUp(row, 'sales_agent', context.sellers),
      amount: row.amount('close_value') ?? product.price,
      currency: 'USD',
      clientId,
      contactId: null,
      productId: product.id,
      sourceId: null,
      createdAt: history[0].at,
      modifiedAt: history.at(-1)?.at ?? history[0].at,
      history,
    };
  });
}

function lookUp<T>(row: DatasetRow, column: string, known: ReadonlyMap<string, T>, repaired?: string): T {
  const name = repaired ?? row.required(column);
  const found = known.get(name);
  if (found === undefined) throw row.fail(`${column} "${name}" is not in its list`);
  return found;
}

type History = readonly [CompanyStageEntry, ...CompanyStageEntry[]];

function readHistory(row: DatasetRow, shift: number, now: number): History {
  const name = row.required('deal_stage');
  const stageCode = STAGES.get(name);
  if (stageCode === undefined) throw row.fail(`deal_stage "${name}" is unknown`);
  const engaged = row.day('engage_date');
  const closed = row.day('close_date');
  const isClosed = stageCode === 'WON' || stageCode === 'LOSE';
  if (isClosed !== (closed !== null)) {
    throw row.fail(isClosed ? 'a closed deal has no close_date' : 'an open deal has a close_date');
  }
  if (engaged !== null && closed !== null && closed < engaged)
    throw row.fail('close_date is before engage_date');
  if (engaged === null && stageCode !== 'PROSPECTING') throw row.fail('engage_date is empty');
  const entry = (day: number | null, hour: number, code: string): CompanyStageEntry => ({
    at: day === null ? now : Math.min(day + shift + hour * HOUR_MS, now),
    pipelineId: 0,
    stageCode: code,
  });
  // The set gives days only: morning and evening of the working day keep a deal closed at once in order.
  const first = entry(engaged, 14, isClosed ? 'ENGAGING' : stageCode);
  return closed === null ? [first] : [first, entry(closed, 21, stageCode)];
}
