import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/infra/db/open.js';
import { type AmocrmRunning, startAmocrmEverything } from '../support/amocrm-running.js';
import { INTEGRATION } from '../support/amocrm-world.js';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.js';
import { settled, smallCompany } from '../support/running.js';
import { until } from '../support/until.js';

if (postgresPrograms()) describe('test/faults/oauth-database-away', suite);
else {
  describe('test/faults/oauth-database-away', () => {
    it('is left out, because no PostgreSQL server is installed', () => {
      console.warn('LEFT OUT: a code while the database is away (apt-get install postgresql)');
      expect(postgresPrograms()).toBeNull();
    });
  });
}

function suite(): void {
  let server: TestPostgres;
  let running: AmocrmRunning;

  beforeAll(async () => {
    server = await startPostgres();
    const databaseUrl = await server.createDatabase('away');
    running = await startAmocrmEverything({
      company: smallCompany(5),
      database: await openDatabase({ databaseUrl, dataDir: '' }),
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
    await server?.close();
  });

  it('keeps a code that comes only once while the database is away, and exchanges it afterwards', async () => {
    const { portal } = running;
    const admin = portal.store.people.firstAdmin().id;
    await server.stop('immediate');
    const before = exchanges();
    expect(await portal.context.install(INTEGRATION.clientId, admin)).toBe(200);
    expect(exchanges()).toBe(before);
    await server.start();
    await until(() => Promise.resolve(exchanges() > before), { timeoutMs: 40_000, what: 'the exchange' });
  }, 90_000);

  function exchanges(): number {
    return running.portal.log.byMethod.get('oauth.token') ?? 0;
  }
}
