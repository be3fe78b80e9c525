import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';
import { checkDay, DAILY_CHECK } from './rule-check-day.js';
import { CompanyAlerts } from './rule-company.service.js';
import { RuleDemotions } from './rule-demotions.service.js';
import { RuleRepository } from './rule.repository.js';

/** What is looked at once a day: sellers and pipelines as a whole, and what the rules themselves are good for. */
@Injectable()
export class RuleChecks {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly company: CompanyAlerts,
    private readonly demotions: RuleDemotions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Does nothing when the day's check was done. A crash in the middle leaves it to be done. */
  async run(context: ControlContext): Promise<void> {
    const now = this.clock.now();
    const control = await this.rules.of(context.accountId);
    if (!control.rules.some((rule) => rule.on)) return;
    await this.database.transaction(async (tx) => {
      if (!(await mine(tx, context.accountId, now))) return;
      await this.demotions.check(tx, context, control, now);
      await this.company.check(tx, context, control, now);
    });
  }
}

/** Two processes that meet here: the second one waits, and finds the day taken. */
async function mine(tx: Sql, accountId: string, now: Instant): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO control_check AS c (account_id, name, day) VALUES ($1::uuid, $2, $3)
     ON CONFLICT (account_id, name) DO UPDATE SET day = excluded.day WHERE c.day < excluded.day RETURNING day`,
    [accountId, DAILY_CHECK, checkDay(now)],
  );
  return rows.length > 0;
}
