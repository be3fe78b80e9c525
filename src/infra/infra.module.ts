import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Changes } from './changes.js';
import { CLOCK, systemClock } from './clock.js';
import { Config } from './config/config.js';
import { Sessions } from './crypto/sessions.js';
import { Vault } from './crypto/vault.js';
import { Database } from './db/database.js';
import { openDatabase } from './db/open.js';
import { HealthController } from './http/health.controller.js';
import { DeadLetters } from './jobs/dead-letters.js';
import { Jobs } from './jobs/jobs.js';
import { SharedLimitsFactory } from './limits/shared-limits.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

export interface InfraOptions {
  readonly config: Config;
  readonly log: Log;
  /** For tests: a database that is open already, or another clock. */
  readonly database?: Database;
  readonly clock?: { now(): number };
}

/** Closes the database after every module has stopped using it: Nest shuts modules down in reverse order of import. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

const SHARED = [Changes, DeadLetters, Jobs, Metrics, SharedLimitsFactory];

@Global()
@Module({ controllers: [HealthController] })
export class InfraModule {
  static with(options: InfraOptions): DynamicModule {
    const { config, log } = options;
    const clock = options.clock ?? systemClock;
    return {
      module: InfraModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: Log, useValue: log },
        { provide: CLOCK, useValue: clock },
        { provide: Vault, useValue: new Vault(config.secrets) },
        { provide: Sessions, useValue: new Sessions(config.secrets, clock) },
        { provide: Database, useFactory: () => options.database ?? openFor(config, log) },
        {
          provide: DatabaseCloser,
          useFactory: (database: Database) => new DatabaseCloser(database),
          inject: [Database],
        },
        ...SHARED,
      ],
      exports: [Config, Log, CLOCK, Vault, Sessions, Database, ...SHARED],
    };
  }
}

function openFor(config: Config, log: Log): Promise<Database> {
  return openDatabase(
    { databaseUrl: config.databaseUrl, dataDir: config.dataDir, poolSize: config.databasePool },
    (detail) => log.warn('the database connection reports a fault', { detail }),
  );
}
