import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeLines, encodeLine } from './spool-line.js';
import { SPOOL_LIMITS, Spool, SpoolFull, type SpoolLimits } from './spool.js';

interface Note {
  readonly text: string;
}

describe('src/infra/spool/spool', () => {
  let folder: string;
  const opened: Spool<Note>[] = [];

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'dozhim-spool-')), 'spool');
  });

  afterEach(async () => {
    for (const spool of opened.splice(0)) await spool.close();
  });

  function open(limits?: SpoolLimits): Spool<Note> {
    const spool = new Spool<Note>(folder, limits);
    opened.push(spool);
    return spool;
  }

  function notes(...texts: readonly string[]): readonly Note[] {
    return texts.map((text) => ({ text }));
  }

  async function replayed(spool: Spool<Note>): Promise<readonly string[]> {
    const texts: string[] = [];
    await spool.replay(async (records) => void texts.push(...records.map((one) => one.text)));
    return texts;
  }

  it('hands back what was appended, in order, and forgets it', async () => {
    const spool = open();
    await Promise.all([spool.append(notes('a', 'б')), spool.append(notes('c'))]);
    await spool.append(notes('d'));
    expect(await replayed(spool)).toEqual(['a', 'б', 'c', 'd']);
    expect(spool.isEmpty()).toBe(true);
    expect(await replayed(spool)).toEqual([]);
  });

  it('keeps everything when storing fails, and hands it back again', async () => {
    const spool = open();
    await spool.append(notes('a', 'b'));
    await expect(spool.replay(() => Promise.reject(new Error('still away')))).rejects.toThrow('still away');
    await spool.append(notes('c'));
    expect(await replayed(spool)).toEqual(['a', 'b', 'c']);
  });

  it('hands a dead process’s records to the one that comes after it', async () => {
    const dead = open();
    await dead.append(notes('a'));
    const next = open();
    expect(await replayed(next)).toEqual(['a']);
  });

  it('leaves the file of a living process alone until it is old', async () => {
    const other = open();
    await other.append(notes('a'));
    const [name = ''] = readdirSync(folder);
    const foreign = name.replace(`.${process.pid}.`, `.${process.ppid}.`);
    renameSync(path.join(folder, name), path.join(folder, foreign));
    const spool = open();
    expect(await replayed(spool)).toEqual([]);
    const longAgo = (Date.now() - 3 * SPOOL_LIMITS.rotateAfterMs) / 1_000;
    utimesSync(path.join(folder, foreign), longAgo, longAgo);
    expect(await replayed(spool)).toEqual(['a']);
  });

  it('leaves out a line that a crash cut, and only that', async () => {
    const spool = open();
    await spool.append(notes('a', 'b'));
    await spool.close();
    const file = path.join(folder, readdirSync(folder)[0] ?? '');
    truncateSync(file, readFileSync(file).length - 3);
    appendFileSync(file, `\n${encodeLine({ text: 'c' })}`);
    expect(await replayed(open())).toEqual(['a', 'c']);
  });

  it('refuses what would pass its limit and takes more after a replay', async () => {
    const spool = open({ maxBytes: 100, rotateAfterMs: 60_000 });
    await spool.append(notes('x'.repeat(60)));
    await expect(spool.append(notes('y'.repeat(60)))).rejects.toThrow(SpoolFull);
    expect(await replayed(spool)).toEqual(['x'.repeat(60)]);
    await spool.append(notes('z'));
    expect(await replayed(spool)).toEqual(['z']);
  });

  it('refuses when its folder cannot be made', async () => {
    const spool = new Spool<Note>('/dev/null/spool');
    await expect(spool.append(notes('a'))).rejects.toThrow(SpoolFull);
  });

  it('reads back every line that it wrote, whatever garbage stands between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string({ unit: 'binary' }) })),
        fc.string(),
        (records, garbage) => {
          const lines = records.map(encodeLine);
          const bytes = Buffer.from(lines.join(`${garbage.replaceAll('\n', '')}x\n`));
          const whole = decodeLines<Note>(bytes);
          // A garbage line follows each line but the last.
          expect(whole).toEqual(records);
        },
      ),
    );
  });
});
