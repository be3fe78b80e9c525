import { Injectable } from '@nestjs/common';
import { DealProducts } from './deal-products.js';
import { Reconciler } from './reconciler.js';
import type { StepWork } from './step-runner.js';
import { PRODUCTS_STEP } from './streams/streams.js';

/** Steps that are no stream of the host's. */
@Injectable()
export class LateSteps {
  constructor(
    private readonly reconciler: Reconciler,
    private readonly products: DealProducts,
  ) {}

  async work(work: StepWork): Promise<void> {
    if (work.lease.step === PRODUCTS_STEP) return this.products.read(work);
    return this.reconciler.reconcile(work);
  }
}
