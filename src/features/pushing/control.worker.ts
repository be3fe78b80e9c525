import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { askAnswered } from '../../contract/jobs.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { AlertRounds } from './alert-rounds.service.js';
import { ControlContexts } from './control-context.service.js';
import { DigestRounds } from './digest-rounds.service.js';
import { controlRound, controlTick } from './control.jobs.js';
import { checkDay, DAILY_CHECK } from './rule-check-day.js';
import { PushAnswers } from './push-answers.service.js';
import { PushRounds } from './push-rounds.service.js';

/** What a round consists of. */
@Injectable()
export class ControlRounds {
  constructor(
    readonly alerts: AlertRounds,
    readonly digests: DigestRounds,
    readonly pushes: PushRounds,
  ) {}
}

/** Control by the clock, and answers that come from the host. */
@Injectable()
export class ControlWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly contexts: ControlContexts,
    private readonly rounds: ControlRounds,
    private readonly answers: PushAnswers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(askAnswered, ({ accountId, key, ...by }) =>
      this.answers.answeredInHost(accountId, key, by),
    );
    this.jobs.handle(controlTick, () => this.tick());
    this.jobs.handle(controlRound, ({ accountId }) => this.round(accountId));
    this.jobs.schedule(controlTick, '* * * * *', {});
  }

  private async tick(): Promise<void> {
    const now = this.clock.now();
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account a WHERE state = 'active' AND (
         EXISTS (SELECT 1 FROM push p WHERE p.account_id = a.account_id AND p.next_at <= $1)
         OR (EXISTS (SELECT 1 FROM alert_rule r WHERE r.account_id = a.account_id AND r.is_on)
           OR EXISTS (SELECT 1 FROM snooze s WHERE s.account_id = a.account_id AND s.undone_at IS NULL)) AND (
           EXISTS (SELECT 1 FROM deal_pulse o WHERE o.account_id = a.account_id AND o.next_check_at <= $1)
           OR EXISTS (SELECT 1 FROM silent_loss s WHERE s.account_id = a.account_id AND s.check_at <= $1)
           OR NOT EXISTS (SELECT 1 FROM control_check c WHERE c.account_id = a.account_id AND c.name = $2 AND c.day >= $3)
           OR EXISTS (SELECT 1 FROM alert l WHERE l.account_id = a.account_id AND l.next_at <= $1)
           OR EXISTS (SELECT 1 FROM alert_delivery v WHERE v.account_id = a.account_id AND v.due_at <= $1
             AND v.sent_at IS NULL)))
       ORDER BY account_id`,
      [new Date(now), DAILY_CHECK, checkDay(now)],
    );
    await this.jobs.enqueue(
      controlRound,
      rows.map((row) => ({ accountId: row.account_id })),
    );
  }

  private async round(accountId: string): Promise<void> {
    const context = await this.contexts.of(accountId);
    if (!context) return;
    await this.rounds.alerts.run(context);
    await this.rounds.digests.run(context);
    await this.rounds.pushes.run(context);
  }
}
