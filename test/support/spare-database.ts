import { openAsBlob } from 'node:fs';
import { afterAll } from '@jest/globals';
import { memoryDriver } from '../../src/infra/db/embedded-driver.js';
import type { Driver } from '../../src/infra/db/driver.js';
import { HOLD_PRESENCE } from '../../src/infra/db/presence.js';
import { withinMs } from '../../src/infra/within-ms.js';

const EMPTYING_MS = 5_000;

/** As a new session would find the database: nothing is set, held, prepared or listened to, and no row is there. */
const FORGET = ['DISCARD ALL', HOLD_PRESENCE];
const EMPTY = `DO $$ DECLARE t record; held boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.name) INTO held;
    IF held THEN EXECUTE format('DELETE FROM %s', t.name); END IF;
  END LOOP;
  FOR t IN SELECT quote_ident(sequencename) AS name FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
  LOOP EXECUTE format('ALTER SEQUENCE %s RESTART', t.name); END LOOP;
END $$`;
/** Tables and their columns, functions and triggers: a test that changed these leaves a database of its own behind. */
const SHAPE = `SELECT (SELECT count(*) FROM pg_class) + (SELECT count(*) FROM pg_proc) + (SELECT count(*) FROM pg_trigger)
  + (SELECT sum(attnum::int + attnotnull::int) FROM pg_attribute) + (SELECT count(*) FROM pg_constraint)
  + (SELECT count(*) FROM pg_namespace) AS shape`;

interface Spare {
  readonly driver: Driver;
  readonly shape: string;
}

/** Of this test file, while nobody has it open. */
let spare: Spare | null = null;

afterAll(async () => {
  await spare?.driver.close();
  spare = null;
});

/**
 * An embedded database with the product's tables and nothing in them. Loading one takes half a second of computing, so
 * one that was closed is emptied and opened again, unless Prisma or the job queue had hold of it.
 */
export async function emptyEmbedded(dump: string): Promise<Driver> {
  const kept = spare;
  spare = null;
  if (kept && (await isEmptied(kept))) return lend(kept);
  await kept?.driver.close();
  const driver = await memoryDriver(await openAsBlob(dump));
  return lend({ driver, shape: await shapeOf(driver) });
}

async function isEmptied({ driver, shape }: Spare): Promise<boolean> {
  const emptied = async (): Promise<boolean> => {
    for (const statement of [...FORGET, EMPTY]) await driver.query(statement);
    return (await shapeOf(driver)) === shape;
  };
  return withinMs(EMPTYING_MS, emptied()).catch(() => false);
}

async function shapeOf(driver: Driver): Promise<string> {
  const [row] = await driver.query<{ shape: string }>(SHAPE);
  return String(row?.shape);
}

/** The database as one opener has it: whatever is still asked of it after the closing does not arrive. */
function lend(kept: Spare): Driver {
  const { driver } = kept;
  const unlistens: (() => Promise<void>)[] = [];
  let closed = false;
  let shared = false;
  const open = (): Driver => {
    if (closed) throw new Error('the database is closed');
    return driver;
  };
  return {
    kind: driver.kind,
    query: async (text, params) => open().query(text, params),
    transaction: async (work) => open().transaction(work),
    listen: async (channel, onPayload, onGap) => {
      const unlisten = await open().listen(channel, onPayload, onGap);
      unlistens.push(unlisten);
      return unlisten;
    },
    ownerToken: () => driver.ownerToken(),
    prismaAdapter: () => {
      const adapter = driver.prismaAdapter();
      const connect: typeof adapter.connect = () => {
        shared = true;
        return adapter.connect();
      };
      return { provider: adapter.provider, adapterName: adapter.adapterName, connect };
    },
    queueDatabase: () => {
      shared = true;
      return driver.queueDatabase();
    },
    migrate: (folder) => open().migrate(folder),
    close: async () => {
      if (closed) return;
      closed = true;
      if (shared) return driver.close();
      for (const unlisten of unlistens) await unlisten();
      spare = kept;
    },
  };
}
