import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { MirrorProgress } from '../../mirror/index.js';
import type { SyncView } from './plan.view.js';
import { isoOf } from './step-view.js';
import { syncProblem } from './sync.texts.js';

/** How far the first copy is, and what is wrong with the connection, in the person's words. */
@Injectable()
export class SyncViews {
  constructor(
    private readonly progress: MirrorProgress,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
  ) {}

  async of(accountId: string, language: 'ru' | 'en'): Promise<SyncView> {
    const copy = await this.progress.of(accountId);
    const account = await this.accounts.find(accountId);
    const health = account?.health ?? 'ok';
    return {
      state: copy.state === 'waiting' ? 'running' : copy.state,
      rowsDone: copy.rowsDone,
      rowsTotal: copy.rowsTotal,
      rowsPerSecond: copy.rowsPerSecond,
      secondsLeft: copy.secondsLeft,
      problem: syncProblem(health === 'ok' ? copy.problem : health, language),
      updatedAt: isoOf(copy.updatedAt),
    };
  }
}
