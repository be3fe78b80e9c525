/** How much is put together. */
export interface Portion<Item> {
  readonly sizeOf: (item: Item) => number;
  /** From this size on a portion is worth its work. */
  readonly enough: number;
  /** Once this much is in hand, what is worked on included, nothing more is fetched; not below `enough`. */
  readonly most: number;
  /** A smaller one is handed out after this time, milliseconds. */
  readonly waitMs: number;
}

/** What is worked on now. */
export interface Gathered<Item> {
  readonly items: readonly Item[];
  /**
   * Fetching goes on from here; by itself it does when the next portion is asked for. To be called when the work waits for
   * somebody else: what has just been fetched would otherwise be decoded first, while the other one has nothing to do.
   */
  readonly goOn: () => void;
}

/**
 * The items of `source` in portions, and the next portion already under way while the caller works on the current one:
 * the host's round trips and the database's writes overlap. No more than `most` is kept, so memory stays flat.
 * Ends with the source; a failure of the source is met after what came before it.
 */
export async function* gathered<Item>(
  source: AsyncIterable<Item>,
  portion: Portion<Item>,
): AsyncGenerator<Gathered<Item>, void, void> {
  const basin = new Basin(portion);
  const iterator = source[Symbol.asyncIterator]();
  void basin.fill(iterator);
  try {
    for (;;) {
      const items = await basin.take();
      if (items === null) return;
      yield { items, goOn: () => basin.makeRoom(items) };
      basin.makeRoom(items);
    }
  } finally {
    basin.close();
    // Not awaited: it would wait for an item that nobody wants any more.
    iterator.return?.().catch(() => undefined);
  }
}

class Basin<Item> {
  private items: Item[] = [];
  private size = 0;
  /** Handed out, and nothing fetched in their place yet. */
  private taken: readonly Item[] | null = null;
  private end: { readonly error?: unknown } | null = null;
  private changed = Promise.withResolvers<void>();

  constructor(private readonly portion: Portion<Item>) {}

  async fill(iterator: AsyncIterator<Item>): Promise<void> {
    try {
      while (this.end === null) {
        const next = await iterator.next();
        if (next.done) break;
        this.items.push(next.value);
        this.size += this.portion.sizeOf(next.value);
        this.tell();
        while (this.size >= this.portion.most && this.end === null) await this.changed.promise;
      }
      this.end ??= {};
    } catch (error) {
      this.end ??= { error };
    }
    this.tell();
  }

  /** Null at the end. Throws what the source threw, after the last items were taken. */
  async take(): Promise<readonly Item[] | null> {
    while (this.items.length === 0 && this.end === null) await this.changed.promise;
    if (this.size < this.portion.enough) await this.more();
    const { items, end } = this;
    this.taken = items;
    if (items.length === 0) {
      if (end && 'error' in end) throw end.error;
      return null;
    }
    this.items = [];
    return items;
  }

  /** For more, now that these are worked on; their size counts until then. */
  makeRoom(items: readonly Item[]): void {
    if (this.taken !== items) return;
    this.taken = null;
    this.size = this.items.reduce((size, item) => size + this.portion.sizeOf(item), 0);
    this.tell();
  }

  close(): void {
    this.end ??= {};
    this.tell();
  }

  private async more(): Promise<void> {
    if (this.end !== null) return;
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), this.portion.waitMs);
    while (this.size < this.portion.enough && this.end === null) {
      if ((await Promise.race([this.changed.promise, late.promise])) === 'late') break;
    }
    clearTimeout(timer);
  }

  /** Both sides look again. */
  private tell(): void {
    const { resolve } = this.changed;
    this.changed = Promise.withResolvers();
    resolve();
  }
}
