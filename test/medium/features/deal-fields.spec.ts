import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostConnections } from '../../../src/contract/connections.js';
import { HOST_CONNECTIONS } from '../../../src/contract/connections.js';
import { fieldsChanged } from '../../../src/contract/jobs.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { MirrorReads } from '../../../src/mirror/index.js';
import type { Deal } from '../../../src/domain/crm/records.js';
import { startAmocrmEverything } from '../../support/amocrm-running.js';
import { fieldHandsOf as amocrmHandsOf } from '../../support/amocrm-fields.js';
import { fieldHandsOf as bitrix24HandsOf } from '../../support/bitrix24-fields.js';
import { smallCompany, startEverything } from '../../support/running.js';
import { until } from '../../support/until.js';

type Hands = ReturnType<typeof bitrix24HandsOf>;
type App = Awaited<ReturnType<typeof startEverything>>;

interface World {
  readonly running: Pick<App, 'app' | 'database' | 'stop'>;
  readonly hands: Hands;
  readonly dealId: string;
}

/** The whole way through the running product: a field is watched, filled, cleared; products; a call. */
function wholeWay(name: string, start: () => Promise<World>): void {
  describe(name, () => {
    let world: World;
    beforeAll(async () => {
      world = await start();
    }, 120_000);
    afterAll(async () => {
      await world?.running.stop();
    });

    async function accountId(): Promise<string> {
      const [row] = await world.running.database.query<{ account_id: string }>(
        'SELECT account_id FROM account',
      );
      return row?.account_id ?? '';
    }

    async function deal(): Promise<Deal | null> {
      return world.running.app.get(MirrorReads).deal(await accountId(), world.dealId);
    }

    it('mirrors the fields that the account begins to watch, and forgets them when it stops', async () => {
      const { running, hands, dealId } = world;
      const id = await accountId();
      const connections: HostConnections = running.app.get(HOST_CONNECTIONS);
      const fields = await (await connections.client(id)).dealFields();
      const maker = fields.find((field) => field.name === 'ЛПР');
      const segment = fields.find((field) => field.name === 'Сегмент');
      if (!maker || !segment) throw new Error('the company has no such fields');
      expect(segment.choices.map((choice) => choice.name)).toContain('Крупный бизнес');
      await hands.fill(dealId, { [maker.key]: 'Собственник', [segment.key]: 'Крупный бизнес' });
      const jobs = running.app.get(Jobs);
      await jobs.prepare(fieldsChanged);
      await running.database.transaction(async (tx) => {
        await tx.query(`INSERT INTO watched_field (account_id, field_key) VALUES ($1, $2), ($1, $3)`, [
          id,
          maker.key,
          segment.key,
        ]);
        await jobs.enqueue(fieldsChanged, { accountId: id }, { tx });
      });
      const large = segment.choices.find((choice) => choice.name === 'Крупный бизнес')?.id;
      const expected = { [maker.key]: 'Собственник', [segment.key]: large };
      await until(async () => same((await deal())?.fields, expected), { what: 'the watched fields' });
      await hands.fill(dealId, { [maker.key]: 'Директор' });
      await until(async () => (await deal())?.fields[maker.key] === 'Директор', { what: 'the hook' });
      await running.database.transaction(async (tx) => {
        await tx.query('DELETE FROM watched_field WHERE account_id = $1 AND field_key = $2', [id, maker.key]);
        await jobs.enqueue(fieldsChanged, { accountId: id }, { tx });
      });
      await until(async () => same((await deal())?.fields, { [segment.key]: large }), { what: 'the rest' });
    }, 60_000);

    it('mirrors the products of deals after the first copy', async () => {
      await until(async () => (await deal())?.productIds.length === 1, { what: 'the products' });
      const products = await world.running.app.get(MirrorReads).products(await accountId());
      expect(products.map((product) => product.id)).toContain((await deal())?.productIds[0]);
    }, 60_000);

    it('sees a call within seconds, though the deal itself does not change', async () => {
      const before = await deal();
      const startedAt = Date.now() - 2_000;
      await world.hands.work(world.dealId);
      await until(async () => ((await deal())?.lastActivityAt ?? 0) >= startedAt, { what: 'the call' });
      expect((await deal())?.modifiedAt).toBe(before?.modifiedAt);
    }, 60_000);
  });
}

describe('test/medium/features/deal-fields', () => {
  wholeWay('in the first host', async () => {
    const running = await startEverything({ company: smallCompany(30) });
    const { portal } = running;
    const open = [...portal.store.deals].find((one) => one.stage.kind === 'open' && one.productId > 0);
    return { running, hands: bitrix24HandsOf(portal, 1), dealId: `D_${open?.id}` };
  });

  wholeWay('in the second host', async () => {
    const running = await startAmocrmEverything({ company: smallCompany(30) });
    const { portal } = running;
    const open = [...portal.store.leads].find(
      (one) => one.status.kind === 'open' && one.elementIds.length > 0,
    );
    return { running, hands: amocrmHandsOf(portal, 1), dealId: String(open?.id) };
  });
});

function same(left: unknown, right: unknown): boolean {
  const sorted = (value: unknown): string => JSON.stringify(Object.entries(value ?? {}).toSorted());
  return sorted(left) === sorted(right);
}
