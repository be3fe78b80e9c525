import { fileURLToPath } from 'node:url';
import { Database } from './database.js';
import { embeddedDriver } from './embedded-driver.js';
import { postgresDriver } from './postgres-driver.js';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

interface DatabaseSettings {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly poolSize?: number;
}

/** Opens the configured database and brings its schema up to date; several processes may start at once. */
export async function openDatabase(
  settings: DatabaseSettings,
  onFault: (message: string) => void = () => undefined,
): Promise<Database> {
  const driver = settings.databaseUrl
    ? postgresDriver({
        url: settings.databaseUrl,
        onFault,
        ...(settings.poolSize ? { poolSize: settings.poolSize } : {}),
      })
    : await embeddedDriver(settings.dataDir);
  try {
    await driver.migrate(MIGRATIONS);
  } catch (error) {
    await driver.close().catch(() => undefined);
    throw error;
  }
  return new Database(driver);
}
