import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { NODE_FLAGS } from '../../scripts/node-flags.mjs';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

/** What a process used up so far, by its own account. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The most that was ever resident, megabytes. */
  readonly peakMb: number;
  readonly residentMb: number;
}

/** A process of the benchmark: says one line of JSON-like facts when it is ready, tells its usage when asked. */
export interface BenchProcess<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  usage(): Promise<Usage>;
  ask<Answer>(question: object): Promise<Answer>;
  /** As kill -9. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 12_000;
const folder = mkdtempSync(path.join(tmpdir(), 'dozhim-bench-'));
const children = new Set<ChildProcess>();
let server: TestPostgres | null = null;
let databases = 0;

export function scratchFile(name: string): string {
  return path.join(folder, name);
}

/** Large lists go to a process by file. */
export function asFile(name: string, value: unknown): string {
  const file = scratchFile(name);
  writeFileSync(file, JSON.stringify(value));
  return file;
}

export function log(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A new empty database: on the server of DATABASE_URL, else on one that is started for this run. */
export async function newDatabase(): Promise<string> {
  const name = `bench_${process.pid}_${++databases}`;
  const given = process.env['DATABASE_URL'];
  if (given) {
    await query(given, `CREATE DATABASE ${name}`);
    const url = new URL(given);
    url.pathname = `/${name}`;
    return url.toString();
  }
  server ??= await startPostgres();
  return server.createDatabase(name);
}

export async function query<Row extends object>(
  url: string,
  text: string,
  params: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, params)).rows;
  } finally {
    await client.end();
  }
}

/** Starts `test/bench/NAME.mjs`; it runs the built service or a peer, never the benchmark's own code. */
export async function start<Ready>(
  name: string,
  settings: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchProcess<Ready>> {
  const child = fork(fileURLToPath(new URL(`./${name}.mjs`, import.meta.url)), [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--no-warnings', ...(name === 'service' ? NODE_FLAGS : [])],
    env: { ...process.env, ...environment },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  let asked = 0;
  const ask = async <Answer>(question: object): Promise<Answer> => {
    const id = ++asked;
    child.send({ id, ...question });
    for (;;) {
      const [answer] = (await messageOrExit(child, name)) as [{ id: number; answer: Answer; error?: string }];
      if (answer.id !== id) continue;
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
      return answer.answer;
    }
  };
  const [first] = (await messageOrExit(child, name)) as [Ready];
  return {
    ready: first,
    pid: child.pid ?? 0,
    ask,
    usage: () => ask<Usage>({ kind: 'usage' }),
    kill: () => end(child, 'SIGKILL'),
    stop: async () => {
      // The service's own entry leaves after ten seconds whatever is unfinished; a benchmark does the same from outside.
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
      await end(child, 'SIGTERM');
      clearTimeout(late);
    },
  };
}

async function messageOrExit(child: ChildProcess, name: string): Promise<unknown[]> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`${name} ended with ${String(code)}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** The portal's own authority, for calls that the benchmark itself makes. */
export function trust(authorityFile: string): void {
  https.globalAgent.options.ca = [...rootCertificates, readFileSync(authorityFile, 'utf8')];
}

export async function closeWorkshop(): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}
