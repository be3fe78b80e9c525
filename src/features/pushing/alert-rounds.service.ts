import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { AlertFinding } from './alert-finding.service.js';
import { AlertLadder } from './alert-ladder.service.js';
import { AlertSending } from './alert-sending.service.js';
import type { ControlContext } from './control-context.service.js';
import { RuleChecks } from './rule-checks.service.js';
import { RuleRepository, type Control } from './rule.repository.js';

/** What one transaction takes. The embedded database has one connection: everybody waits for it meanwhile. */
const AT_ONCE = { postgres: 2_000, embedded: 500 } as const;

type Step = (tx: Sql, context: ControlContext, control: Control, limit: number) => Promise<number>;

/** What rules find, who is told, and what goes up the ladder: everything of an account that is due now. */
@Injectable()
export class AlertRounds {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly finding: AlertFinding,
    private readonly ladder: AlertLadder,
    private readonly sending: AlertSending,
    private readonly checks: RuleChecks,
  ) {}

  /** Idempotent; a crash in between loses nothing. */
  async run(context: ControlContext): Promise<void> {
    await this.checks.run(context);
    const control = await this.rules.of(context.accountId);
    const steps: readonly Step[] = [
      (...round) => this.finding.deals(...round),
      (...round) => this.finding.silentLosses(...round),
      (...round) => this.finding.closed(...round),
      (...round) => this.ladder.climb(...round),
      (...round) => this.sending.send(...round),
    ];
    for (const step of steps) await this.untilDone((tx, limit) => step(tx, context, control, limit));
  }

  private async untilDone(round: (tx: Sql, limit: number) => Promise<number>): Promise<void> {
    const limit = AT_ONCE[this.database.kind];
    for (;;) if ((await this.database.transaction((tx) => round(tx, limit))) < limit) return;
  }
}
