import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { gathered } from './gathered.js';

/** Each item is as large as its number says. */
const sizeOf = (item: number): number => item;

describe('src/mirror/gathered', () => {
  it('puts small items together, and keeps one portion ahead and no more', async () => {
    let asked = 0;
    async function* source(): AsyncGenerator<number> {
      for (; asked < 12;) {
        asked += 1;
        yield 1;
      }
    }
    const sizes: number[] = [];
    for await (const { items, goOn } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 10_000 })) {
      sizes.push(items.length);
      goOn();
      await sleep(5);
      expect(asked).toBe(Math.min(12, sizes.length * 4 + 4));
    }
    expect(sizes).toEqual([4, 4, 4]);
  });

  it('goes on fetching beside the work where more may be in hand', async () => {
    let asked = 0;
    async function* source(): AsyncGenerator<number> {
      for (; asked < 24;) {
        asked += 1;
        yield 1;
      }
    }
    const sizes: number[] = [];
    for await (const { items } of gathered(source(), { sizeOf, enough: 4, most: 8, waitMs: 10_000 })) {
      sizes.push(items.length);
      await sleep(5);
      const handedOut = sizes.reduce((sum, size) => sum + size, 0);
      expect(asked).toBe(Math.min(24, handedOut - items.length + 8));
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(24);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
  });

  it('asks for the next large item while the current one is worked on', async () => {
    let asked = 0;
    async function* source(): AsyncGenerator<number> {
      for (; asked < 4;) {
        asked += 1;
        yield 100;
      }
    }
    let portions = 0;
    for await (const { items, goOn } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 10_000 })) {
      portions += 1;
      goOn();
      await sleep(5);
      expect(items).toHaveLength(1);
      expect(asked).toBe(Math.min(4, portions + 1));
    }
    expect(portions).toBe(4);
  });

  it('fetches nothing in place of a portion until its work waits for others, or is done', async () => {
    let asked = 0;
    async function* source(): AsyncGenerator<number> {
      for (; asked < 24;) {
        asked += 1;
        yield 1;
      }
    }
    const seen: number[] = [];
    let portions = 0;
    for await (const { items, goOn } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 10_000 })) {
      portions += 1;
      seen.push(...items);
      await sleep(5);
      const before = asked;
      await sleep(5);
      expect(asked).toBe(before);
      if (portions !== 2) continue;
      goOn();
      goOn();
      await sleep(5);
      expect(asked).toBe(Math.min(24, before + 4));
    }
    expect(seen).toHaveLength(24);
    expect(portions).toBe(6);
  });

  it('hands a small portion out when nothing follows for a while', async () => {
    const second = Promise.withResolvers<void>();
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await second.promise;
      yield 2;
    }
    const seen: (readonly number[])[] = [];
    for await (const { items } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 1 })) {
      seen.push(items);
      second.resolve();
    }
    expect(seen).toEqual([[1], [2]]);
  });

  it('meets a failure of the source after what came before it', async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken off');
    }
    const seen: number[] = [];
    async function run(): Promise<void> {
      for await (const { items } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 10_000 })) {
        await sleep(5);
        seen.push(...items);
      }
    }
    await expect(run()).rejects.toThrow('broken off');
    expect(seen).toEqual([1]);
  });

  it('ends the source when the caller stops early', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (;;) yield 4;
      } finally {
        ended = true;
      }
    }
    for await (const { items } of gathered(source(), { sizeOf, enough: 4, most: 4, waitMs: 10 }))
      if (items.length > 0) break;
    await sleep(5);
    expect(ended).toBe(true);
  });
});
