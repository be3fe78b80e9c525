import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateFile } from './state-file.js';

describe('src/sandbox/state-file.ts', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'state-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps what has changed, in a folder that is made for it, and finds it again', async () => {
    const path = join(folder, 'deep', 'state.gz');
    const state = { mark: 'a', bytes: 'first', exports: 0 };
    const source = {
      mark: () => state.mark,
      export: () => {
        state.exports += 1;
        return Buffer.from(state.bytes);
      },
    };
    const file = new StateFile(path);
    expect(await file.load()).toBeNull();
    file.keep(source, 60_000);
    await file.save(source);
    expect(state.exports).toBe(0);
    state.mark = 'b';
    state.bytes = 'second';
    await file.save(source);
    await file.close(source);
    expect(state.exports).toBe(1);
    expect(String(await new StateFile(path).load())).toBe('second');
  });

  it('takes a file that cannot be read for none', async () => {
    const path = join(folder, 'state.gz');
    await writeFile(path, 'not compressed');
    expect(await new StateFile(path).load()).toBeNull();
  });
});
