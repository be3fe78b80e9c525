import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STAMP = path.join(ROOT, 'dist-web/.vite/manifest.json');
const LOCK = path.join(ROOT, 'node_modules/.widget-build');
const PATIENCE_MS = 60_000;

/** Builds the widget when there is none or a source is newer; test files side by side wait for one build. */
export async function buildWidget(): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!isFresh()) {
    if (take()) {
      try {
        if (!isFresh()) build();
      } finally {
        rmdirSync(LOCK);
      }
    } else if (Date.now() > until) {
      throw new Error(`the widget's build has not ended; if none runs, remove ${LOCK}`);
    } else await pause(200);
  }
}

function isFresh(): boolean {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  const sources = globSync(['vite.config.ts', 'widgets/index.html', 'widgets/src/**/*.{ts,vue,css,json}'], {
    cwd: ROOT,
  });
  return sources.every((file) => statSync(path.join(ROOT, file)).mtimeMs <= built);
}

function take(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    return false;
  }
}

function build(): void {
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`vite build failed:\n${run.stderr}${run.stdout}`);
}
