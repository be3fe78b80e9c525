import { Global, Module } from '@nestjs/common';
import { ACCOUNTS } from '../../contract/accounts.js';
import { MirrorModule } from '../../mirror/index.js';
import { AccountsService } from './accounts.service.js';
import { AccountsWorker } from './accounts.worker.js';
import { ConnectionsModule } from './connections.module.js';
import { ChainKeeping } from './chain-keeping.service.js';
import { EnrolmentService } from './enrolment.service.js';
import { HookSinks } from './hook-sinks.service.js';
import { HooksService } from './hooks.service.js';
import { HooksController } from './hooks.controller.js';
import { InstallerService } from './installer.service.js';
import { LifecycleService } from './lifecycle.service.js';
import { PurgeService } from './purge.service.js';

/** Global, because every feature asks `ACCOUNTS` and none imports another. Installation, tokens, health and end of accounts, and the hooks that hosts call. */
@Global()
@Module({
  imports: [ConnectionsModule, MirrorModule],
  controllers: [HooksController],
  providers: [
    AccountsService,
    AccountsWorker,
    ChainKeeping,
    EnrolmentService,
    HookSinks,
    HooksService,
    InstallerService,
    LifecycleService,
    PurgeService,
    { provide: ACCOUNTS, useExisting: AccountsService },
  ],
  exports: [ACCOUNTS],
})
export class AccountsModule {}
