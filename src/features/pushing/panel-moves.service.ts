import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { ActionOutbox } from '../../outbox/index.js';
import { DealDeedRepository, type StagePlace } from './deal-deed.repository.js';

/** A move that is not confirmed for longer than this has been given up. */
const LOOK_BACK_MS = 24 * 3_600_000;
/** How long after the host's word the mirror may still show the old stage. */
const MIRROR_LAG_MS = 60_000;

/** Where deals are on their way to: asked for in the panel, not confirmed by the host or not copied yet. */
@Injectable()
export class PanelMoves {
  constructor(
    private readonly deeds: DealDeedRepository,
    private readonly outbox: ActionOutbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By deal; `stageOf` says where the mirror has each of them now. */
  async under(
    accountId: string,
    stageOf: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, StagePlace>> {
    const now = this.clock.now();
    const since = new Date(now - LOOK_BACK_MS);
    const deeds = await this.deeds.latestWished(accountId, [...stageOf.keys()], since);
    const keys = deeds.flatMap((deed) => deed.actionKey ?? []);
    if (keys.length === 0) return new Map();
    const standings = await this.outbox.of(accountId, keys);
    const found = new Map<string, StagePlace>();
    for (const { dealId, actionKey, facts } of deeds) {
      const standing = standings.get(actionKey ?? '');
      const arrives =
        standing?.state === 'pending' ||
        (standing?.state === 'done' && now - (standing.doneAt ?? 0) < MIRROR_LAG_MS);
      if (facts.to && arrives && facts.to.stageId !== stageOf.get(dealId)) found.set(dealId, facts.to);
    }
    return found;
  }
}
