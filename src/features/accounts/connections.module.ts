import { Global, Module } from '@nestjs/common';
import { HOST_CONNECTIONS } from '../../contract/connections.js';
import { AccountBook } from './account-book.service.js';
import { AccountCache } from './account.cache.js';
import { AccountRepository } from './account.repository.js';
import { AccountSessions } from './account-sessions.service.js';
import { Connections } from './connections.service.js';
import { CredentialRepository } from './credential.repository.js';
import { HealthService } from './health.service.js';
import { TokenKeeper } from './token-keeper.service.js';

/**
 * The connection of an account to its host, for everybody who calls hosts. Apart from `AccountsModule`, because the
 * mirror needs it and the accounts need the mirror. Needs the provider `HOSTS`, globally.
 */
@Global()
@Module({
  providers: [
    AccountBook,
    AccountCache,
    AccountSessions,
    AccountRepository,
    Connections,
    CredentialRepository,
    HealthService,
    TokenKeeper,
    { provide: HOST_CONNECTIONS, useExisting: Connections },
  ],
  exports: [
    AccountBook,
    AccountCache,
    AccountRepository,
    Connections,
    CredentialRepository,
    HealthService,
    TokenKeeper,
    HOST_CONNECTIONS,
  ],
})
export class ConnectionsModule {}
