import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Db } from 'pg-boss';
import type { Transaction } from './sql.js';

/** What both databases offer under `Database`. */
export interface Driver {
  readonly kind: 'embedded' | 'postgres';
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>>;
  /** Name of a new lease's owner, by which other processes see when this one is gone. */
  ownerToken(): string;
  prismaAdapter(): SqlDriverAdapterFactory;
  /** The queue's own connection settings. */
  queueDatabase(): { connectionString: string; max: number } | { db: Db; backend: 'pglite' };
  migrate(folder: string): Promise<string[]>;
  close(): Promise<void>;
}
