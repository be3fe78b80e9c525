import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SandboxOptions } from './cli-options.js';

const run = promisify(execFile);

/** The line by which a simulated host says that it answers. */
export interface ReadyLine {
  readonly url: string;
  readonly application: { readonly clientId: string; readonly clientSecret: string };
}

/**
 * Starts a simulated host in a process of its own, so that it competes with the service as little as a real one. It ends
 * with us, also when we are killed.
 *
 * @throws Error when it ends before it is ready; why stands on its stderr, which is ours.
 */
export async function startChild(args: readonly string[]): Promise<ReadyLine> {
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  return firstLine(child);
}

function firstLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((done, fail) => {
    if (!child.stdout) return fail(new Error('the simulated host has no output'));
    createInterface({ input: child.stdout }).once('line', (line) => done(JSON.parse(line) as ReadyLine));
    child.once('exit', (code) =>
      fail(new Error(`the simulated host could not start (exit code ${code ?? 'none'})`)),
    );
    child.once('error', fail);
  });
}

/** One company, one file: another set of deals never meets the state of this one. */
export function stateFileOf(dataDir: string, options: SandboxOptions): string {
  const company = `${options.importFolder ? 'import' : 'demo'}-${options.seed}`;
  const name = options.host === 'bitrix24' ? company : `${options.host}-${company}`;
  return path.join(dataDir, 'sandbox', `${name}.gz`);
}

const PACKER = fileURLToPath(new URL('../../scripts/widget-amocrm.mjs', import.meta.url));

/**
 * The archive that an administrator would upload, packed as he would pack it: by `npm run widget:amocrm`.
 *
 * @returns its path. @throws Error with the packer's words when the archive would be refused.
 */
export async function packWidget(appUrl: string, dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'sandbox', 'widget.zip');
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await run(process.execPath, [PACKER, '--app-url', appUrl, '--out', file]);
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`the widget could not be packed: ${words || String(error)}`, { cause: error });
  }
  return file;
}
