import { Database } from '../../src/infra/db/database.js';
import type { Driver } from '../../src/infra/db/driver.js';
import type { Transaction } from '../../src/infra/db/sql.js';

/**
 * One process's view of a database that other processes have as well. At the first statement that matches, the process
 * is dead as far as anybody can see: neither that statement nor any later one arrives, and nothing is told to it.
 */
export class MortalDatabase {
  readonly database: Database;
  private dieAt: RegExp | null = null;
  private dead = false;

  constructor(private readonly inner: Database) {
    this.database = new Database(this.driver(inner.rawDriver));
  }

  get isDead(): boolean {
    return this.dead;
  }

  dieBefore(statement: RegExp): void {
    this.dieAt = statement;
  }

  private driver(driver: Driver): Driver {
    return {
      kind: driver.kind,
      query: <Row>(text: string, params?: readonly unknown[]) => {
        this.pass(text);
        return driver.query<Row>(text, params);
      },
      transaction: (work) => driver.transaction((tx) => work(this.passed(tx))),
      listen: (channel, onPayload, onGap) =>
        driver.listen(channel, (payload) => void (this.dead || onPayload(payload)), onGap),
      ownerToken: () => driver.ownerToken(),
      prismaAdapter: () => driver.prismaAdapter(),
      queueDatabase: () => driver.queueDatabase(),
      migrate: (folder) => driver.migrate(folder),
      // Others go on with it.
      close: async () => undefined,
    };
  }

  private passed(tx: Transaction): Transaction {
    return {
      query: (text, params) => {
        this.pass(text);
        return tx.query(text, params);
      },
      load: async (into, rows) => {
        this.pass(`COPY ${into}`);
        await tx.load(into, rows);
      },
    };
  }

  private pass(text: string): void {
    if (this.dieAt?.test(text) === true) this.dead = true;
    if (this.dead) throw new Error('this process is dead');
  }

  /** Ends the database itself. */
  close(): Promise<void> {
    return this.inner.close();
  }
}
