import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite, types } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { fromPglite } from 'pg-boss';
import { lockDirectory } from './directory-lock.js';
import type { Driver } from './driver.js';
import { migrate } from './migrate.js';
import { HOLD_PRESENCE, ownerToken } from './presence.js';

/** Halves the resident memory of a reopened database; rates stay within noise of the default. */
const START_PARAMS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB', '-c', 'max_connections=10'];

const asText = (value: string): string => value;
/** int8 and numeric as text, as node-postgres gives them: one type for both databases. */
const PARSERS = { [types.INT8]: asText, [types.NUMERIC]: asText };

/**
 * Opens (and at first creates) the database in `dataDir`. A process kill loses nothing that was acknowledged; a power
 * failure may, for this build of PostgreSQL cannot fsync: production runs on `DATABASE_URL`.
 */
export async function embeddedDriver(dataDir: string): Promise<Driver> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(dataDir);
  try {
    const folder = path.join(dataDir, 'pglite');
    if (!existsSync(path.join(folder, 'PG_VERSION'))) await createInChild(folder);
    const db = await PGlite.create({ dataDir: folder, startParams: START_PARAMS, parsers: PARSERS });
    await db.query(HOLD_PRESENCE);
    return driverOf(db, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** For tests: an open database, e.g. loaded from a dump. */
export async function memoryDriver(dump?: Blob): Promise<Driver> {
  const db = await PGlite.create({ ...(dump ? { loadDataDir: dump } : {}), parsers: PARSERS });
  await db.query(HOLD_PRESENCE);
  return driverOf(db, async () => undefined);
}

function driverOf(db: PGlite, unlock: () => Promise<void>): Driver {
  return {
    kind: 'embedded',
    query: async (text, params = []) => (await db.query(text, params as unknown[])).rows as never[],
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          query: async (text, params = []) => (await tx.query(text, params as unknown[])).rows as never[],
          load: async (into, rows) => {
            // There is no wire that rows could come in by: the blob of a query is a file to it.
            const blob = new Blob([rows as Uint8Array<ArrayBuffer>]);
            await tx.query(`COPY ${into} FROM '/dev/blob' (FORMAT binary)`, [], { blob });
          },
        }),
      ),
    listen: async (channel, onPayload) => {
      const unlisten = await db.listen(channel, onPayload);
      return async () => unlisten();
    },
    ownerToken: () => ownerToken(true),
    prismaAdapter: () => new PrismaPGlite(db),
    queueDatabase: () => ({ db: fromPglite(db), backend: 'pglite' }),
    migrate: (folder) =>
      migrate(
        {
          query: async (text, params = []) =>
            (await db.query(text, params as unknown[])).rows as Record<string, unknown>[],
          exec: (text) => db.exec(text),
        },
        folder,
      ),
    close: async () => {
      await db.close();
      await unlock();
    },
  };
}

/** Creating a database leaves half a gigabyte resident in the process that did it, so a child does it and goes. */
async function createInChild(folder: string): Promise<void> {
  const script = fileURLToPath(new URL('./create-embedded.js', import.meta.url));
  if (!existsSync(script)) {
    await (await PGlite.create({ dataDir: folder })).close();
    return;
  }
  await new Promise<void>((done, fail) => {
    const child = fork(script, [folder], { stdio: 'inherit' });
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`the embedded database could not be created in ${folder}`)),
    );
    child.once('error', fail);
  });
}
