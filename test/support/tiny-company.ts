import type { Company, CompanyDeal } from '../../src/sandbox/company/company.js';

const HOUR_MS = 60 * 60 * 1000;

/** Two people, two pipelines and as many deals as asked for: enough of a company for a host's tests. */
export function tinyCompany(deals = 3): Company {
  const now = Math.floor(Date.now() / 1000) * 1000 - HOUR_MS;
  const stages = [
    { code: 'NEW', name: 'Новая', kind: 'open', color: '#39a8ef' },
    { code: 'MEETING', name: 'Встреча', kind: 'open', color: '#2fc6f6' },
    { code: 'WON', name: 'Успех', kind: 'won', color: '#7bd500' },
    { code: 'LOSE', name: 'Провал', kind: 'lost', color: '#ff5752' },
  ] as const;
  const person = { position: 'Менеджер', departmentIds: [1], active: true, timeZone: 'Europe/Moscow' };
  return {
    name: 'Станки',
    language: 'ru',
    timeZone: 'Europe/Moscow',
    now,
    departments: [{ id: 1, name: 'Продажи', parentId: null, headId: 1 }],
    people: [
      { ...person, id: 1, firstName: 'Анна', lastName: 'Глава', email: 'anna@example.com', admin: true },
      {
        ...person,
        id: 2,
        firstName: 'Борис',
        lastName: 'Продавец',
        email: 'boris@example.com',
        admin: false,
      },
    ],
    pipelines: [
      { id: 0, name: 'Общая', stages },
      { id: 1, name: 'Вторая', stages },
    ],
    products: [{ id: 1, name: 'Станок', price: 1000 }],
    clients: [{ id: 1, name: 'Завод' }],
    contacts: [{ id: 1, firstName: 'Вера', lastName: 'Клиент', clientId: 1 }],
    deals: dealsOf(deals, now),
  };
}

function* dealsOf(count: number, now: number): Generator<CompanyDeal> {
  for (let index = 0; index < count; index += 1) {
    const createdAt = now - (count - index) * 1000 - HOUR_MS;
    const pipelineId = index % 2;
    yield {
      id: index + 1,
      title: `Сделка № ${index + 1}`,
      pipelineId,
      ownerId: (index % 2) + 1,
      amount: 1000 + index,
      currency: 'RUB',
      clientId: 1,
      contactId: 1,
      productId: 1,
      sourceId: 'CALL',
      createdAt,
      modifiedAt: createdAt + 1000,
      history: [
        { at: createdAt, pipelineId, stageCode: 'NEW' },
        { at: createdAt + 1000, pipelineId, stageCode: 'MEETING' },
      ],
    };
  }
}
