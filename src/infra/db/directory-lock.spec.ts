import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from './directory-lock.js';

describe('src/infra/db/directory-lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dozhim-lock-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('refuses a second owner, names the first, and lets the next in after the release', async () => {
    const release = await lockDirectory(folder);
    await expect(lockDirectory(folder)).rejects.toThrow(`process ${process.pid}`);
    await release();
    await (
      await lockDirectory(folder)
    )();
  });

  it('leaves nothing behind when its owner is killed', async () => {
    const script = `const { lockDirectory } = await import('./src/infra/db/directory-lock.ts');
      await lockDirectory(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(lockDirectory(folder)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (
      await lockDirectory(folder)
    )();
  });
});
