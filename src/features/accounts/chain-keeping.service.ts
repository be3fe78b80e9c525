import { Injectable } from '@nestjs/common';
import { Log } from '../../infra/log.js';
import { AccountCache } from './account.cache.js';
import { AccountRepository } from './account.repository.js';
import { Connections } from './connections.service.js';
import { CredentialRepository } from './credential.repository.js';
import { TokenKeeper } from './token-keeper.service.js';

/** Renews what nobody used for long; one account's trouble does not keep the others from it. */
@Injectable()
export class ChainKeeping {
  private readonly log: Log;

  constructor(
    private readonly accounts: AccountRepository,
    private readonly credentials: CredentialRepository,
    private readonly keeper: TokenKeeper,
    private readonly connections: Connections,
    private readonly cache: AccountCache,
    log: Log,
  ) {
    this.log = log.child('accounts');
  }

  async keepAlive(idleDays: number): Promise<number> {
    let renewed = 0;
    for (const accountId of await this.accounts.idsIn('active')) {
      const host = (await this.cache.find(accountId))?.record.host;
      if (host === undefined) continue;
      for (const chain of await this.credentials.idle(accountId, idleDays)) {
        try {
          await this.keeper.keepAlive(chain, host);
          renewed += 1;
        } catch (error) {
          this.log.warn('an idle token chain could not be renewed', { accountId, detail: String(error) });
        }
      }
      await this.judge(accountId);
    }
    return renewed;
  }

  private async judge(accountId: string): Promise<void> {
    const living = await this.credentials.living(accountId);
    if (living.length > 0) return;
    await this.connections.report(accountId, { kind: 'reauthorise', detail: 'no living token chain' });
  }
}
