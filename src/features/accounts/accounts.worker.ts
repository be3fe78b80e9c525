import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { exchangeCode, installAccount, keepChainsAlive, purgeAccount, purgeDue } from './accounts.jobs.js';
import { ChainKeeping } from './chain-keeping.service.js';
import { Exchanges } from './exchanges.service.js';
import { InstallerService } from './installer.service.js';
import { PurgeService } from './purge.service.js';

/** Hosts let a chain die after months without use; a week leaves time for many attempts. */
const IDLE_DAYS = 7;

/** Background work of the accounts. */
@Injectable()
export class AccountsWorker implements OnModuleInit {
  private readonly log: Log;

  constructor(
    private readonly jobs: Jobs,
    private readonly installer: InstallerService,
    private readonly purges: PurgeService,
    private readonly chains: ChainKeeping,
    private readonly exchanges: Exchanges,
    log: Log,
  ) {
    this.log = log.child('accounts');
  }

  onModuleInit(): void {
    this.jobs.handle(installAccount, async ({ accountId, actor }) => {
      const account = await this.installer.install(accountId, actor);
      const problem = account.settings.embedding?.problem ?? null;
      if (problem !== null) throw new Error(`embedding failed: ${problem}`);
    });
    this.jobs.handle(purgeAccount, ({ accountId }) => this.purges.purge(accountId));
    this.jobs.handle(purgeDue, async () => {
      const due = await this.purges.due();
      await this.jobs.enqueue(
        purgeAccount,
        due.map((accountId) => ({ accountId })),
      );
    });
    this.jobs.handle(keepChainsAlive, async () => {
      const renewed = await this.chains.keepAlive(IDLE_DAYS);
      this.log.info('idle token chains were renewed', { renewed });
    });
    this.jobs.handle(exchangeCode, (job) => this.exchanges.finish(job));
    this.jobs.schedule(purgeDue, '23 * * * *', {});
    this.jobs.schedule(keepChainsAlive, '17 3 * * *', {});
  }
}
