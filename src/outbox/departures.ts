import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { uuidv7 } from '../infra/ids.js';

/** Changes with every start of the machine; null where the system does not tell: then no book proves anything. */
const BOOT_FILE = '/proc/sys/kernel/random/boot_id';
const SUFFIX = '.log';
/** Nobody asks about a request after a few minutes. */
const KEPT_MS = 60 * 60_000;
const LARGEST_BOOK_BYTES = 4 * 1024 * 1024;
/** Books of this very process: a restarted container gives the same id to the next one. */
const OURS = new Set<string>();

/**
 * Which rows left this process in a request, noted on this machine's disk in the very moment before. The mark in the
 * database says "may have been sent" some milliseconds earlier; when the process is killed between the two, its book
 * proves that nothing went out, and the rows need not wait until no host could still be working on them. A note
 * survives the process without an fsync. It does not survive the machine, so books of an earlier start count for
 * nothing, no more than those of other machines: what cannot be proven is looked up and waited for as ever.
 */
export class Departures {
  private readonly boot = bootId();
  private book: { readonly name: string; readonly handle: number; bytes: number } | null = null;

  constructor(private readonly folder: string) {}

  /** Names the book in which the next departure will stand; null when there is none to be had. */
  current(): string | null {
    if (this.boot === null) return null;
    if (this.book && this.book.bytes > LARGEST_BOOK_BYTES) this.close();
    try {
      this.book ??= this.open();
    } catch {
      return null;
    }
    return this.book.name;
  }

  /** Right before the request goes out, in the same turn. `name`: the book that the rows' mark names. */
  note(name: string | null, keys: readonly string[]): void {
    if (name === null) return;
    try {
      if (this.book?.name !== name) throw new Error('the book was changed meanwhile');
      this.book.bytes += writeSync(this.book.handle, keys.map((key) => `${key}\n`).join(''));
    } catch {
      // A book with a gap proves nothing; without it nobody believes that the rows stayed here.
      if (this.book?.name === name) this.close();
      rmSync(path.join(this.folder, name + SUFFIX), { force: true });
    }
  }

  /** Of rows that were marked with this book: which ones surely never left. Only a dead process's book says it. */
  stayed(name: string, keys: readonly string[]): ReadonlySet<string> {
    if (this.boot === null || !isDeadHere(name, this.boot)) return new Set();
    try {
      const gone = new Set(readFileSync(path.join(this.folder, name + SUFFIX), 'utf8').split('\n'));
      return new Set(keys.filter((key) => !gone.has(key)));
    } catch {
      return new Set();
    }
  }

  close(): void {
    if (this.book) closeSync(this.book.handle);
    this.book = null;
  }

  private open(): { name: string; handle: number; bytes: number } {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.forgetOld();
    const name = `${hostname()}~${process.pid}~${this.boot ?? ''}~${uuidv7()}`;
    OURS.add(name);
    return { name, handle: openSync(path.join(this.folder, name + SUFFIX), 'ax', 0o600), bytes: 0 };
  }

  private forgetOld(): void {
    for (const file of readdirSync(this.folder).filter((name) => name.endsWith(SUFFIX))) {
      const full = path.join(this.folder, file);
      const modifiedAt = statSync(full, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (Date.now() - modifiedAt > KEPT_MS) rmSync(full, { force: true });
    }
  }
}

function bootId(): string | null {
  try {
    return readFileSync(BOOT_FILE, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** Of this machine, since its start, with a process id that is free. */
function isDeadHere(name: string, boot: string): boolean {
  const [, host, pid, madeAt] = /^([^~/]+)~(\d+)~([0-9a-f-]+)~[0-9a-f-]+$/.exec(name) ?? [];
  if (host !== hostname() || madeAt !== boot || OURS.has(name)) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
