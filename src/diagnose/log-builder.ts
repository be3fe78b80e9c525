import type { LoggedDeal, LoggedMove } from '../domain/insight/stays.js';

/** Words that repeat, kept once and known by a number. */
class Dictionary {
  readonly words: string[] = [];
  private readonly numbers = new Map<string, number>();

  has(word: string): boolean {
    return this.numbers.has(word);
  }

  numberOf(word: string): number {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    this.words.push(word);
    this.numbers.set(word, this.words.length - 1);
    return this.words.length - 1;
  }
}

const NONE = -1;
const NEARLY_ALL = 0.95;

/** What one row says; null where it says nothing. */
export interface LogRow {
  readonly deal: string;
  readonly stage: string;
  readonly at: number;
  readonly owner: string | null;
  readonly amount: number | null;
  readonly product: string | null;
}

/**
 * Keeps the rows of a log in columns of numbers (33 bytes a row, and each name once), and gives them back deal by deal.
 * A deal's owner, amount and product are those of its last row that has them.
 */
export class LogBuilder {
  rows = 0;
  private readonly deals = new Dictionary();
  private readonly stages = new Dictionary();
  private readonly owners = new Dictionary();
  private readonly products = new Dictionary();
  private dealOf = new Int32Array(1024);
  private stageOf = new Int32Array(1024);
  private ownerOf = new Int32Array(1024);
  private productOf = new Int32Array(1024);
  private atOf = new Float64Array(1024);
  private amountOf = new Float64Array(1024);

  get stageNames(): readonly string[] {
    return this.stages.words;
  }

  get dealCount(): number {
    return this.deals.words.length;
  }

  knows(deal: string): boolean {
    return this.deals.has(deal);
  }

  add(row: LogRow): void {
    if (this.rows === this.atOf.length) this.grow();
    const at = this.rows++;
    this.dealOf[at] = this.deals.numberOf(row.deal);
    this.stageOf[at] = this.stages.numberOf(row.stage);
    this.ownerOf[at] = row.owner === null ? NONE : this.owners.numberOf(row.owner);
    this.productOf[at] = row.product === null ? NONE : this.products.numberOf(row.product);
    this.atOf[at] = row.at;
    this.amountOf[at] = row.amount ?? Number.NaN;
  }

  lastTime(): number {
    let last = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < this.rows; row += 1) last = Math.max(last, this.atOf[row] ?? last);
    return last;
  }

  /** Rows in the order of the file. */
  forEachRow(see: (stage: string, at: number, row: number) => void): void {
    const { words } = this.stages;
    for (let row = 0; row < this.rows; row += 1) {
      see(words[this.stageOf[row] ?? 0] ?? '', this.atOf[row] ?? 0, row);
    }
  }

  /**
   * May be walked many times; rows of one deal by time, equal times as they stand in the file: from below, when the file
   * has the newest first.
   *
   * @param seen replaces each deal as it is given out; the second argument counts deals in the order of their first rows.
   */
  finish(seen: (deal: LoggedDeal, place: number) => LoggedDeal = (deal) => deal): Iterable<LoggedDeal> {
    const { starts, rows } = this.rowsByDeal();
    const down = this.isNewestFirst(starts, rows) ? -1 : 1;
    for (let deal = 0; deal < this.dealCount; deal += 1) {
      const own = rows.subarray(starts[deal], starts[deal + 1]);
      if (own.length > 1) own.sort((a, b) => (this.atOf[a] ?? 0) - (this.atOf[b] ?? 0) || down * (a - b));
    }
    const dealAt = (deal: number): LoggedDeal =>
      seen(this.dealFrom(deal, rows.subarray(starts[deal], starts[deal + 1])), deal);
    const count = this.dealCount;
    return {
      *[Symbol.iterator](): Generator<LoggedDeal> {
        for (let deal = 0; deal < count; deal += 1) yield dealAt(deal);
      },
    };
  }

  /** Whether deals' rows nearly always follow one another from the newest to the oldest. */
  private isNewestFirst(starts: Uint32Array, rows: Uint32Array): boolean {
    let [later, earlier] = [0, 0];
    for (let deal = 0; deal < this.dealCount; deal += 1) {
      for (let place = (starts[deal] ?? 0) + 1; place < (starts[deal + 1] ?? 0); place += 1) {
        const step = (this.atOf[rows[place] ?? 0] ?? 0) - (this.atOf[rows[place - 1] ?? 0] ?? 0);
        if (step > 0) later += 1;
        if (step < 0) earlier += 1;
      }
    }
    return earlier > NEARLY_ALL * (earlier + later);
  }

  /** Counting sort: rows of each deal together, in the order of the file. */
  private rowsByDeal(): { readonly starts: Uint32Array; readonly rows: Uint32Array } {
    const starts = new Uint32Array(this.dealCount + 1);
    for (let row = 0; row < this.rows; row += 1) bump(starts, (this.dealOf[row] ?? 0) + 1);
    for (let deal = 0; deal < this.dealCount; deal += 1) bump(starts, deal + 1, starts[deal] ?? 0);
    const next = starts.slice();
    const rows = new Uint32Array(this.rows);
    for (let row = 0; row < this.rows; row += 1) {
      const deal = this.dealOf[row] ?? 0;
      rows[next[deal] ?? 0] = row;
      bump(next, deal);
    }
    return { starts, rows };
  }

  private dealFrom(deal: number, rows: Uint32Array): LoggedDeal {
    const moves: LoggedMove[] = [];
    const { words } = this.stages;
    for (const row of rows)
      moves.push({ stageId: words[this.stageOf[row] ?? 0] ?? '', at: this.atOf[row] ?? 0 });
    const amount = lastKnown(rows, this.amountOf, Number.isNaN);
    return {
      id: this.deals.words[deal] ?? '',
      ownerId: this.owners.words[lastKnown(rows, this.ownerOf, isNone) ?? NONE] ?? null,
      productId: this.products.words[lastKnown(rows, this.productOf, isNone) ?? NONE] ?? null,
      amount,
      moves,
    };
  }

  private grow(): void {
    const grown = <T extends Int32Array | Float64Array>(column: T, larger: T): T => {
      larger.set(column);
      return larger;
    };
    const size = this.atOf.length * 2;
    this.dealOf = grown(this.dealOf, new Int32Array(size));
    this.stageOf = grown(this.stageOf, new Int32Array(size));
    this.ownerOf = grown(this.ownerOf, new Int32Array(size));
    this.productOf = grown(this.productOf, new Int32Array(size));
    this.atOf = grown(this.atOf, new Float64Array(size));
    this.amountOf = grown(this.amountOf, new Float64Array(size));
  }
}

function bump(counts: Uint32Array, place: number, by = 1): void {
  counts[place] = (counts[place] ?? 0) + by;
}

function isNone(value: number): boolean {
  return value === NONE;
}

function lastKnown(
  rows: Uint32Array,
  column: Int32Array | Float64Array,
  isUnknown: (value: number) => boolean,
): number | null {
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const value = column[rows[at] ?? 0];
    if (value !== undefined && !isUnknown(value)) return value;
  }
  return null;
}
