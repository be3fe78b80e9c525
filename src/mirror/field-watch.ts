import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import { fieldsChanged } from '../contract/jobs.js';
import { Database } from '../infra/db/database.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { rereadDeals } from './fields.repository.js';
import { MIRROR_CHANNEL } from './mirror.js';

/** The account watches other fields: its deals are read again, all of them, in the low lane. */
@Injectable()
export class FieldWatch implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(fieldsChanged, ({ accountId }) => this.changed(accountId));
  }

  /** Idempotent; returns before the deals are read. */
  async changed(accountId: string): Promise<void> {
    // First the clients, which bring the fields that they were made with.
    await this.connections.forget(accountId);
    await rereadDeals(this.database, accountId);
    await this.database.query('SELECT pg_notify($1, $2)', [MIRROR_CHANNEL, accountId]);
  }
}
