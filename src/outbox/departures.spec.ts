import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Departures } from './departures.js';

describe('src/outbox/departures.ts', () => {
  let folder: string;
  let departures: Departures;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dozhim-books-'));
    departures = new Departures(folder);
  });

  /** The book as a process would leave it that is dead, or as another machine or start of it would. */
  function leftBy(book: string, pid: number, host = hostname(), boot?: string): string {
    const [, , madeAt = '', id = ''] = book.split('~');
    const name = [host, pid, boot ?? madeAt, id].join('~');
    departures.close();
    renameSync(path.join(folder, `${book}.log`), path.join(folder, `${name}.log`));
    return name;
  }

  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  it('tells which rows of a dead process never left', async () => {
    const book = departures.current() ?? '';
    departures.note(book, ['a', 'b']);
    const name = leftBy(book, await deadPid());
    expect([...new Departures(folder).stayed(name, ['a', 'b', 'c', 'd'])]).toStrictEqual(['c', 'd']);
  });

  it('takes a book of its own id from an earlier life for a dead one', () => {
    const name = leftBy(departures.current() ?? '', process.pid);
    const earlier = name.replace(/[0-9a-f]{4}$/, 'beef');
    renameSync(path.join(folder, `${name}.log`), path.join(folder, `${earlier}.log`));
    expect([...departures.stayed(earlier, ['a'])]).toStrictEqual(['a']);
  });

  it.each([
    ['of a process that lives', async (): Promise<string> => departures.current() ?? ''],
    [
      'of another machine',
      async (): Promise<string> => leftBy(departures.current() ?? '', await deadPid(), 'elsewhere'),
    ],
    [
      'of an earlier start of this machine',
      async () =>
        leftBy(departures.current() ?? '', await deadPid(), hostname(), '00000000-0000-0000-0000-0'),
    ],
    ['that is not there', async (): Promise<string> => `${departures.current() ?? ''}0`],
    ['that is none', async (): Promise<string> => '../../etc/passwd'],
  ] as const)('proves nothing by a book %s', async (_which, make) => {
    expect(departures.stayed(await make(), ['a']).size).toBe(0);
  });

  it('throws a book away in which a note is missing', () => {
    const book = departures.current() ?? '';
    departures.close();
    departures.note(book, ['a']);
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('has no book where there is no room for one', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const without = new Departures(path.join(file, 'below'));
    expect(without.current()).toBeNull();
    without.note(null, ['a']);
  });
});
