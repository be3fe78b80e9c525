import path from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import secureJson from 'secure-json-parse';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { HostRequest } from '../../contract/host.js';
import { Config } from '../../infra/config/config.js';
import { Vault } from '../../infra/crypto/vault.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { SpooledWork } from '../../infra/spool/spooled-work.js';
import { exchangeCode, type CodeExchange } from './accounts.jobs.js';
import { AccountsService } from './accounts.service.js';

const FIELD = 'exchange';
const LONGEST_VALUE = 4_000;
const MOST_VALUES = 20;

/**
 * Codes for tokens. A code works once and some hosts send it only once, so it is durable before the answer goes out: in
 * the database, or sealed on this machine's disk while that is away. A job does the rest.
 */
@Injectable()
export class Exchanges implements OnModuleInit, OnApplicationShutdown {
  private readonly log: Log;
  private readonly codes: SpooledWork<CodeExchange>;

  constructor(
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly accounts: AccountsService,
    private readonly vault: Vault,
    private readonly jobs: Jobs,
    config: Config,
    log: Log,
  ) {
    this.log = log.child('exchange');
    // A code that came into the database after all is there twice: the host refuses the second exchange.
    this.codes = new SpooledWork(
      path.join(config.dataDir, 'spool-codes'),
      (codes) => this.jobs.enqueue(exchangeCode, codes),
      this.log,
    );
  }

  onModuleInit(): void {
    this.codes.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.codes.stop();
  }

  /** Where a browser goes to connect an account; null: this host has no such entry. */
  consentUrl(hostId: string, portal: string, state: string): string | null {
    return this.hosts.get(hostId)?.authorizeUrl?.(portal, state) ?? null;
  }

  /** `unknown`: nobody to exchange it with. `ownInstallation`: the host's own server calls and knows no state of ours. */
  kindOf(hostId: string, request: HostRequest): 'unknown' | 'ownInstallation' | 'consent' {
    const host = this.hosts.get(hostId);
    if (!host?.exchange || !request.query['code']) return 'unknown';
    return host.isOwnInstallation?.(request) === true ? 'ownInstallation' : 'consent';
  }

  /** Resolves when the code is safe; throws when neither the database nor the disk takes it. */
  async keep(hostId: string, request: HostRequest): Promise<void> {
    const query = Object.entries(request.query).slice(0, MOST_VALUES);
    const bounded = query.filter(([, value]) => value.length <= LONGEST_VALUE);
    const text = JSON.stringify(Object.fromEntries(bounded));
    const sealed = this.vault.seal(text, { accountId: hostId, field: FIELD });
    await this.codes.take({ hostId, sealed });
  }

  /** Idempotent as far as a code that works once can be: a repetition is refused by the host and changes nothing. */
  async finish({ hostId, sealed }: CodeExchange): Promise<void> {
    const text = this.vault.open(sealed, { accountId: hostId, field: FIELD });
    const query = secureJson.parse(text) as Readonly<Record<string, string>>;
    const request = { method: 'GET', query, headers: {}, contentType: '', body: Buffer.alloc(0) };
    const opening = await this.accounts.exchange(hostId, request);
    if (opening.kind === 'open') {
      this.log.info('an account was connected', { accountId: opening.account.accountId });
      return;
    }
    if (opening.reason === 'unavailable')
      throw new Error('the host does not answer: the code is tried again');
    this.log.warn('a code was refused', { host: hostId, reason: opening.reason });
  }
}
