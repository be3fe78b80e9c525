import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideOnFailure } from './failure-policy.js';
import type { HostFailure } from './failure.js';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('src/contract/failure-policy.ts', () => {
  it.each<[HostFailure, string]>([
    [{ kind: 'throttled', retryAt: NOW + 5_000 }, 'pause'],
    [{ kind: 'unavailable', detail: '502' }, 'retry'],
    [{ kind: 'unknownOutcome', detail: 'reset' }, 'lookUp'],
    [{ kind: 'reauthorise', detail: 'invalid_grant' }, 'reconnect'],
    [{ kind: 'paymentRequired' }, 'reconnect'],
    [{ kind: 'forbidden', scope: 'task' }, 'deadLetter'],
    [{ kind: 'malformed', where: 'RESPONSIBLE_ID' }, 'deadLetter'],
    [{ kind: 'gone' }, 'forget'],
    [{ kind: 'tooLarge' }, 'shrink'],
  ])('turns %j into %s', (failure, kind) => {
    expect(decideOnFailure(failure, 1, NOW).kind).toBe(kind);
  });

  it('pauses until the host said, and only the method that the host named', () => {
    expect(
      decideOnFailure({ kind: 'throttled', retryAt: NOW + 9_000, method: 'tasks.add' }, 3, NOW),
    ).toStrictEqual({ kind: 'pause', at: NOW + 9_000, method: 'tasks.add' });
  });

  it('never waits for a time that is over', () => {
    expect(decideOnFailure({ kind: 'throttled', retryAt: NOW - 9_000 }, 1, NOW)).toMatchObject({ at: NOW });
  });

  it('retries an unavailable host for ever, later each time, five minutes at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, j) => {
          const decision = decideOnFailure({ kind: 'unavailable', detail: '' }, n, NOW, j);
          expect(decision.kind).toBe('retry');
          if (decision.kind !== 'retry') return;
          expect(decision.at - NOW).toBeGreaterThanOrEqual(250);
          expect(decision.at - NOW).toBeLessThanOrEqual(300_000);
        },
      ),
    );
    const waits = [1, 2, 3, 4].map((n) => {
      const decision = decideOnFailure({ kind: 'unavailable', detail: '' }, n, 0, 1);
      return decision.kind === 'retry' ? decision.at : Number.NaN;
    });
    expect(waits).toStrictEqual([2_000, 4_000, 8_000, 16_000]);
  });
});
