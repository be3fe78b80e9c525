import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { PanelDeeds } from './panel-deeds.service.js';
import {
  PANEL_PUSH_READS,
  PANEL_PUSHER,
  type PanelPusher,
  type PanelPushReads,
  type ShownPush,
} from './panel-pusher.js';
import { refuse, type Refused, type Targets } from './panel-targets.service.js';
import type { PanelActionAnswer, PushStateView } from './panel.view.js';

/** Product's figure: nobody is pushed about the same thing twice within an hour. */
const COOL_DOWN_MS = 3_600_000;

/** Pushes of the panel: many deals at once, and what became of them. */
@Injectable()
export class PanelPushes {
  constructor(
    private readonly deeds: PanelDeeds,
    @Optional() @Inject(PANEL_PUSHER) private readonly pusher: PanelPusher | null,
    @Optional() @Inject(PANEL_PUSH_READS) private readonly reads: PanelPushReads | null,
  ) {}

  async push(targets: Targets, text: string | undefined): Promise<PanelActionAnswer> {
    const { person } = targets;
    const dealIds = targets.deals.map((deal) => deal.id);
    if (!this.pusher) {
      const left = dealIds.map((dealId) => refuse(dealId, 'noPushes', person.language));
      return { done: 0, refused: [...targets.refused, ...left], undo: null };
    }
    const { pushes, refused } = await this.pusher.pushDeals(person, dealIds, text);
    const left: readonly Refused[] = refused.map(({ target, why }) => ({ dealId: target.dealId ?? '', why }));
    const planned = pushes.map(({ pushId, dealId }) => ({ dealId: dealId ?? '', facts: { pushId } }));
    const undo = await this.deeds.record(targets, 'push', planned);
    return { done: planned.length, refused: [...targets.refused, ...left], undo };
  }

  /** Those that were answered meanwhile stay; returns the others. */
  async withdraw(person: Targets['person'], pushIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (pushIds.length === 0) return new Set();
    return new Set(await this.pusher?.withdraw(person, pushIds));
  }

  async lastOf(accountId: string, dealIds: readonly string[]): Promise<ReadonlyMap<string, ShownPush>> {
    if (dealIds.length === 0) return new Map();
    return (await this.reads?.lastOf(accountId, dealIds)) ?? new Map();
  }

  async allOf(accountId: string, dealId: string): Promise<readonly ShownPush[]> {
    return (await this.reads?.allOf(accountId, dealId)) ?? [];
  }
}

export function pushStateView(
  push: ShownPush,
  now: Instant,
  nameOf: (userId: string | null) => string | null,
): PushStateView {
  const cool = push.at + COOL_DOWN_MS;
  return {
    id: push.pushId,
    at: isoOf(push.at),
    byName: nameOf(push.byUser),
    state: push.state,
    answer: push.answer && {
      kind: push.answer.kind,
      at: isoOf(push.answer.at),
      byName: nameOf(push.answer.by),
      until: push.answer.until === null ? null : isoOf(push.answer.until),
      reason: push.answer.reason,
    },
    coolUntil: cool > now ? isoOf(cool) : null,
  };
}

function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}
