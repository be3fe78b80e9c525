import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** What a state file needs of the portal it belongs to. */
export interface StateSource {
  /** Changes whenever something worth keeping has happened. */
  mark(): string;
  export(): Buffer;
}

/** Keeps a portal's state in one compressed file: at every beat when it has changed, and at the end. */
export class StateFile {
  private saved = '';
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** The kept state; null when there is none. A file that cannot be read counts as none. */
  async load(): Promise<Buffer | null> {
    try {
      return await unzip(await readFile(this.file));
    } catch {
      return null;
    }
  }

  /** @param beatMs milliseconds between two looks */
  keep(source: StateSource, beatMs: number): void {
    this.saved = source.mark();
    this.timer = setInterval(() => void this.save(source).catch(() => undefined), beatMs);
    this.timer.unref();
  }

  async save(source: StateSource): Promise<void> {
    const mark = source.mark();
    if (mark === this.saved) return this.writing;
    this.saved = mark;
    const bytes = source.export();
    this.writing = this.writing.then(() => this.write(bytes));
    return this.writing;
  }

  /** Saves what is new, then stops looking. */
  async close(source: StateSource): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.save(source);
  }

  /** By way of a second file: a process killed while it writes leaves the last good state. */
  private async write(bytes: Buffer): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    const draft = `${this.file}.new`;
    await writeFile(draft, await zip(bytes, { level: 1 }));
    await rename(draft, this.file);
  }
}
