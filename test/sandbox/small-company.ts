import type { Company, CompanyDeal } from '../../src/sandbox/company/company.js';

const DAY = 86_400_000;

/** A company small enough to know by heart: an admin, a head, two sellers, two pipelines, deals as many as asked. */
export function smallCompany(dealCount = 12, now = Date.now()): Company {
  return {
    name: 'Small company',
    language: 'en',
    timeZone: 'Europe/Moscow',
    now,
    departments: [
      { id: 1, name: 'Everybody', parentId: null, headId: 1 },
      { id: 2, name: 'Sales', parentId: 1, headId: 2 },
      { id: 3, name: 'Partners', parentId: 1, headId: null },
    ],
    people: [
      person(1, 'Anna', true, [1]),
      person(2, 'Boris', false, [2]),
      person(3, 'Vera', false, [2]),
      person(4, 'Gleb', false, [3]),
    ],
    pipelines: [
      {
        id: 0,
        name: 'Sales',
        stages: [stage('NEW', 'open'), stage('MEETING', 'open'), stage('WON', 'won'), stage('LOSE', 'lost')],
      },
      {
        id: 2,
        name: 'Service',
        stages: [stage('NEW', 'open'), stage('WON', 'won'), stage('LOSE', 'lost')],
      },
    ],
    products: [{ id: 1, name: 'Machine', price: 1000 }],
    clients: [{ id: 1, name: 'Client' }],
    contacts: [{ id: 1, firstName: 'Dina', lastName: 'Orlova', clientId: 1 }],
    deals: deals(dealCount, now),
  };
}

function* deals(count: number, now: number): Generator<CompanyDeal> {
  for (let id = 1; id <= count; id++) {
    const createdAt = now - 30 * DAY + id * 1000;
    yield {
      id,
      title: `Сделка ${id}`,
      pipelineId: id % 4 === 0 ? 2 : 0,
      ownerId: 2 + (id % 3),
      amount: id * 100,
      currency: 'RUB',
      clientId: 1,
      contactId: 1,
      productId: 1,
      sourceId: 'WEB',
      createdAt,
      modifiedAt: createdAt + DAY,
      history: [
        { at: createdAt, pipelineId: id % 4 === 0 ? 2 : 0, stageCode: 'NEW' },
        ...(id % 3 === 0 && id % 4 !== 0
          ? [{ at: createdAt + DAY, pipelineId: 0, stageCode: 'MEETING' }]
          : []),
      ],
    };
  }
}

function person(id: number, firstName: string, admin: boolean, departmentIds: readonly number[]) {
  return {
    id,
    firstName,
    lastName: 'Smith',
    email: `user${id}@example.com`,
    position: 'Seller',
    departmentIds,
    admin,
    active: true,
    timeZone: 'Europe/Moscow',
  };
}

function stage(code: string, kind: 'open' | 'won' | 'lost') {
  return { code, name: code, kind, color: '#22aaff' };
}
