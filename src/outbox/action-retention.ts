import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';
import { Database } from '../infra/db/database.js';
import { defineJob } from '../infra/jobs/job.js';
import { Jobs } from '../infra/jobs/jobs.js';

const forgetActions = defineJob<object>({ name: 'outbox.forget-actions' });

/** As long as letters are kept: nobody asks any more what was told then, and no key comes again after it. */
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Every night throws away what was carried out or refused long ago: personal notifications, and whatever was written
 * into deals that are closed. What was written into an open deal stays: the idle clock tells our own traces by it.
 */
@Injectable()
export class ActionRetention implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(forgetActions, () => this.forget());
    this.jobs.schedule(forgetActions, '51 3 * * *', {});
  }

  async forget(): Promise<void> {
    await this.database.query(
      `DELETE FROM outbox_action o USING account a
       WHERE o.account_id = a.account_id AND o.state IN ('done', 'refused') AND o.next_at IS NULL AND o.done_at < $1
         AND (o.kind = 'notify' OR NOT EXISTS (
           SELECT 1 FROM deal d WHERE d.account_id = o.account_id AND d.deal_id = o.deal_id
             AND d.stage_kind = 'open' AND d.deleted_at IS NULL))`,
      [new Date(this.clock.now() - KEPT_MS)],
    );
  }
}
