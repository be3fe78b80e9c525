import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TaskWriteOutcome } from '../contract/client.js';
import type { HostFailure } from '../contract/failure.js';
import type { HostTask } from '../domain/crm/records.js';
import { appliedByCreation } from './applied-task.js';
import { nextStep } from './next-write.js';
import { canMove, OUTBOX_TRANSITIONS, WORKING_STATES } from './outbox-state.js';
import { decisionOn, settled, settleLookUp, settleWrite, type Settlement } from './settlement.js';
import type { DesiredTask, OutboxState, OutboxTask } from './task.types.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const WAIT_MS = 65_000;
const DESIRED: DesiredTask = {
  title: 'Call the director',
  description: '',
  ownerId: '7',
  dueAt: NOW,
  durationMinutes: 15,
  state: 'open',
  comment: null,
};

function row(
  state: OutboxState,
  desired: Partial<DesiredTask> = {},
  more: Partial<OutboxTask> = {},
): OutboxTask {
  const inHost = state === 'created';
  return {
    key: 'dozhim-0',
    planId: 'p',
    stepKey: 's',
    visitSeq: 1,
    dealId: '1',
    desired: { ...DESIRED, ...desired },
    desiredRev: 1,
    applied: inHost ? appliedByCreation(DESIRED) : null,
    state,
    hostTaskId: inHost ? '5' : null,
    firstSentAt: state === 'planned' ? null : NOW,
    sentBy: null,
    sendingAt: state === 'planned' ? null : NOW,
    attempts: 0,
    ...more,
  };
}

/** What a round makes of a row, given how the host answers. */
function after(task: OutboxTask, outcome: TaskWriteOutcome, found: boolean, ageMs: number): Settlement {
  const step = nextStep(task);
  if (step.kind === 'lookUp') {
    return settleLookUp(task, found ? FOUND : undefined, (task.sendingAt ?? NOW) + ageMs, WAIT_MS);
  }
  if (step.kind !== 'write') return settled(task, task);
  return settleWrite(task, step.write, outcome, decisionOn(task, outcome, NOW, 0.5), NOW);
}

const FOUND: HostTask = {
  id: '5',
  dealId: '1',
  title: DESIRED.title,
  ownerId: '7',
  state: 'open',
  dueAt: NOW,
  completedAt: null,
  completedBy: null,
  modifiedAt: NOW,
  ourKey: 'dozhim-0',
};

const failure = fc.constantFrom<HostFailure>(
  { kind: 'throttled', retryAt: NOW + 1000 },
  { kind: 'unavailable', detail: '' },
  { kind: 'unknownOutcome', detail: '' },
  { kind: 'reauthorise', detail: '' },
  { kind: 'paymentRequired' },
  { kind: 'forbidden', scope: 'task' },
  { kind: 'gone' },
  { kind: 'tooLarge' },
  { kind: 'malformed', where: 'TITLE' },
);
const outcome: fc.Arbitrary<TaskWriteOutcome> = fc.oneof(
  fc.constant<TaskWriteOutcome>({ kind: 'ok', taskId: '5', modifiedAt: NOW }),
  fc.constant<TaskWriteOutcome>({ kind: 'unknown' }),
  failure.map((one): TaskWriteOutcome => ({ kind: 'refused', failure: one })),
);

describe('src/outbox/settlement.ts', () => {
  it('moves only along the table, whatever the host answers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WORKING_STATES),
        fc.constantFrom('open', 'completed', 'cancelled'),
        fc.boolean(),
        outcome,
        fc.boolean(),
        fc.nat(2 * WAIT_MS),
        (state, wanted, changed, answer, found, age) => {
          const task = row(state, {
            state: wanted,
            ...(changed ? { ownerId: '9' } : {}),
          });
          const result = after(task, answer, found, age);
          const from = state === 'planned' && result.state !== 'withdrawn' ? 'sending' : state;
          expect(canMove(from, result.state)).toBe(true);
          // Nothing due is forgotten, nothing finished is looked at again.
          const working = result.state !== 'created' && WORKING_STATES.includes(result.state);
          if (working) expect(result.delayMs).not.toBeNull();
          if (!WORKING_STATES.includes(result.state)) expect(result.delayMs).toBeNull();
        },
      ),
    );
  });

  it('reaches every state of the table from a new wish, and leaves "gone" never', () => {
    const reached = new Set<OutboxState>(['planned']);
    for (const state of reached) for (const next of OUTBOX_TRANSITIONS[state]) reached.add(next);
    expect(reached).toStrictEqual(new Set(Object.keys(OUTBOX_TRANSITIONS)));
    expect(OUTBOX_TRANSITIONS.gone).toStrictEqual([]);
  });

  it('never plans an uncertain creation again before the host had its time', () => {
    fc.assert(
      fc.property(fc.constantFrom('sending', 'unknown'), fc.nat(WAIT_MS - 1), (state, age) => {
        const result = settleLookUp(row(state), undefined, NOW + age, WAIT_MS);
        expect(result).toMatchObject({ state: 'unknown', delayMs: WAIT_MS - age });
      }),
    );
    expect(settleLookUp(row('unknown'), undefined, NOW + WAIT_MS, WAIT_MS)).toMatchObject({
      state: 'planned',
      delayMs: 0,
    });
  });

  it('withdraws an uncertain creation that is not there and no longer wanted', () => {
    expect(
      settleLookUp(row('unknown', { state: 'cancelled' }), undefined, NOW + WAIT_MS, WAIT_MS),
    ).toMatchObject({ state: 'withdrawn', delayMs: null });
  });

  it('closes a task that was found after its step was cancelled', () => {
    const found = settleLookUp(row('unknown', { state: 'cancelled' }), FOUND, NOW, WAIT_MS);
    expect(found).toMatchObject({ state: 'created', hostTaskId: '5', delayMs: 0 });
  });
});
