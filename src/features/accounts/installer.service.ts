import { Inject, Injectable } from '@nestjs/common';
import type { AccountFacts, EmbeddingRecord } from '../../contract/accounts.js';
import { HostError } from '../../contract/failure.js';
import type { EmbedAddresses } from '../../contract/client.js';
import type { Clock } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import { Config } from '../../infra/config/config.js';
import { Log } from '../../infra/log.js';
import { Mirror } from '../../mirror/index.js';
import { AccountBook } from './account-book.service.js';
import { Connections } from './connections.service.js';

/** Connects an account for good: what it may do, our places in it, the first copy. Every step may be repeated. */
@Injectable()
export class InstallerService {
  private readonly running = new Map<string, Promise<AccountFacts>>();
  private readonly log: Log;

  constructor(
    private readonly book: AccountBook,
    private readonly connections: Connections,
    private readonly mirror: Mirror,
    private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    log: Log,
  ) {
    this.log = log.child('installer');
  }

  /** A second press of the button joins the first one. */
  install(accountId: string, actor: string): Promise<AccountFacts> {
    const running = this.running.get(accountId);
    if (running) return running;
    const started = this.installOnce(accountId, actor).finally(() => this.running.delete(accountId));
    this.running.set(accountId, started);
    return started;
  }

  async finished(accountId: string, actor: string): Promise<AccountFacts> {
    await this.book.change(accountId, async (tx, accounts) => {
      if (!(await accounts.setFinished(tx, accountId))) return;
      await audit(tx, { accountId, actor, action: 'install.finished' });
    });
    return this.book.current(accountId);
  }

  /** Puts back what the host dropped or switched off, and learns what it allows now. A failure changes nothing. */
  async check(accountId: string): Promise<void> {
    const embedding = await this.embed(accountId);
    if (embedding.problem !== null) return;
    await this.book.change(accountId, (tx, accounts) => accounts.patchSettings(tx, accountId, { embedding }));
    if (embedding.added > 0)
      this.log.warn('places in the host were missing', { accountId, added: embedding.added });
  }

  private async installOnce(accountId: string, actor: string): Promise<AccountFacts> {
    const embedding = await this.embed(accountId);
    const embedded = embedding.problem === null;
    await this.book.change(accountId, async (tx, accounts) => {
      await accounts.patchSettings(tx, accountId, { embedding });
      if (embedded) await accounts.setState(tx, accountId, 'connecting', 'active');
      await audit(tx, { accountId, actor, action: embedded ? 'install.embedded' : 'install.failed' });
    });
    if (embedded) await this.mirror.start(accountId);
    return this.book.current(accountId);
  }

  private async embed(accountId: string): Promise<EmbeddingRecord> {
    const at = this.clock.now();
    try {
      const { host, session } = await this.connections.session(accountId);
      const capabilities = await host.detect(session);
      await this.book.change(accountId, (tx, accounts) =>
        accounts.setCapabilities(tx, accountId, capabilities),
      );
      const client = await this.connections.client(accountId);
      const report = await client.embed(await this.addresses(accountId));
      await this.connections.recovered(accountId);
      const { added, kept, unavailable } = report;
      return { at, added: added.length, kept: kept.length, unavailable, problem: null };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.log.warn('embedding failed', { accountId, failure: error.message });
      await this.connections.report(accountId, error.failure);
      return { at, added: 0, kept: 0, unavailable: [], problem: error.failure.kind };
    }
  }

  private async addresses(accountId: string): Promise<EmbedAddresses> {
    const { host, settings } = await this.book.current(accountId);
    const base = this.config.publicUrl;
    return {
      hook: `${base}/hooks/${host}`,
      frame: `${base}/embed/${host}/frame`,
      robot: `${base}/hooks/${host}/robot`,
      language: settings.language,
    };
  }
}
