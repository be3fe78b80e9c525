import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessWorld, Service } from './processes.js';

/** Edits deals of the portal and tells of each edit, one after another in several lanes, until it is stopped. */
export class HookLoad {
  /** The last title of each deal whose telling was answered with success. */
  readonly told = new Map<number, string>();
  answered = 0;
  /** Answers that were no success; a process that is not there any more answers nothing. */
  refused = 0;
  private stopping = false;
  private lanes: readonly Promise<void>[] = [];
  private count = 0;

  constructor(
    private readonly world: ProcessWorld,
    private readonly webs: () => readonly Service[],
  ) {}

  start(lanes: number): void {
    const deals = this.world.portal.context.deals({ order: 'oldest', limit: 200 }).deals;
    this.lanes = Array.from({ length: lanes }, (_, lane) =>
      this.run(deals.filter((_deal, index) => index % lanes === lane)),
    );
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.lanes);
  }

  private async run(deals: readonly { readonly id: number; readonly ownerId: number }[]): Promise<void> {
    for (let turn = 0; !this.stopping; turn++) {
      const deal = deals[turn % deals.length];
      const web = this.webs()[turn % this.webs().length];
      if (!deal || !web) return;
      const title = `Под нагрузкой ${(this.count += 1)}`;
      this.world.portal.context.updateDeal(deal.id, { title }, deal.ownerId);
      const status = await this.world.hook(web, 'ONCRMDEALUPDATE', deal.id);
      // Untold, this title may be in the mirror or not.
      this.told.delete(deal.id);
      if (status === 200) {
        this.told.set(deal.id, title);
        this.answered += 1;
      } else if (status !== null) this.refused += 1;
      else await sleep(50);
    }
  }
}
