import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bitrix24World, startBitrix24World } from '../support/bitrix24-world.js';

let world: Bitrix24World;

beforeAll(async () => {
  world = await startBitrix24World();
});

afterAll(() => world.close());

describe('test/contract/bitrix24-leads', () => {
  it('names the funnel of leads, which the portal has no name for, in the language of its stages', async () => {
    const found: { readonly name: string; readonly cyrillic: boolean }[] = [];
    for await (const { rows } of world.client.read('pipelines', { cursor: null, lane: 'low' }))
      for (const { pipeline, stages } of rows) {
        const cyrillic = stages.some(({ name }) => /\p{Script=Cyrillic}/u.test(name));
        if (['Лиды', 'Leads'].includes(pipeline.name)) found.push({ name: pipeline.name, cyrillic });
      }
    expect(found).toHaveLength(1);
    expect(found[0]?.name).toBe(found[0]?.cyrillic ? 'Лиды' : 'Leads');
  });
});
