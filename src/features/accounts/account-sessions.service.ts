import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { SharedLimitsFactory } from '../../infra/limits/shared-limits.js';
import { Log } from '../../infra/log.js';
import type { AccountRecord } from './account.repository.js';
import { AccountSession } from './account-session.js';
import { HealthService } from './health.service.js';
import { TokenKeeper } from './token-keeper.service.js';

/** Makes what a host's client holds of an account. */
@Injectable()
export class AccountSessions {
  constructor(
    private readonly keeper: TokenKeeper,
    private readonly limits: SharedLimitsFactory,
    private readonly health: HealthService,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  of(record: AccountRecord): AccountSession {
    return new AccountSession({
      accountId: record.accountId,
      accountKey: record.hostKey,
      hostId: record.host,
      endpoint: record.endpoint,
      oauthEndpoint: record.oauthEndpoint,
      keeper: this.keeper,
      limits: this.limits.for(record.accountId),
      clock: this.clock,
      log: this.log.child('host'),
      watchedFields: record.watchedFields,
      moved: (endpoint) => this.health.moved(record.accountId, record.endpoint, endpoint),
    });
  }
}
