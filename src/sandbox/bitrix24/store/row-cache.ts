import { RowsPage } from '../wire/rows-page.js';
import { BLOCK_BITS, BLOCK_ROWS, type RowSource } from '../../common/entity-table.js';
import type { RowSerializer } from './field-table.js';

interface Block {
  readonly version: number;
  /** Rows joined, each followed by a comma. */
  readonly bytes: Buffer;
  /** Where the row `id & 255` begins; one more entry closes the last. */
  readonly offsets: Uint32Array;
}

/**
 * Keeps rows already written as JSON, in blocks of 256 ids, so that a keyset walk costs a copy. Bounded in bytes: the
 * oldest blocks go first. A block of which a row changed is written again.
 */
export class RowCache {
  private readonly blocks = new Map<string, Block>();
  private bytes = 0;

  constructor(private readonly budgetBytes: number) {}

  /** @param contiguous every row of the source between the first and the last is in `rows` */
  page<T extends { readonly id: number }>(
    source: RowSource<T>,
    serializer: RowSerializer<T>,
    rows: readonly T[],
    contiguous: boolean,
  ): RowsPage {
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) {
      return new RowsPage(0, []);
    }
    const rowText = (index: number): string => {
      const row = rows[index];
      return row === undefined ? 'null' : serializer.write(row);
    };
    if (!contiguous || rows.length < 8) {
      return new RowsPage(
        rows.length,
        [Buffer.from(rows.map((row) => serializer.write(row)).join(','))],
        rowText,
      );
    }
    const slices: Buffer[] = [];
    for (let block = first.id >> BLOCK_BITS; block <= last.id >> BLOCK_BITS; block++) {
      const built = this.block(source, serializer, block);
      const from = block === first.id >> BLOCK_BITS ? first.id & (BLOCK_ROWS - 1) : 0;
      const to = block === last.id >> BLOCK_BITS ? last.id & (BLOCK_ROWS - 1) : BLOCK_ROWS - 1;
      slices.push(built.bytes.subarray(built.offsets[from], built.offsets[to + 1]));
    }
    const end = slices.length - 1;
    slices[end] = slices[end]?.subarray(0, -1) ?? Buffer.alloc(0);
    return new RowsPage(rows.length, slices, rowText);
  }

  private block<T extends { readonly id: number }>(
    source: RowSource<T>,
    serializer: RowSerializer<T>,
    block: number,
  ): Block {
    const key = `${serializer.key}#${block}`;
    const known = this.blocks.get(key);
    const version = source.blockVersion(block);
    if (known !== undefined && known.version === version) {
      return known;
    }
    const built = build(source, serializer, block, version);
    this.bytes += built.bytes.length - (known?.bytes.length ?? 0);
    this.blocks.delete(key);
    this.blocks.set(key, built);
    for (const [oldKey, old] of this.blocks) {
      if (this.bytes <= this.budgetBytes || oldKey === key) {
        break;
      }
      this.blocks.delete(oldKey);
      this.bytes -= old.bytes.length;
    }
    return built;
  }
}

function build<T extends { readonly id: number }>(
  source: RowSource<T>,
  serializer: RowSerializer<T>,
  block: number,
  version: number,
): Block {
  const offsets = new Uint32Array(BLOCK_ROWS + 1);
  const chunks: Buffer[] = [];
  let length = 0;
  let slot = 0;
  for (let index = source.indexAfter((block << BLOCK_BITS) - 1); index < source.size; index++) {
    const row = source.rowAt(index);
    if (row === undefined) {
      continue;
    }
    if (row.id >> BLOCK_BITS !== block) {
      break;
    }
    const position = row.id & (BLOCK_ROWS - 1);
    while (slot <= position) {
      offsets[slot++] = length;
    }
    const bytes = Buffer.from(`${serializer.write(row)},`);
    chunks.push(bytes);
    length += bytes.length;
  }
  while (slot <= BLOCK_ROWS) {
    offsets[slot++] = length;
  }
  return { version, bytes: Buffer.concat(chunks, length), offsets };
}
