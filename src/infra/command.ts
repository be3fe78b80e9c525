import { systemClock } from './clock.js';
import { readConfig } from './config/read-config.js';
import type { Database } from './db/database.js';
import { openDatabase } from './db/open.js';

/**
 * Runs a maintenance command on the service's own database and ends the process with 0, or with 1 when the work says
 * `false` or fails; a failure is printed. `seconds` gives the time since the start as a text for the last line.
 */
export async function runOnDatabase(
  environment: NodeJS.ProcessEnv,
  work: (database: Database, seconds: () => string) => Promise<boolean>,
): Promise<void> {
  try {
    const startedAt = systemClock.now();
    const { databaseUrl, dataDir } = readConfig({ ...environment, SANDBOX: 'off' });
    const database = await openDatabase({ databaseUrl, dataDir });
    try {
      const fine = await work(database, () => ((systemClock.now() - startedAt) / 1_000).toFixed(1));
      process.exitCode = fine ? 0 : 1;
    } finally {
      await database.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
