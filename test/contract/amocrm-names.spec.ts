import { afterEach, describe, expect, it } from '@jest/globals';
import { generateCompany } from '../../src/sandbox/company/generator.js';
import { type AmocrmWorld, startAmocrmWorld } from '../support/amocrm-world.js';
import { tinyCompany } from '../support/tiny-company.js';

let world: AmocrmWorld;

afterEach(async () => {
  await world.close();
});

async function start(options: Parameters<typeof startAmocrmWorld>[0]): Promise<void> {
  world = await startAmocrmWorld(options);
}

describe('test/contract/amocrm-names', () => {
  it.each([[true], [false]])('knows companies and contacts by name (filters: %s)', async (filters) => {
    await start({ company: tinyCompany(300), filters });
    const { companies, contacts } = world.portal.store;
    for (const [kind, table] of [
      ['company', companies],
      ['contact', contacts],
    ] as const) {
      const some = [...table].slice(-3);
      expect(some.length).toBeGreaterThan(0);
      const ids = [...some.map(({ id }) => String(id)), '4294967999', 'nonsense'];
      expect(await world.client.readNames?.(kind, ids, 'low')).toEqual(
        new Map(some.map(({ id, name }) => [String(id), name])),
      );
    }
  });

  it('knows sources by the names that deals carry, and looks through no whole account for an unknown one', async () => {
    await start({ company: generateCompany({ seed: 7, deals: 2600, language: 'ru', now: Date.now() }) });
    const { sources, leads } = world.portal.store;
    const present = new Set([...leads].map(({ sourceId }) => String(sourceId)));
    expect(present.size).toBeGreaterThan(3);
    const known = await world.client.readNames?.('source', [...present, 'nonsense'], 'low');
    expect(known).toEqual(
      new Map(sources.filter(({ id }) => present.has(String(id))).map(({ id, name }) => [String(id), name])),
    );
    const before = world.portal.log.total;
    expect(await world.client.readNames?.('source', ['7'], 'low')).toEqual(new Map());
    expect(world.portal.log.total - before).toBeLessThan(14);
  });
});
