import { Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import type { HostDeal } from '../contract/streams.js';
import { Database } from '../infra/db/database.js';
import { advance, finishStep, giveBack } from './checkpoints.repository.js';
import { dueProducts, hasProducts, saveDealProducts } from './deal-products.repository.js';
import { MirrorWriter } from './mirror-writer.js';
import type { StepWork } from './step-runner.js';

/** Ten requests of a batching host: other steps of the account get their turn between two passes. */
const DEALS_PER_PASS = 500;
const DEALS_PER_READ = 50;
/** More deals than one request reads are a flood: their products come with the next pass. */
const AT_ONCE = 50;

/**
 * Products of deals, where the host has no list that tells them with the deals or for many deals at once. They are read
 * after the first copy, a deal after a deal, so that the copy is as fast as without; what changes later is read with it.
 */
@Injectable()
export class DealProducts {
  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
  ) {}

  /** One pass; when there is more to do, the step stays due. */
  async read(work: StepWork): Promise<void> {
    const { lease, client } = work;
    const { accountId } = lease;
    if (!client.readDealProducts || !(await hasProducts(this.database, accountId))) {
      return finishStep(this.database, lease, null);
    }
    const due = await dueProducts(this.database, accountId, DEALS_PER_PASS);
    for (let from = 0; from < due.length; from += DEALS_PER_READ) {
      work.signal.throwIfAborted();
      const some = due.slice(from, from + DEALS_PER_READ);
      const productsOf = await client.readDealProducts(
        some.map((deal) => deal.id),
        'low',
      );
      await this.writer.transaction(accountId, async (tx) => {
        await advance(tx, lease, { cursor: null, rows: some.length, total: null });
        const deals = await saveDealProducts(tx, accountId, some, productsOf);
        await this.writer.settle(tx, accountId, { deals }, 'sweep');
      });
    }
    return due.length < DEALS_PER_PASS
      ? finishStep(this.database, lease, null)
      : giveBack(this.database, lease);
  }

  /** Deals that an event brought, with their products where they are few. */
  async along(
    client: HostClient,
    accountId: string,
    deals: readonly HostDeal[],
  ): Promise<readonly HostDeal[]> {
    const without = deals.filter((deal) => deal.productIds === null);
    if (!client.readDealProducts || without.length === 0 || without.length > AT_ONCE) return deals;
    if (!(await hasProducts(this.database, accountId))) return deals;
    const productsOf = await client.readDealProducts(
      without.map((deal) => deal.id),
      'high',
    );
    return deals.map((deal) =>
      deal.productIds === null ? { ...deal, productIds: productsOf.get(deal.id) ?? null } : deal,
    );
  }
}
