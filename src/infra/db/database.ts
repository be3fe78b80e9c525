import { PrismaClient, type Prisma } from '../../generated/prisma/client.js';
import type { Driver } from './driver.js';
import type { Sql, Transaction } from './sql.js';

export type PrismaTx = Prisma.TransactionClient;

/** A prepared statement may carry 65,535 parameters, a notification 8,000 bytes; both are PostgreSQL's limits. */
const PRISMA_TRANSACTION = { maxWait: 10_000, timeout: 20_000 } as const;

/**
 * The one database, embedded or PostgreSQL, with the same SQL and the same migrations. The model API serves what is
 * small, SQL what is bulk.
 *
 * Inside a transaction use only the `tx` that is handed in: the embedded database has one connection, and touching the
 * outer client would wait for ever. Never await another host's answer inside a transaction.
 */
export class Database implements Sql {
  readonly prisma: PrismaClient;

  constructor(private readonly driver: Driver) {
    this.prisma = new PrismaClient({ adapter: driver.prismaAdapter() });
  }

  get kind(): 'embedded' | 'postgres' {
    return this.driver.kind;
  }

  /** For the job queue, which speaks to the driver itself. */
  get rawDriver(): Driver {
    return this.driver;
  }

  query<Row = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.driver.query<Row>(text, params);
  }

  /** A transaction on one connection; rolled back when `work` throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.driver.transaction(work);
  }

  /** The same with the model API inside. */
  prismaTransaction<T>(work: (tx: PrismaTx) => Promise<T>): Promise<T> {
    return this.prisma.$transaction(work, PRISMA_TRANSACTION);
  }

  /** SQL inside a model transaction, e.g. to enqueue a job with it. */
  sqlOf(tx: PrismaTx): Sql {
    return { query: (text, params = []) => tx.$queryRawUnsafe(text, ...params) };
  }

  /** Hears `pg_notify(channel, …)` of every process. After a lost connection it listens again and calls `onGap`. */
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onGap?: () => void,
  ): Promise<() => Promise<void>> {
    return this.driver.listen(channel, onPayload, onGap ?? (() => undefined));
  }

  /** Name of a new lease's owner; `isOrphaned` tells whether its process is gone. */
  ownerToken(): string {
    return this.driver.ownerToken();
  }

  /** True when the database answers a trivial question within `timeoutMs`. */
  async answers(timeoutMs: number): Promise<boolean> {
    const late = new Promise<false>((done) => setTimeout(() => done(false), timeoutMs).unref());
    const asked = this.driver.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([asked, late]);
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    await this.driver.close();
  }
}
