import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresDatabase } from '../support/database.js';
import { expectPassRule, quiet } from '../support/pass-rule.js';
import { ProcessWorld, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const PATH = 'test/processes/two-of-each';
const PLANS = [
  { pipelineId: 0, templateKey: 'b2b-twelve-status' },
  { pipelineId: 1, templateKey: 'transactional' },
];
const DEALS = 1_500;

if (process.env['TEST_POSTGRES_URL']) describe(PATH, twoOfEach);
else describe(PATH, leftOut);

function leftOut(): void {
  it('is left out, because several processes need a PostgreSQL server and none is installed', () => {
    console.warn(`LEFT OUT: ${PATH}`);
    expect(process.env['TEST_POSTGRES_URL']).toBeUndefined();
  });
}

function twoOfEach(): void {
  let world: ProcessWorld;
  let webs: Service[];
  let workers: Service[];

  beforeAll(async () => {
    world = await ProcessWorld.open({ databaseUrl: await createPostgresDatabase(), deals: DEALS });
    const started = await Promise.all([
      world.start({ role: 'web', port: world.port }),
      world.start({ role: 'web' }),
      world.start({ role: 'worker' }),
      world.start({ role: 'worker' }),
    ]);
    webs = started.slice(0, 2);
    workers = started.slice(2);
  }, 120_000);

  afterAll(async () => {
    await world?.close();
  }, 30_000);

  it('loses and doubles nothing when a web and a worker are killed in the middle of a bulk launch and of events', async () => {
    const installation = await world.install(PLANS);
    expect(installation.outcome).toBe('installed');
    await until(async () => (await world.count('plan')) > 100, { timeoutMs: 60_000, what: 'the launch' });
    const stream = events(200);
    await workers[0]?.kill();
    await webs[1]?.kill();
    await installation.planned;
    await stream;
    await world.leasesRunOut();
    await world.swept();
    await quiet(world.database, 90_000);
    expect(await world.count('plan')).toBe(world.portal.context.deals({ open: true, limit: 1 }).total);
    await expectPassRule({
      portal: world.portal,
      database: world.database,
      urls: world.services.filter((one) => one.lives).map((one) => one.url),
      secrets: world.secrets,
      log: world.services.map((one) => one.text()).join('\n'),
    });
  }, 240_000);

  /** Every change is told to both webs in turn, as a balancer would; who is dead hands over to the other. */
  async function events(count: number): Promise<void> {
    const { context } = world.portal;
    const deals = context.deals({ open: true, limit: count, order: 'oldest' }).deals;
    for (const [index, deal] of deals.entries()) {
      context.updateDeal(deal.id, { title: `Изменена ${index}` }, deal.ownerId);
      const [first, second] = index % 2 === 0 ? webs : webs.toReversed();
      const told = first ? await world.hook(first, 'ONCRMDEALUPDATE', deal.id) : null;
      if (told !== 200 && second) expect(await world.hook(second, 'ONCRMDEALUPDATE', deal.id)).toBe(200);
    }
  }
}
