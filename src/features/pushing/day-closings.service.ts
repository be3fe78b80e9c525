import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { ControlContext } from './control-context.service.js';
import { DayMessages } from './day-messages.service.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository, type DayKey } from './day.repository.js';
import { itemIdOf, type CycleSettings, type DayPicture, type StoredItem } from './day.types.js';

const AT_ONCE = 50;

/** Days that are over become a record: every item says for ever what became of it. */
@Injectable()
export class DayClosings {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly messages: DayMessages,
  ) {}

  /** Settles whatever ended since somebody looked; days settled once stay as they are. */
  async settle(context: ControlContext, settings: CycleSettings, now: Instant): Promise<void> {
    for (;;) {
      const settled = await this.database.transaction(async (tx) => {
        const { accountId } = context;
        const ended = await this.days.unsettled(tx, accountId, now, AT_ONCE);
        for (const sameDay of Map.groupBy(ended, (key) => key.day).values()) {
          const pictures = [...(await this.pictures.of(context, settings, sameDay, now, tx)).values()];
          const stored = await this.days.items(tx, accountId, sameDay);
          await this.days.save(tx, accountId, finalOf(pictures, stored), now);
          await this.days.remove(tx, accountId, goneOf(pictures, stored));
        }
        await this.days.settle(tx, accountId, ended, now);
        await this.messages.takeAway(
          tx,
          context,
          ended.map(({ userId, day }) => ['closing', userId, day]),
        );
        return ended.length;
      });
      if (settled < AT_ONCE) return;
    }
  }
}

function finalOf(pictures: readonly DayPicture[], stored: readonly StoredItem[]): readonly StoredItem[] {
  const told = new Map(
    stored.map((item) => [placeOf(item.userId, itemIdOf(item.dealId, item.stepId)), item]),
  );
  return pictures.flatMap(({ userId, day, entries }) =>
    entries.map((entry) => ({
      userId,
      day,
      dealId: entry.dealId ?? '',
      stepId: entry.stepId,
      kind: entry.state === 'open' ? 'unexplained' : entry.state,
      reason: entry.standing.reason,
      reasonKey: told.get(placeOf(userId, entry.id))?.reasonKey ?? null,
      cause: entry.standing.cause,
      until: entry.standing.until,
      title: entry.title,
      dueAt: entry.dueAt,
      postponed: entry.postponed,
    })),
  );
}

function placeOf(userId: string, itemId: string): string {
  return `${userId}|${itemId}`;
}

/** Planned, and then nothing was left of them: the deal was closed, the plan cancelled the step. */
function goneOf(
  pictures: readonly DayPicture[],
  stored: readonly StoredItem[],
): readonly (DayKey & Pick<StoredItem, 'dealId' | 'stepId'>)[] {
  const left = new Set(
    pictures.flatMap(({ userId, entries }) => entries.map((entry) => placeOf(userId, entry.id))),
  );
  return stored.filter((item) => !left.has(placeOf(item.userId, itemIdOf(item.dealId, item.stepId))));
}
