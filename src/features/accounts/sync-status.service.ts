import { Injectable } from '@nestjs/common';
import type { SyncFacts, SyncStatus } from '../../contract/sync-status.js';
import { MirrorProgress } from '../../mirror/index.js';
import { AccountCache } from './account.cache.js';
import { syncProblem } from './sync.texts.js';

/** The copy's progress and the connection's health as one thing to show. */
@Injectable()
export class SyncStatusService implements SyncStatus {
  constructor(
    private readonly progress: MirrorProgress,
    private readonly cache: AccountCache,
  ) {}

  async of(accountId: string, language: 'ru' | 'en'): Promise<SyncFacts> {
    const copy = await this.progress.of(accountId);
    const health = (await this.cache.find(accountId))?.record.health ?? 'ok';
    return {
      state: copy.state === 'waiting' ? 'running' : copy.state,
      rowsDone: copy.rowsDone,
      rowsTotal: copy.rowsTotal,
      rowsPerSecond: copy.rowsPerSecond,
      secondsLeft: copy.secondsLeft,
      problem: syncProblem(health === 'ok' ? copy.problem : health, language),
      updatedAt: copy.updatedAt === null ? null : new Date(copy.updatedAt).toISOString(),
    };
  }
}
