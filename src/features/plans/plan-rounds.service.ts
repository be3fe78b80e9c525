import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { LAUNCH_CHUNK } from './bulk-launch.service.js';
import { DealChanges } from './deal-changes.service.js';
import { FieldWatching } from './field-watching.service.js';
import { PeopleWatch } from './people-watch.service.js';
import { refreshPlans } from './plans.jobs.js';

/** One account's backlog of a Monday morning must not keep the others waiting; the next minute goes on. */
const MAX_CHUNKS = 20;

/** Goes round all accounts for what no event tells. */
@Injectable()
export class PlanRounds {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly dealChanges: DealChanges,
    private readonly people: PeopleWatch,
    private readonly fields: FieldWatching,
    log: Log,
  ) {
    this.log = log.child('plans');
  }

  /** Plans whose time has come. One account's trouble does not keep the others from it. */
  async tick(): Promise<void> {
    for (const accountId of await this.activeAccounts()) {
      try {
        await this.look(accountId);
      } catch (error) {
        this.log.error('the round of an account failed', { accountId, detail: String(error) });
      }
    }
  }

  async refreshAll(): Promise<void> {
    const accountIds = await this.activeAccounts();
    await this.jobs.enqueue(
      refreshPlans,
      accountIds.map((accountId) => ({ accountId })),
    );
  }

  async refresh(accountId: string): Promise<void> {
    await this.fields.watch(accountId);
    return this.dealChanges.refresh(accountId, LAUNCH_CHUNK);
  }

  private async look(accountId: string): Promise<void> {
    await this.people.look(accountId);
    await this.fields.look(accountId);
    for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
      if ((await this.dealChanges.timePassed(accountId, LAUNCH_CHUNK)) < LAUNCH_CHUNK) break;
    }
  }

  private async activeAccounts(): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account WHERE state = 'active' ORDER BY account_id`,
    );
    return rows.map((row) => row.account_id);
  }
}
