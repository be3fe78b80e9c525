import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { AccountRepository } from './account.repository.js';
import { checkEmbedding, checkEmbeddings } from './accounts.jobs.js';
import { InstallerService } from './installer.service.js';

/** Looks every few hours whether our places in the hosts are still there. */
@Injectable()
export class EmbeddingWatch implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly accounts: AccountRepository,
    private readonly installer: InstallerService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(checkEmbeddings, async () => {
      const accountIds = await this.accounts.idsIn('active');
      await this.jobs.enqueue(
        checkEmbedding,
        accountIds.map((accountId) => ({ accountId })),
      );
    });
    this.jobs.handle(checkEmbedding, ({ accountId }) => this.installer.check(accountId));
    this.jobs.schedule(checkEmbeddings, '37 */3 * * *', {});
  }
}
