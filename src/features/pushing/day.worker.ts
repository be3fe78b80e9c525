import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { ControlContexts } from './control-context.service.js';
import { dayRound, dayTick } from './day.jobs.js';
import { DayRounds } from './day-rounds.service.js';

/** The daily cycle by the clock. */
@Injectable()
export class DayWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly contexts: ControlContexts,
    private readonly rounds: DayRounds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(dayTick, () => this.tick());
    this.jobs.handle(dayRound, ({ accountId }) => this.round(accountId));
    this.jobs.schedule(dayTick, '* * * * *', {});
  }

  private async tick(): Promise<void> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT a.account_id FROM control_setting c JOIN account a ON a.account_id = c.account_id AND a.state = 'active'
       WHERE c.cycle_on AND (c.cycle_next_at IS NULL OR c.cycle_next_at <= $1) ORDER BY a.account_id`,
      [new Date(this.clock.now())],
    );
    await this.jobs.enqueue(
      dayRound,
      rows.map((row) => ({ accountId: row.account_id })),
    );
  }

  private async round(accountId: string): Promise<void> {
    const context = await this.contexts.of(accountId);
    if (context) await this.rounds.run(context);
  }
}
