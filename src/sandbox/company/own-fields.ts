import type { CompanyDeal, CompanyField, CompanyPerson } from './company.js';
import type { CompanyLanguage } from './funnels.js';
import { Random } from './random.js';

const DAY_MS = 86_400_000;

const TEXTS = {
  ru: {
    names: [
      'Продукт',
      'Сегмент',
      'Целевая аудитория',
      'Клиентский менеджер',
      'Агент влияния',
      'ЛПР',
      'Дата решения клиента',
    ],
    segments: ['Малый бизнес', 'Средний бизнес', 'Крупный бизнес'],
    audiences: ['Производство', 'Торговля', 'Услуги', 'Строительство'],
    influencers: ['Финансовый директор', 'Главный бухгалтер', 'Руководитель отдела продаж', 'Партнёр'],
    makers: ['Генеральный директор', 'Собственник', 'Коммерческий директор'],
  },
  en: {
    names: [
      'Product',
      'Segment',
      'Target audience',
      'Account manager',
      'Influencer',
      'Decision maker',
      'Client’s decision date',
    ],
    segments: ['Small business', 'Mid-size business', 'Large business'],
    audiences: ['Manufacturing', 'Trade', 'Services', 'Construction'],
    influencers: ['Finance director', 'Chief accountant', 'Head of sales', 'Partner'],
    makers: ['Managing director', 'Owner', 'Commercial director'],
  },
} as const;

/** Fields that the company added to its deals, in the words of its trade. */
export function ownFields(language: CompanyLanguage, products: readonly string[]): readonly CompanyField[] {
  const { names, segments, audiences } = TEXTS[language];
  const [product, segment, audience, manager, influencer, maker, decision] = names;
  return [
    { code: 'PRODUCT_LINE', name: product, kind: 'choice', choices: products },
    { code: 'SEGMENT', name: segment, kind: 'choice', choices: segments },
    { code: 'AUDIENCE', name: audience, kind: 'choice', choices: audiences },
    { code: 'ACCOUNT_MANAGER', name: manager, kind: 'user', choices: [] },
    { code: 'INFLUENCER', name: influencer, kind: 'text', choices: [] },
    { code: 'DECISION_MAKER', name: maker, kind: 'text', choices: [] },
    { code: 'DECISION_DATE', name: decision, kind: 'date', choices: [] },
  ];
}

/** A deal's values, from a stream of chance of their own: the rest of the company is the same without them. */
export function ownValues(
  seed: number,
  language: CompanyLanguage,
  people: readonly CompanyPerson[],
  deal: Pick<CompanyDeal, 'id' | 'productId' | 'createdAt' | 'clientId'>,
): Readonly<Record<string, string | number>> {
  const random = new Random(seed ^ 0x0f1e1d, deal.id);
  const { segments, audiences, influencers, makers } = TEXTS[language];
  const active = people.filter((one) => one.active);
  const values: Record<string, string | number> = {
    PRODUCT_LINE: (deal.productId ?? 1) - 1,
    // A client's own, whatever the deal.
    SEGMENT: (deal.clientId ?? 0) % segments.length,
    AUDIENCE: random.below(audiences.length),
  };
  if (random.chance(0.6)) values['ACCOUNT_MANAGER'] = random.pick(active).id;
  if (random.chance(0.5)) values['INFLUENCER'] = random.pick(influencers);
  if (random.chance(0.7)) values['DECISION_MAKER'] = random.pick(makers);
  if (random.chance(0.4)) {
    const day = Math.floor(deal.createdAt / DAY_MS) + 14 + random.below(60);
    values['DECISION_DATE'] = day * DAY_MS;
  }
  return values;
}
