import { Injectable } from '@nestjs/common';
import type { HostTask } from '../domain/crm/records.js';
import type { Sql } from '../infra/db/sql.js';
import { Log } from '../infra/log.js';
import { ActionOutbox } from './action-outbox.js';
import { appliedByCreation } from './applied-task.js';
import { observeTask, type TaskObservation } from './observation.js';
import { outboxKey } from './outbox-key.js';
import { OutboxCounters } from './outbox-counters.js';
import { lockSeen, saveGone, saveSightings, type SavedSighting } from './sighting.repository.js';
import type { OutboxTask, TaskWish } from './task.types.js';
import { wishChange, type KnownTask } from './wish-change.js';
import {
  callWorkers,
  insertWishes,
  lockKnown,
  RESUMED,
  updateWishes,
  type ChangedWish,
} from './wish.repository.js';

/** What the plans want to exist in the host, and what people made of it there. */
@Injectable()
export class Outbox {
  private readonly log: Log;

  constructor(
    private readonly counters: OutboxCounters,
    private readonly actions: ActionOutbox,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  /**
   * Saves wishes in the caller's transaction; workers hear of it when that commits. Idempotent: a wish that says
   * nothing new changes nothing. Two wishes for one step in one call: the last one counts.
   */
  async want(tx: Sql, accountId: string, wishes: readonly TaskWish[]): Promise<void> {
    const keyed = new Map(
      wishes.map((wish) => [outboxKey(accountId, wish.planId, wish.stepKey, wish.visitSeq), wish]),
    );
    const fresh = changesOf(keyed, new Map());
    const inserted = await insertWishes(tx, accountId, fresh);
    const others = new Map([...keyed].filter(([key]) => !inserted.has(key)));
    const changed =
      others.size > 0 ? changesOf(others, await lockKnown(tx, accountId, [...others.keys()])) : [];
    if (changed.length > 0) await updateWishes(tx, accountId, changed);
    const due = [...fresh.filter(({ key }) => inserted.has(key)), ...changed].some(
      ({ change }) => change.due,
    );
    if (due) await callWorkers(tx, accountId);
  }

  /**
   * Takes reads of the host's tasks, ours and others', and ids that are gone; answers what people did to ours. Echoes
   * of our own writes are recognised by comparing values and say nothing. Idempotent: the same read twice tells once.
   */
  async observe(
    tx: Sql,
    accountId: string,
    tasks: readonly HostTask[],
    deletedIds: readonly string[] = [],
  ): Promise<readonly TaskObservation[]> {
    const rows = await lockSeen(tx, accountId, tasks, deletedIds);
    const byId = new Map(rows.filter((row) => row.hostTaskId !== null).map((row) => [row.hostTaskId, row]));
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const sightings: SavedSighting[] = [];
    const observations: TaskObservation[] = [];
    for (const task of tasks) {
      const row = byId.get(task.id) ?? (task.ourKey === null ? undefined : byKey.get(task.ourKey));
      if (!row || row.state === 'gone') continue;
      if (row.hostTaskId !== null && row.hostTaskId !== task.id) {
        this.doubled(accountId, row, task.id);
        continue;
      }
      const applied = row.applied ?? appliedByCreation(row.desired);
      const sighting = observeTask(task, row, applied);
      if (sighting.changed || row.hostTaskId === null) {
        sightings.push({ key: row.key, hostTaskId: task.id, applied: sighting.applied });
      }
      if (sighting.facts.length > 0) observations.push(observation(row, task.id, sighting.facts));
    }
    await saveSightings(tx, accountId, sightings);
    if (sightings.length > 0) await callWorkers(tx, accountId);
    await this.actions.observe(tx, accountId, tasks);
    const deleted = rows.filter((row) => row.hostTaskId !== null && deletedIds.includes(row.hostTaskId));
    return [...observations, ...(await this.forget(tx, accountId, deleted))];
  }

  /** The connection works again: what was held back goes now, not after its pause. */
  async resume(tx: Sql, accountId: string): Promise<void> {
    await callWorkers(tx, `${accountId} ${RESUMED}`);
  }

  /** A closed step's task may be thrown away without anybody being told; an open one's may not. */
  private async forget(
    tx: Sql,
    accountId: string,
    rows: readonly OutboxTask[],
  ): Promise<readonly TaskObservation[]> {
    const living = rows.filter((row) => row.state !== 'gone');
    await saveGone(
      tx,
      accountId,
      living.map((row) => row.key),
    );
    return living
      .filter((row) => row.desired.state === 'open')
      .map((row) => observation(row, row.hostTaskId ?? '', [{ kind: 'deleted' }]));
  }

  private doubled(accountId: string, row: OutboxTask, otherTaskId: string): void {
    this.counters.doubled();
    this.log.warn('two tasks of the host carry one key', {
      accountId,
      key: row.key,
      hostTaskId: row.hostTaskId,
      otherTaskId,
    });
  }
}

function changesOf(
  wishes: ReadonlyMap<string, TaskWish>,
  known: ReadonlyMap<string, KnownTask>,
): readonly ChangedWish[] {
  return [...wishes].flatMap(([key, wish]) => {
    const change = wishChange(known.get(key) ?? null, wish);
    return change ? [{ key, wish, change }] : [];
  });
}

function observation(row: OutboxTask, taskId: string, facts: TaskObservation['facts']): TaskObservation {
  const { key, planId, stepKey, visitSeq, dealId } = row;
  return { key, planId, stepKey, visitSeq, dealId, taskId, facts };
}
