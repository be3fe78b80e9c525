import type { Database } from '../../src/infra/db/database.js';

/**
 * One time for the service, its database and the portal, ahead of the real one by a shift that only grows. Time flows
 * while work is done; between two happenings of a simulation it jumps.
 */
export class VirtualTime {
  private readonly listeners: ((byMs: number) => void | Promise<void>)[] = [];
  private readonly monotonic = performance.now.bind(performance);
  private shiftMs = 0;
  private jumpedMs = 0;

  /** The process's own count of milliseconds goes along: pauses between two requests are over after a jump. */
  constructor() {
    performance.now = () => this.monotonic() + this.jumpedMs;
  }

  now(): number {
    return Date.now() + this.shiftMs;
  }

  /** The process lives in real time again. */
  end(): void {
    performance.now = this.monotonic;
  }

  /** Hears of every jump, at first of the one that was made already. */
  async follow(listener: (byMs: number) => void | Promise<void>): Promise<void> {
    this.listeners.push(listener);
    if (this.shiftMs > 0) await listener(this.shiftMs);
  }

  /** What lies in the past is there already: time never goes back. */
  async moveTo(instant: number): Promise<void> {
    const byMs = instant - this.now();
    if (byMs <= 0) return;
    this.jumpedMs += byMs;
    await this.shift(byMs);
  }

  /** A little forward while work goes on, whose own duration is measured as it is. */
  async hurry(byMs: number): Promise<void> {
    await this.shift(byMs);
  }

  private async shift(byMs: number): Promise<void> {
    this.shiftMs += byMs;
    for (const listener of this.listeners) await listener(byMs);
  }
}

/**
 * The database's `now()` and `clock_timestamp()` become functions of ours, found before the built-in ones: in every
 * statement that does not name a schema, the job queue's own included. Defaults of columns were bound when the tables
 * were made, so they are bound anew.
 */
const OWN_CLOCK = `
CREATE SCHEMA month;
CREATE TABLE month.clock (shift interval NOT NULL);
INSERT INTO month.clock VALUES ('0');
CREATE FUNCTION month.now() RETURNS timestamptz LANGUAGE sql STABLE
  AS 'SELECT pg_catalog.now() + (SELECT shift FROM month.clock)';
CREATE FUNCTION month.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
  AS 'SELECT pg_catalog.clock_timestamp() + (SELECT shift FROM month.clock)';
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_default IN ('CURRENT_TIMESTAMP', 'now()')
  LOOP EXECUTE format('ALTER TABLE public.%I ALTER %I SET DEFAULT month.now()', c.table_name, c.column_name); END LOOP;
END $$`;

const PATH = 'public, month, pg_catalog';

/** Once for a new database; sessions that are opened afterwards live in the virtual time. */
export async function giveOwnClock(database: Database): Promise<void> {
  for (const statement of OWN_CLOCK.split(/;\n(?=CREATE|INSERT|DO)/u)) await database.query(statement);
  const [row] = await database.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
  await database.query(`ALTER DATABASE ${row?.name ?? ''} SET search_path TO ${PATH}`);
}

/** The embedded database's only session is open already when somebody can speak to it. */
export async function enterOwnClock(database: Database): Promise<void> {
  await database.query(`SET search_path TO ${PATH}`);
}

export async function shiftClock(database: Database, byMs: number): Promise<void> {
  await database.query(`UPDATE month.clock SET shift = shift + $1::float8 * interval '1 millisecond'`, [
    byMs,
  ]);
}
