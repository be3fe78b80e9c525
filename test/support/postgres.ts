import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import pRetry from 'p-retry';

const run = promisify(execFile);

/** What a commit wrote outlives the server in the system's memory; the machine itself does not crash here. */
const HASTE = '-c fsync=off -c full_page_writes=off';

interface PostgresOptions {
  /** Nothing waits for the disk: for tests, never for what is measured. */
  readonly haste?: boolean;
}

export interface TestPostgres {
  readonly url: string;
  /** `immediate` is a crash: no checkpoint, recovery at the next start. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** A new empty database on this server. */
  createDatabase(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Where Debian, Homebrew and others put the server's programs; null when no server is installed. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  if (existsSync(debian)) {
    const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
    const found = versions
      .map((version) => `${debian}/${version}/bin`)
      .find((bin) => existsSync(`${bin}/pg_ctl`));
    if (found) return found;
  }
  try {
    return path.dirname(execFileSync('which', ['pg_ctl'], { encoding: 'utf8' }).trim());
  } catch {
    return null;
  }
}

/** Starts an installed server in a temporary folder; throws with advice when there is none. */
export async function startPostgres({ haste = false }: PostgresOptions = {}): Promise<TestPostgres> {
  const bin = postgresPrograms();
  if (!bin)
    throw new Error('no PostgreSQL server is installed: apt-get install postgresql, or set DATABASE_URL');
  const folder = mkdtempSync(path.join(tmpdir(), 'dozhim-pg-'));
  const port = await freePort();
  const asServer = serverUser(folder);
  const data = path.join(folder, 'data');
  await asServer(`${bin}/initdb`, [
    '-D',
    data,
    '-U',
    'dozhim',
    '--auth=trust',
    '-E',
    'UTF8',
    '--locale=C',
    ...(haste ? ['--no-sync'] : []),
  ]);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=120 ${haste ? HASTE : ''}`;
  const start = async (): Promise<void> => {
    await asServer(`${bin}/pg_ctl`, ['-D', data, '-l', `${folder}/log`, '-w', '-o', options, 'start']);
  };
  const stop = async (mode: string): Promise<void> => {
    await asServer(`${bin}/pg_ctl`, ['-D', data, '-m', mode, '-w', 'stop']);
  };
  await start();
  const base = `postgresql://dozhim@127.0.0.1:${port}`;
  return {
    url: `${base}/postgres`,
    stop,
    start,
    createDatabase: async (name) => {
      await onServer(`${base}/postgres`, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      return `${base}/${name}`;
    },
    close: async () => {
      await stop('immediate').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server refuses root, so root runs it as `postgres`. */
function serverUser(folder: string): (program: string, args: readonly string[]) => Promise<unknown> {
  if (process.getuid?.() !== 0) return (program, args) => run(program, [...args]);
  execFileSync('chown', ['postgres', folder]);
  return (program, args) =>
    run('setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]);
}

async function onServer(url: string, sql: string): Promise<void> {
  await pRetry(
    async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    },
    { retries: 5, minTimeout: 100 },
  );
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
}
