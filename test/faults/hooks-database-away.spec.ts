import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { openDatabase } from '../../src/infra/db/open.js';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { launchOf } from '../support/widget-person.js';

/** The host gives a hook two seconds and never sends it again. */
const HOST_PATIENCE_MS = 2_000;

if (postgresPrograms()) describe('test/faults/hooks-database-away', suite);
else {
  describe('test/faults/hooks-database-away', () => {
    it('is left out, because no PostgreSQL server is installed', () => {
      console.warn('LEFT OUT: hooks while the database is away (apt-get install postgresql)');
      expect(postgresPrograms()).toBeNull();
    });
  });
}

function suite(): void {
  let server: TestPostgres;
  let running: Running;

  beforeAll(async () => {
    server = await startPostgres();
    const databaseUrl = await server.createDatabase('away');
    running = await startEverything({
      company: smallCompany(10),
      database: await openDatabase({ databaseUrl, dataDir: '' }),
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
    await server?.close();
  });

  it('row 8: takes hooks in time while the database is away, and loses none of them', async () => {
    const deal = running.portal.context.deals({ limit: 1 }).deals[0];
    const secret = launchOf(running, 1, null).fields['APPLICATION_TOKEN'] ?? '';
    await axios.post(`${running.portal.control}/events`, { loseShare: 1 });
    expect((await hook(deal?.id ?? 0, secret)).status).toBe(200);
    await server.stop('immediate');
    running.portal.context.updateDeal(deal?.id ?? 0, { title: 'Пока базы не было' }, deal?.ownerId ?? 0);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      const startedAt = performance.now();
      const answer = await hook(deal?.id ?? 0, secret);
      expect(answer.status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(HOST_PATIENCE_MS);
    }
    expect((await hook(deal?.id ?? 0, 'f'.repeat(32))).status).toBe(403);
    await server.start();
    await until(async () => (await titleOf(deal?.id ?? 0)) === 'Пока базы не было', { timeoutMs: 30_000 });
  }, 90_000);

  function hook(dealId: number, secret: string) {
    const fields = {
      event: 'ONCRMDEALUPDATE',
      'data[FIELDS][ID]': String(dealId),
      ts: String(Math.floor(Date.now() / 1000)),
      'auth[member_id]': running.portal.memberId,
      'auth[application_token]': secret,
    };
    return axios.post(`${running.url}/hooks/bitrix24`, new URLSearchParams(fields).toString(), {
      validateStatus: () => true,
    });
  }

  async function titleOf(dealId: number): Promise<string> {
    const rows = await running.database
      .query<{ title: string }>('SELECT title FROM deal WHERE deal_id = $1', [`D_${dealId}`])
      .catch(() => []);
    return rows[0]?.title ?? '';
  }
}
