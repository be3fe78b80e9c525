import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnEveryDatabase } from '../../support/database.js';
import { SELLER, startCompanyWorld, type CompanyWorld } from '../../support/company-world.js';

const OFF = { hours: [] };
const FULL = { hours: [{ from: '09:00', to: '18:00' }] };
const WEEK = [FULL, FULL, FULL, FULL, FULL, OFF, OFF];

describeOnEveryDatabase('test/medium/company/rights', (open) => {
  let world: CompanyWorld;

  beforeAll(async () => {
    world = await startCompanyWorld(await open());
  }, 120_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  const READS = [
    '/api/company/calendar',
    '/api/company/calendar/years/2026',
    '/api/company/people',
    '/api/company/fields',
    '/api/company/catalogue',
    '/api/company/reasons',
  ];
  const WRITES: readonly (readonly [string, string, object])[] = [
    [
      'put',
      '/api/company/calendar',
      { revision: 0, country: null, timeZone: 'UTC', week: WEEK, overrides: [] },
    ],
    ['post', '/api/company/calendar/import', { text: '{}', fileName: 'x', save: true }],
    ['delete', '/api/company/calendar/years/2026', {}],
    ['put', '/api/company/people', { revision: 0, roles: [], groups: [] }],
    ['put', `/api/company/people/${SELLER}/schedule`, { revision: 0, week: null, timeZone: 'Asia/Omsk' }],
    [
      'post',
      '/api/company/absences',
      { userId: '6', from: '2027-01-11', to: '2027-01-15', kind: 'sick', deputyId: null },
    ],
    [
      'put',
      '/api/company/absences/00000000-0000-0000-0000-000000000000',
      { userId: '6', from: '2027-01-11', to: '2027-01-15', kind: 'sick', deputyId: null, revision: 1 },
    ],
    ['delete', '/api/company/absences/00000000-0000-0000-0000-000000000000', {}],
    ['put', '/api/company/fields', { revision: 0, map: {} }],
    ['put', '/api/company/catalogue', { revision: 0, products: [], audiences: [], segments: [] }],
    ['put', '/api/company/reasons', { revision: 0, reasons: [] }],
  ];

  it.each(READS)('lets administrators and heads read %s, sellers not', async (path) => {
    const statuses = await Promise.all(
      [world.admin, world.head, world.seller].map(async (each) => (await each.get(path)).status),
    );
    expect(statuses).toEqual([200, 200, 403]);
    const { data } = await world.head.get<{ mayChange?: boolean }>(path);
    expect(data.mayChange ?? false).toBe(false);
  });

  it.each(WRITES)('lets neither heads nor sellers %s %s', async (method, path, body) => {
    expect((await world.head.send(method, path, body)).status).toBe(403);
    expect((await world.seller.send(method, path, body)).status).toBe(403);
  });

  it('changed nothing by what was refused', async () => {
    const rows = await world.running.database.query('SELECT 1 FROM company');
    expect(rows).toEqual([]);
  });
});
