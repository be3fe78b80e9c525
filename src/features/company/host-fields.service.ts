import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import { HostError } from '../../contract/failure.js';
import type { DealField } from '../../domain/crm/records.js';
import { Log } from '../../infra/log.js';

/** Administrators map fields in minutes, hosts rename them in months; a new field shows up when the page is opened again. */
const FRESH_MS = 60_000;
const MAX_ENTRIES = 500;

interface Entry {
  readonly fields: Promise<readonly DealField[]>;
  readonly until: number;
}

/** The host's own fields of deals, remembered for a minute. */
@Injectable()
export class HostFields {
  private readonly entries = new Map<string, Entry>();
  private readonly log: Log;

  constructor(
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    log: Log,
  ) {
    this.log = log.child('company');
  }

  /** Null: the host does not tell now. Never inside a transaction. */
  async of(accountId: string): Promise<readonly DealField[] | null> {
    try {
      return await this.remembered(accountId);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.log.info('the fields of deals could not be read', { accountId, failure: error.failure.kind });
      return null;
    }
  }

  private remembered(accountId: string): Promise<readonly DealField[]> {
    const entry = this.entries.get(accountId);
    if (entry && entry.until > performance.now()) return entry.fields;
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const fields = this.read(accountId);
    this.entries.set(accountId, { fields, until: performance.now() + FRESH_MS });
    fields.catch(() => this.entries.delete(accountId));
    return fields;
  }

  private async read(accountId: string): Promise<readonly DealField[]> {
    const client = await this.connections.client(accountId);
    return (await client.dealFields?.()) ?? [];
  }
}
