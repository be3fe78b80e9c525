import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type {
  CatalogueView,
  FieldMapView,
  PeopleView,
  ReasonsView,
} from '../../../src/features/company/company.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { ADMIN, startCompanyWorld, type CompanyWorld } from '../../support/company-world.js';

describeOnEveryDatabase('test/medium/company/lists', (open) => {
  let world: CompanyWorld;

  beforeAll(async () => {
    world = await startCompanyWorld(await open());
  }, 120_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('keeps roles and groups, with the turns that the plans counted', async () => {
    const groups = [{ name: 'Входящие', memberIds: ['6', '7', '6'], keeperId: '2' }];
    const { data: before } = await world.admin.get<PeopleView>('/api/company/people');
    expect(before.roles.map((role) => role.key)).toEqual([
      'qualifier',
      'accountManager',
      'projectManager',
      'productManager',
    ]);
    const roles = [
      { key: 'accountManager', name: 'КМ', holderIds: ['8', '9'] },
      { name: 'Юрист', holderIds: ['5'] },
    ];
    const saved = await world.admin.send<PeopleView>('put', '/api/company/people', {
      revision: 0,
      roles,
      groups,
    });
    expect([saved.status, saved.data.roles.length, saved.data.groups[0]?.memberIds]).toEqual([
      200,
      5,
      ['6', '7'],
    ]);
    expect(saved.data.roles.find((role) => role.key === 'accountManager')).toMatchObject({
      name: 'КМ',
      builtIn: true,
    });
    const key = saved.data.groups[0]?.key ?? '';
    expect((await world.company.of(world.accountId)).groups.get(key)).toEqual({
      members: ['6', '7'],
      keeperId: '2',
      turns: 0,
    });
    await world.running.database.query(
      'INSERT INTO group_turn (account_id, group_key, turns) VALUES ($1::uuid, $2, 3)',
      [world.accountId, key],
    );
    expect((await world.company.of(world.accountId)).groups.get(key)?.turns).toBe(3);
    const double = { revision: 1, roles: [roles[1], roles[1]], groups };
    expect((await world.admin.send('put', '/api/company/people', double)).status).toBe(400);
    const stranger = { revision: 1, roles: [{ name: 'Кто', holderIds: ['999'] }], groups };
    expect((await world.admin.send('put', '/api/company/people', stranger)).status).toBe(400);
  });

  it('keeps the catalogue: lists, own products and those of the CRM', async () => {
    const { data: before } = await world.admin.get<CatalogueView>('/api/company/catalogue');
    expect(before.products).toEqual([]);
    const [listed] = before.hostProducts;
    const product = { name: 'Аудит', description: '', managerId: '4', audience: 'Заводы', templateId: null };
    const host = listed ? [{ ...product, id: listed.id, name: listed.name }] : [];
    const body = {
      revision: 0,
      products: [product, ...host],
      audiences: ['Заводы', 'Банки'],
      segments: ['A', 'B'],
    };
    const saved = await world.admin.send<CatalogueView>('put', '/api/company/catalogue', body);
    expect([saved.status, saved.data.products[0]?.ofHost]).toEqual([200, false]);
    expect(saved.data.products[0]?.id).toMatch(/^own:/);
    expect(saved.data.hostProducts.map((each) => each.id)).not.toContain(listed?.id ?? 'none');
    const rules = await world.company.of(world.accountId);
    expect(rules.productLine[0]).toMatchObject({ name: 'Аудит', managerId: '4', audience: 'Заводы' });
    expect([rules.audiences, rules.segments]).toEqual([
      ['Заводы', 'Банки'],
      ['A', 'B'],
    ]);
    const refused = async (change: object): Promise<number> =>
      (await world.admin.send('put', '/api/company/catalogue', { ...body, revision: 1, ...change })).status;
    expect(await refused({ audiences: ['Банки'] })).toBe(400);
    expect(await refused({ segments: ['A', 'a '] })).toBe(400);
    expect(await refused({ products: [{ ...product, id: 'gone' }] })).toBe(400);
    expect(
      await refused({ products: [{ ...product, templateId: '00000000-0000-4000-8000-000000000000' }] }),
    ).toBe(400);
    expect(await refused({ revision: 0 })).toBe(409);
  });

  it('offers reasons from the first day, keeps own ones, and retires instead of losing', async () => {
    const { data: before } = await world.admin.get<ReasonsView>('/api/company/reasons');
    expect(new Set(before.reasons.map((reason) => reason.cause))).toEqual(
      new Set(['client', 'outer', 'omission']),
    );
    expect(before.reasons.find((reason) => reason.key === 'price')?.name).toBe('Дорого');
    const kept = before.reasons.filter((reason) => reason.key !== 'price');
    const own = { name: 'Не тот регион', cause: 'outer', uses: ['loss'] };
    const saved = await world.admin.send<ReasonsView>('put', '/api/company/reasons', {
      revision: 0,
      reasons: [own, ...kept],
    });
    expect(saved.status).toBe(200);
    expect(saved.data.reasons.find((reason) => reason.key === 'price')?.retired).toBe(true);
    const offered = (await world.company.of(world.accountId)).reasons;
    expect(offered.map((reason) => reason.name)).toContain('Не тот регион');
    expect(offered.map((reason) => reason.key)).not.toContain('price');
    const none = { revision: 1, reasons: [{ ...own, cause: 'fate' }] };
    expect((await world.admin.send('put', '/api/company/reasons', none)).status).toBe(400);
  });

  it('maps fields of the CRM, and the mirror watches exactly those', async () => {
    const { data: before } = await world.admin.get<FieldMapView>('/api/company/fields');
    expect(before.map.segment).toBeNull();
    const fields = before.fields ?? [];
    const field = fields.find((each) => each.fits.includes('segment'));
    const saved = await world.admin.send<FieldMapView>('put', '/api/company/fields', {
      revision: 0,
      map: { segment: field?.key ?? '', product: null },
    });
    expect([saved.status, saved.data.map.segment]).toEqual([200, field?.key]);
    expect(await watched()).toEqual([field?.key]);
    expect((await world.company.of(world.accountId)).fieldMap).toEqual({ segment: field?.key });
    await world.admin.send('put', '/api/company/fields', { revision: 1, map: {} });
    expect(await watched()).toEqual([]);
    const status = async (map: object): Promise<number> =>
      (await world.admin.send('put', '/api/company/fields', { revision: 2, map })).status;
    expect(await status({ surname: 'UF_1' })).toBe(400);
    expect(await status({ segment: 'NO SUCH' })).toBe(400);
    expect(await status({ segment: 5 })).toBe(400);
    expect(await status({ segment: 'UF_CRM_NOT_THERE' })).toBe(400);
  });

  it('writes its changes into the audit log, with who made them', async () => {
    const changes = await world.audited();
    expect(new Set(changes.map((change) => change.action))).toEqual(
      new Set([
        'company.peopleSaved',
        'company.catalogueSaved',
        'company.reasonsSaved',
        'company.fieldsSaved',
      ]),
    );
    expect(new Set(changes.map((change) => change.actor))).toEqual(new Set([String(ADMIN)]));
    expect(JSON.stringify(changes)).not.toContain('Не тот регион');
  });

  async function watched(): Promise<readonly string[]> {
    const rows = await world.running.database.query<{ field_key: string }>(
      'SELECT field_key FROM watched_field',
    );
    return rows.map((row) => row.field_key);
  }
});
