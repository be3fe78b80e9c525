import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '../ids.js';
import { decodeLines, encodeLine } from './spool-line.js';

export interface SpoolLimits {
  /** The disk is not ours alone. */
  readonly maxBytes: number;
  /** A file is closed after this time, so that one without a living writer can be told by its age. */
  readonly rotateAfterMs: number;
}

export const SPOOL_LIMITS: SpoolLimits = { maxBytes: 256 * 1024 * 1024, rotateAfterMs: 5 * 60_000 };

/** The disk does not take it either: the caller answers 503. */
export class SpoolFull extends Error {
  constructor(detail: string) {
    super(`the spool cannot take more: ${detail}`);
    this.name = 'SpoolFull';
  }
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly path: string;
  readonly openedAt: number;
  size: number;
}

interface Waiting {
  readonly text: string;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

const SUFFIX = '.jsonl';

/**
 * Records on disk while the database is away: appended by one writer, a group of them per fsync, and handed back by
 * `replay`, at least once. Lines carry a checksum: a line that was cut by a crash or a full disk is left out, and it
 * was never acknowledged. Processes that share the folder write files of their own; a dead process's file is adopted.
 */
export class Spool<Record extends object> {
  private readonly owner = `${hostname()}.${process.pid}.${uuidv7()}`;
  private file: OpenFile | null = null;
  private waiting: Waiting[] = [];
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  private replaying = false;

  constructor(
    private readonly folder: string,
    private readonly limits: SpoolLimits = SPOOL_LIMITS,
  ) {}

  /** Resolves when the records are safe on the disk; throws `SpoolFull`. */
  append(records: readonly Record[]): Promise<void> {
    const text = records.map(encodeLine).join('');
    return new Promise((done, fail) => {
      this.waiting.push({ text, done, fail });
      if (!this.busy) this.writing = this.write();
    });
  }

  /** Bytes that wait; 0 when the folder is not there. */
  bytes(): number {
    return this.files().reduce((sum, name) => sum + sizeOf(path.join(this.folder, name)), 0);
  }

  isEmpty(): boolean {
    return this.files().length === 0;
  }

  /**
   * Hands every record to `store`, oldest file first, and forgets a file once all of it is stored. Throws what `store`
   * throws; what was not forgotten comes again. Returns the number of records.
   */
  async replay(store: (records: readonly Record[]) => Promise<void>): Promise<number> {
    if (this.replaying) return 0;
    this.replaying = true;
    try {
      await this.closeFile();
      let count = 0;
      for (const name of this.files().filter((one) => this.mayTake(one))) {
        count += await this.replayFile(path.join(this.folder, name), store);
      }
      return count;
    } finally {
      this.replaying = false;
    }
  }

  async close(): Promise<void> {
    await this.writing;
    await this.closeFile();
  }

  private async replayFile(
    file: string,
    store: (records: readonly Record[]) => Promise<void>,
  ): Promise<number> {
    const bytes = await readFile(file).catch(() => null);
    if (!bytes) return 0;
    const records = decodeLines<Record>(bytes);
    if (records.length > 0) await store(records);
    await rm(file, { force: true });
    return records.length;
  }

  private async write(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      // One turn of the loop, so that requests of the same moment share an fsync.
      await sleep(0);
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.writeGroup(group.map((one) => one.text).join(''));
        for (const one of group) one.done();
      } catch (error) {
        const full = error instanceof SpoolFull ? error : new SpoolFull(String(error));
        for (const one of group) one.fail(full);
      }
    }
    // In the same turn as the last look at the queue: an append between the two would wait for ever.
    this.busy = false;
  }

  private async writeGroup(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    if (this.bytes() + bytes.length > this.limits.maxBytes) throw new SpoolFull('its limit is reached');
    const file = await this.currentFile();
    try {
      await file.handle.appendFile(bytes);
      await file.handle.datasync();
      file.size += bytes.length;
    } catch (error) {
      // The cut line would swallow the next one; when even that fails, a new file begins.
      await file.handle.truncate(file.size).catch(() => this.closeFile());
      throw error;
    }
  }

  private async currentFile(): Promise<OpenFile> {
    if (this.file && performance.now() - this.file.openedAt > this.limits.rotateAfterMs) {
      await this.closeFile();
    }
    if (this.file) return this.file;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const file = path.join(this.folder, `${uuidv7()}@${this.owner}${SUFFIX}`);
    const handle = await open(file, 'a', 0o600);
    this.file = { handle, path: file, openedAt: performance.now(), size: 0 };
    return this.file;
  }

  private async closeFile(): Promise<void> {
    const file = this.file;
    if (!file) return;
    this.file = null;
    await file.handle.close().catch(() => undefined);
    if (file.size === 0) await rm(file.path, { force: true }).catch(() => undefined);
  }

  private files(): readonly string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => name.endsWith(SUFFIX))
        .sort();
    } catch {
      return [];
    }
  }

  /** Our own closed files, and those of processes that are dead for sure. */
  private mayTake(name: string): boolean {
    if (this.file && path.basename(this.file.path) === name) return false;
    const owner = name.slice(name.indexOf('@') + 1, -SUFFIX.length);
    if (owner === this.owner) return true;
    const idleMs = Date.now() - modifiedAt(path.join(this.folder, name));
    return idleMs > 2 * this.limits.rotateAfterMs || isDeadHere(owner);
  }
}

/** `host.pid.boot`: of this machine, with a process id that is free, or ours from an earlier life. */
function isDeadHere(owner: string): boolean {
  const match = /^(.*)\.(\d+)\.[0-9a-f-]+$/.exec(owner);
  if (!match || match[1] !== hostname()) return false;
  const pid = Number(match[2]);
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}
