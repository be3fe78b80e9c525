import { Global, Module } from '@nestjs/common';
import { ACCOUNTS } from '../../contract/accounts.js';
import { SYNC_STATUS } from '../../contract/sync-status.js';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { AccountsService } from './accounts.service.js';
import { AccountsWorker } from './accounts.worker.js';
import { ConnectionsModule } from './connections.module.js';
import { ChainKeeping } from './chain-keeping.service.js';
import { EmbeddingWatch } from './embedding-watch.worker.js';
import { EnrolmentService } from './enrolment.service.js';
import { Exchanges } from './exchanges.service.js';
import { HookErrands } from './hook-errands.service.js';
import { HookSinks } from './hook-sinks.service.js';
import { HooksService } from './hooks.service.js';
import { HooksController } from './hooks.controller.js';
import { InstallerService } from './installer.service.js';
import { LifecycleService } from './lifecycle.service.js';
import { OauthController } from './oauth.controller.js';
import { PurgeService } from './purge.service.js';
import { SyncStatusService } from './sync-status.service.js';

/**
 * Installation, tokens, health and end of accounts, and the hooks that hosts call. Global, because every feature asks
 * `ACCOUNTS` and none imports another.
 */
@Global()
@Module({
  imports: [ConnectionsModule, MirrorModule, OutboxModule],
  controllers: [HooksController, OauthController],
  providers: [
    AccountsService,
    AccountsWorker,
    ChainKeeping,
    EmbeddingWatch,
    EnrolmentService,
    Exchanges,
    HookErrands,
    HookSinks,
    HooksService,
    InstallerService,
    LifecycleService,
    PurgeService,
    SyncStatusService,
    { provide: ACCOUNTS, useExisting: AccountsService },
    { provide: SYNC_STATUS, useExisting: SyncStatusService },
  ],
  exports: [ACCOUNTS, SYNC_STATUS],
})
export class AccountsModule {}
