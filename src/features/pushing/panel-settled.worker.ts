import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Intake } from '../../mirror/index.js';
import { actionsSettled, type ActionsSettled } from '../../outbox/index.js';

/** Has deals read again that were changed in the host for us: a row must not wait for a hook that got lost. */
@Injectable()
export class PanelSettledWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly intake: Intake,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(actionsSettled, (settled) => this.look(settled));
  }

  private async look({ accountId, actions }: ActionsSettled): Promise<void> {
    const changed = actions.filter(({ kind, outcome }) => CHANGES.has(kind) && outcome === 'done');
    const ids = new Set(changed.flatMap(({ dealId }) => dealId ?? []));
    if (ids.size === 0) return;
    const hints = [...ids].map((id) => ({ entity: 'deal', id, change: 'saved' }) as const);
    await this.intake.accept(accountId, hints, null);
  }
}

const CHANGES: ReadonlySet<string> = new Set(['moveStage', 'assign']);
