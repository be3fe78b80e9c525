import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Gate } from './gate.js';

describe('src/features/insight/gate', () => {
  it('never lets more through at once than it may, and everybody in the end, whoever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 15 }),
        async (atOnce, fates) => {
          const gate = new Gate(atOnce);
          let [inside, most] = [0, 0];
          const order: number[] = [];
          const done = await Promise.allSettled(
            fates.map((fails, at) =>
              gate.through(async () => {
                order.push(at);
                inside += 1;
                most = Math.max(most, inside);
                await setTimeout(0);
                inside -= 1;
                if (fails) throw new Error('fails');
              }),
            ),
          );
          expect(most).toBe(Math.min(atOnce, fates.length));
          expect(order).toEqual(fates.map((_, at) => at));
          expect(done.map((one) => one.status === 'rejected')).toEqual(fates);
        },
      ),
      { numRuns: 50 },
    );
  });
});
