import { PrismaPg } from '@prisma/adapter-pg';
import pRetry from 'p-retry';
import pg from 'pg';
import { copyIn } from './copy-in.js';
import type { Driver } from './driver.js';
import { migrate } from './migrate.js';
import { HOLD_PRESENCE, ownerToken } from './presence.js';
import type { Transaction } from './sql.js';

interface PostgresOptions {
  readonly url: string;
  /** Connections of this process; the queue has five of its own, and listening takes one more. */
  readonly poolSize?: number;
  readonly onFault: (message: string) => void;
}

/** A command that never comes back must not hold a connection: longer than any statement of ours. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** A process that stands still in the middle of a transaction must not hold its rows from the others. */
const FROZEN_TIMEOUT_MS = 20_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Compiling a statement over a whole account takes the server a second or two, and running it a fraction of that. */
const NO_COMPILING = '-c jit=off';

export function postgresDriver(options: PostgresOptions): Driver {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: FROZEN_TIMEOUT_MS,
    keepAlive: true,
    options: NO_COMPILING,
  });
  pool.on('error', (error) => options.onFault(error.message));
  const listener = new Listener(options);

  async function query<Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await pool.query(text, params as unknown[])).rows as Row[];
  }

  return {
    kind: 'postgres',
    query,
    transaction: (work) => transaction(pool, work),
    listen: (channel, onPayload, onGap) => listener.add(channel, onPayload, onGap),
    ownerToken: () => ownerToken(listener.isConnected),
    prismaAdapter: () => new PrismaPg(pool),
    queueDatabase: () => ({ connectionString: options.url, max: 5 }),
    migrate: (folder) => onOneConnection(pool, folder),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

async function transaction<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let fault: Error | undefined;
  // The pool listens only to idle connections: one that breaks while it is ours would end the process.
  const onBroken = (error: Error): void => void (fault = error);
  client.on('error', onBroken);
  try {
    await client.query('BEGIN');
    const result = await work({
      query: async <Row>(text: string, params: readonly unknown[] = []) =>
        (await client.query(text, params as unknown[])).rows as Row[],
      load: (into, rows) => copyIn(client, into, rows),
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    fault = error instanceof Error ? error : new Error(String(error));
    await client.query('ROLLBACK').then(
      () => (fault = undefined),
      () => undefined,
    );
    throw error;
  } finally {
    if (!fault) client.off('error', onBroken);
    // A connection whose rollback failed is broken: handing it back would poison the next user.
    client.release(fault);
  }
}

async function onOneConnection(pool: pg.Pool, folder: string): Promise<string[]> {
  const client = await pool.connect();
  try {
    return await migrate(
      {
        query: async (text, params = []) =>
          (await client.query(text, params as unknown[])).rows as Record<string, unknown>[],
        exec: (text) => client.query(text),
      },
      folder,
    );
  } finally {
    client.release();
  }
}

interface Subscription {
  readonly channel: string;
  readonly onPayload: (payload: string) => void;
  readonly onGap: () => void;
}

/** One connection that only listens and shows that this process lives; comes back by itself after the server restarts, and says that it missed some. */
class Listener {
  private readonly subscriptions = new Set<Subscription>();
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly options: PostgresOptions) {}

  async add(
    channel: string,
    onPayload: (payload: string) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>> {
    const subscription = { channel, onPayload, onGap };
    this.subscriptions.add(subscription);
    await this.connect();
    await this.client?.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return async () => {
      this.subscriptions.delete(subscription);
      const others = [...this.subscriptions].some((other) => other.channel === channel);
      if (!others)
        await this.client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
    };
  }

  get isConnected(): boolean {
    return this.client !== null;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }

  private connect(): Promise<void> {
    if (this.client) return Promise.resolve();
    this.connecting ??= this.open().finally(() => (this.connecting = null));
    return this.connecting;
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client.on('notification', (message) => this.deliver(message.channel, message.payload ?? ''));
    client.on('error', (error) => this.lost(client, error.message));
    client.on('end', () => this.lost(client, 'the listening connection ended'));
    await client.connect();
    await client.query(HOLD_PRESENCE);
    for (const channel of new Set([...this.subscriptions].map((one) => one.channel))) {
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    }
    this.client = client;
  }

  private deliver(channel: string, payload: string): void {
    for (const one of this.subscriptions) if (one.channel === channel) one.onPayload(payload);
  }

  private lost(client: pg.Client, reason: string): void {
    if (this.closed || this.client !== client) return;
    this.client = null;
    this.options.onFault(reason);
    client.end().catch(() => undefined);
    void pRetry(() => this.connect().catch(rethrow), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      unref: true,
      shouldRetry: () => !this.closed,
    }).then(() => {
      for (const one of this.subscriptions) one.onGap();
    });
  }
}

/** What is no `Error` of this realm (in tests the network's are not) would end the retrying. */
function rethrow(error: unknown): never {
  throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
}
