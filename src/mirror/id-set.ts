/** `D_57` → prefix `D_`, number 57. Longer numbers, or with leading zeros, are kept as text. */
const NUMBERED = /^(\D{0,16})(0|[1-9]\d{0,14})$/;
const BLOCK_BITS = 16;
const BLOCK_SIZE = 1 << BLOCK_BITS;

/**
 * A set of a host's ids that stays small with a million of them: numbers behind a prefix are bits in blocks of 65,536
 * (8 kB each), whatever else comes is kept as text. A `Set` of a million such strings takes some 80 MB.
 */
export class IdSet {
  private readonly blocks = new Map<string, Uint32Array>();
  private readonly others = new Set<string>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(id: string): void {
    if (this.has(id)) return;
    this.count++;
    const place = placeOf(id);
    if (!place) {
      this.others.add(id);
      return;
    }
    const block = this.blocks.get(place.block) ?? new Uint32Array(BLOCK_SIZE / 32);
    block[place.word] = (block[place.word] ?? 0) | place.bit;
    this.blocks.set(place.block, block);
  }

  has(id: string): boolean {
    const place = placeOf(id);
    if (!place) return this.others.has(id);
    const word = this.blocks.get(place.block)?.[place.word] ?? 0;
    return (word & place.bit) !== 0;
  }
}

function placeOf(id: string): { block: string; word: number; bit: number } | null {
  const match = NUMBERED.exec(id);
  if (!match) return null;
  const number = Number(match[2]);
  const offset = number % BLOCK_SIZE;
  return {
    block: `${match[1]}#${Math.floor(number / BLOCK_SIZE)}`,
    word: offset >>> 5,
    bit: 1 << (offset & 31),
  };
}
