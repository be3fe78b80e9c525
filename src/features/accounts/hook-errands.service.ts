import path from 'node:path';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { robotCalled, type AskAnswered, type RobotCall } from '../../contract/jobs.js';
import type { Instant } from '../../domain/crm/time.js';
import { Config } from '../../infra/config/config.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { SpooledWork } from '../../infra/spool/spooled-work.js';
import { ActionOutbox } from '../../outbox/index.js';
import { LifecycleService, type Lifecycle } from './lifecycle.service.js';

type Answer = Pick<AskAnswered, 'userId' | 'answer'>;

/** What a proven hook asks for besides "look at this again". */
type HookErrand =
  | ({ readonly kind: 'robot' } & RobotCall)
  | ({ readonly kind: 'answer'; readonly accountId: string; readonly hostId: string } & Answer)
  | ({ readonly kind: 'lifecycle'; readonly accountId: string } & Pick<Lifecycle, 'event' | 'purge'>);

/** With the moment of the call by this machine's clock: it is held against the database's, never against a handed one. */
type Kept = HookErrand & { readonly at: Instant };

/** Errands of hooks, which hosts run once and never again: none is lost while the database is away. */
@Injectable()
export class HookErrands implements OnModuleInit, OnApplicationShutdown {
  private readonly errands: SpooledWork<Kept>;

  constructor(
    private readonly jobs: Jobs,
    private readonly actions: ActionOutbox,
    private readonly lifecycle: LifecycleService,
    config: Config,
    log: Log,
  ) {
    const folder = path.join(config.dataDir, 'spool-errands');
    this.errands = new SpooledWork(folder, (errands, from) => this.run(errands, from), log.child('hooks'));
  }

  onModuleInit(): void {
    this.errands.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.errands.stop();
  }

  /** Resolves when it is done or safe; throws when neither the database nor the disk takes it. */
  take(errand: HookErrand): Promise<void> {
    return this.errands.take({ ...errand, at: Date.now() });
  }

  private async run(errands: readonly Kept[], from: 'caller' | 'spool'): Promise<void> {
    for (const errand of errands) await this.runOne(errand, from === 'spool');
  }

  private async runOne(errand: Kept, isLate: boolean): Promise<void> {
    if (errand.kind === 'robot') {
      const { accountId, dealId, templateKey, callId } = errand;
      return this.jobs.enqueue(robotCalled, { accountId, dealId, templateKey, callId });
    }
    if (errand.kind === 'answer') {
      const { accountId, hostId, userId, answer } = errand;
      return this.actions.answered(accountId, hostId, { userId, answer });
    }
    return this.lifecycle.happened(errand.accountId, errand, isLate ? errand.at : null);
  }
}
