import { Injectable } from '@nestjs/common';
import { bookTouched, pulseTouched, type DealsTouched } from '../../contract/jobs.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';

/** As many deals as one job carries: what hears of them works in statements of this size. */
const DEALS_PER_JOB = 500;

/** Tells the other features of deals that changed, themselves or in their plans. */
@Injectable()
export class DealNews {
  constructor(private readonly jobs: Jobs) {}

  /** Within the transaction of what happened, or without one when nothing was saved. */
  async tell(accountId: string, dealIds: readonly string[], tx?: Sql): Promise<void> {
    const touched: DealsTouched[] = [];
    for (let at = 0; at < dealIds.length; at += DEALS_PER_JOB)
      touched.push({ accountId, dealIds: dealIds.slice(at, at + DEALS_PER_JOB) });
    for (const listener of [pulseTouched, bookTouched])
      await this.jobs.enqueue(listener, touched, tx ? { tx } : {});
  }
}
