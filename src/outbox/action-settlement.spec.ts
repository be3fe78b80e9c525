import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ActionOutcome, DealAction } from '../contract/actions.js';
import { decideOnFailure } from '../contract/failure-policy.js';
import type { HostFailure } from '../contract/failure.js';
import { actionKey, isActionKey } from './action-key.js';
import { settleAction, settleActionLookUp } from './action-settlement.js';
import type { OutboxAction } from './action.types.js';

const NOW = Date.UTC(2026, 10, 22);
const COMMENT: DealAction = { kind: 'comment', dealId: '1', text: 'x' };
const MOVE: DealAction = { kind: 'moveStage', dealId: '1', pipelineId: 'p', stageId: 's' };

function row(changes: Partial<OutboxAction> = {}): OutboxAction {
  const times = { firstSentAt: NOW - 5_000, sendingAt: NOW - 5_000 };
  return { key: 'k', action: COMMENT, state: 'sending', attempts: 0, ...times, ...changes };
}

function refusedWith(failure: HostFailure, changes: Partial<OutboxAction> = {}) {
  const outcome: ActionOutcome = { kind: 'refused', failure };
  return settleAction(
    row({ state: 'planned', firstSentAt: null, ...changes }),
    outcome,
    decideOnFailure(failure, 1, NOW),
    NOW,
  );
}

describe('src/outbox/action-settlement', () => {
  it('keeps the host’s id of what was made', () => {
    const made = settleAction(row(), { kind: 'ok', hostId: '5' }, null, NOW);
    expect(made).toMatchObject({ state: 'done', hostId: '5', delayMs: null, fault: null });
  });

  it.each([
    [{ kind: 'gone' }, 'refused', false],
    [{ kind: 'forbidden', scope: 'im' }, 'refused', false],
    [{ kind: 'malformed', where: 'text' }, 'refused', true],
    [{ kind: 'unavailable', detail: '502' }, 'planned', false],
    [{ kind: 'throttled', retryAt: NOW + 9_000 }, 'planned', false],
    [{ kind: 'reauthorise', detail: 'dead' }, 'planned', false],
    [{ kind: 'tooLarge' }, 'planned', false],
    [{ kind: 'unknownOutcome', detail: 'reset' }, 'unknown', false],
  ] as const)('makes %j %s', (failure, state, redrivable) => {
    expect(refusedWith(failure)).toMatchObject({ state, redrivable });
  });

  it('counts no attempt for a throttled one, and waits as long as the host said', () => {
    expect(refusedWith({ kind: 'throttled', retryAt: NOW + 9_000 })).toMatchObject({
      delayMs: 9_000,
      attempts: 0,
    });
  });

  it('believes "not there" only after the wait, except where a second time is as good as the first', () => {
    expect(settleActionLookUp(row(), undefined, NOW, 65_000)).toMatchObject({
      state: 'unknown',
      delayMs: 60_000,
    });
    expect(settleActionLookUp(row(), undefined, NOW, 5_000)).toMatchObject({
      state: 'planned',
      maybeThere: false,
    });
    const move = settleActionLookUp(row({ action: MOVE }), undefined, NOW, 65_000);
    expect(move).toMatchObject({ state: 'planned', delayMs: 0, maybeThere: true });
    expect(settleActionLookUp(row(), '7', NOW, 65_000)).toMatchObject({ state: 'done', hostId: '7' });
  });

  it('never calls what may be in the host surely absent because a later attempt was refused', () => {
    const failure = { kind: 'throttled', retryAt: NOW } as const;
    expect(refusedWith(failure).maybeThere).toBe(false);
    expect(refusedWith(failure, { firstSentAt: NOW - 1 }).maybeThere).toBe(true);
  });
});

describe('src/outbox/action-key', () => {
  it('gives every thing a name of its own that hosts keep, the same for ever', () => {
    const part = fc.oneof(fc.string(), fc.integer());
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (one, other) => {
        const [first, second] = [actionKey('account', ...one), actionKey('account', ...other)];
        expect(isActionKey(first)).toBe(true);
        expect(first === second).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each(['', 'Key', 'a b', 'a'.repeat(65), 'ключ'])('refuses %j as a key', (text) => {
    expect(isActionKey(text)).toBe(false);
  });
});
