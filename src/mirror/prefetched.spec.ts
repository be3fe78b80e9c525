import { describe, expect, it } from '@jest/globals';
import { prefetched } from './prefetched.js';

describe('src/mirror/prefetched', () => {
  it('asks for the next item while the current one is worked on, and no further', async () => {
    let asked = 0;
    async function* source(): AsyncGenerator<number> {
      for (let item = 1; item <= 4; item++) {
        asked = item;
        yield item;
      }
    }
    for await (const item of prefetched(source())) {
      await new Promise((done) => setTimeout(done, 5));
      expect(asked).toBe(Math.min(4, item + 1));
    }
  });

  it('meets a failure of the source in its turn', async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken off');
    }
    const seen: number[] = [];
    async function run(): Promise<void> {
      for await (const item of prefetched(source())) {
        await new Promise((done) => setTimeout(done, 5));
        seen.push(item);
      }
    }
    await expect(run()).rejects.toThrow('broken off');
    expect(seen).toEqual([1]);
  });

  it('ends the source when the caller stops early', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let item = 1; ; item++) yield item;
      } finally {
        ended = true;
      }
    }
    for await (const item of prefetched(source())) if (item === 2) break;
    await new Promise((done) => setTimeout(done, 1));
    expect(ended).toBe(true);
  });
});
