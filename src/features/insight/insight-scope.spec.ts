import { describe, expect, it } from '@jest/globals';
import { everythingIn, scopeKey, type InsightScope } from './insight-scope.js';

describe('src/features/insight/insight-scope', () => {
  const scope: InsightScope = {
    ...everythingIn('a-1', 'D_0', 1_000),
    owners: { ids: ['3', '5'], orNobody: true },
    productIds: ['p1'],
    from: 5,
  };

  it('names a question alike when it comes back from a database that orders fields its own way', () => {
    const { now, to, from, sourceIds, productIds, owners, pipelineId, accountId } = scope;
    const people = owners && { orNobody: owners.orNobody, ids: owners.ids };
    const kept = { to, from, now: now + 1, owners: people, accountId, sourceIds, pipelineId, productIds };
    expect(scopeKey(kept)).toBe(scopeKey(scope));
  });

  it.each<Partial<InsightScope>>([
    { accountId: 'a-2' },
    { pipelineId: 'D_1' },
    { owners: null },
    { owners: { ids: ['3', '5'], orNobody: false } },
    { productIds: [] },
    { sourceIds: ['WEB'] },
    { from: null },
    { to: 9 },
  ])('tells another question apart: %j', (change) => {
    expect(scopeKey({ ...scope, ...change })).not.toBe(scopeKey(scope));
  });
});
