import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import { HostError } from '../../contract/failure.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { HostNames, readHostNames } from './host-names.service.js';

/** Asks the host for names, in the low lane: a page that shows an id works as well. */
@Injectable()
export class HostNamesWorker implements OnModuleInit {
  private readonly log: Log;

  constructor(
    private readonly jobs: Jobs,
    private readonly names: HostNames,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    log: Log,
  ) {
    this.log = log.child('insight');
  }

  onModuleInit(): void {
    this.jobs.handle(readHostNames, async ({ accountId, kind, ids }) => {
      try {
        const client = await this.connections.client(accountId);
        const found = (await client.readNames?.(kind, ids, 'low')) ?? new Map<string, string>();
        await this.names.keep(accountId, kind, ids, found);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        this.log.info('names of records could not be read', { accountId, failure: error.failure.kind });
        // What is forbidden stays so for a while; asking again with every page would help nobody.
        if (error.failure.kind === 'forbidden') await this.names.keep(accountId, kind, ids, new Map());
      }
    });
  }
}
