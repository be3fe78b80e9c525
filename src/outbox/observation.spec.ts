import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HostTask, HostTaskState } from '../domain/crm/records.js';
import { afterWrite, appliedByCreation, withPending } from './applied-task.js';
import { observeTask } from './observation.js';
import type { AppliedTask, DesiredTask, OutboxTask } from './task.types.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const DESIRED: DesiredTask = {
  title: 'Call the director',
  description: '',
  ownerId: '7',
  dueAt: NOON,
  durationMinutes: 15,
  state: 'open',
  comment: null,
};
const CREATED: AppliedTask = { ...appliedByCreation(DESIRED), modifiedAt: NOON };

function rowOf(desired: Partial<DesiredTask> = {}): OutboxTask {
  return {
    key: 'dozhim-0',
    planId: 'p',
    stepKey: 's',
    visitSeq: 1,
    dealId: '1',
    desired: { ...DESIRED, ...desired },
    desiredRev: 1,
    applied: CREATED,
    state: 'created',
    hostTaskId: '5',
    firstSentAt: NOON,
    sentBy: null,
    sendingAt: NOON,
    attempts: 0,
  };
}

function read(changes: Partial<HostTask> = {}): HostTask {
  return {
    id: '5',
    dealId: '1',
    title: DESIRED.title,
    ownerId: '7',
    state: 'open',
    dueAt: NOON,
    completedAt: null,
    completedBy: null,
    modifiedAt: NOON,
    ourKey: 'dozhim-0',
    ...changes,
  };
}

describe('src/outbox/observation.ts', () => {
  it('takes a whole-second deadline and a tidied title as ours', () => {
    const applied = { ...CREATED, content: { ...CREATED.content, dueAt: NOON + 700, title: 'Call \n him ' } };
    const seen = observeTask(
      read({ title: 'Call him' }),
      rowOf({ dueAt: NOON + 700, title: 'Call \n him ' }),
      applied,
    );
    expect(seen).toMatchObject({ facts: [], changed: false });
  });

  it('takes values of a write under way as ours, though the plan wants something else by now', () => {
    const applied = withPending(CREATED, { ownerId: '8' });
    const seen = observeTask(
      read({ ownerId: '8', modifiedAt: NOON + 1000 }),
      rowOf({ ownerId: '9' }),
      applied,
    );
    expect(seen.facts).toStrictEqual([]);
    expect(seen.applied.content.ownerId).toBe('8');
  });

  it('ignores a read of the same second that shows what our write replaced', () => {
    const applied = afterWrite(CREATED, { ownerId: '8' }, NOON + 1000);
    const seen = observeTask(read({ modifiedAt: NOON + 1000 }), rowOf({ ownerId: '8' }), applied);
    expect(seen).toMatchObject({ facts: [], changed: false });
  });

  it('hears of a person who puts the old value back a second later', () => {
    const applied = afterWrite(CREATED, { ownerId: '8' }, NOON + 1000);
    const seen = observeTask(read({ modifiedAt: NOON + 2000 }), rowOf({ ownerId: '8' }), applied);
    expect(seen.facts).toStrictEqual([{ kind: 'ownerChanged', at: NOON + 2000, ownerId: '7' }]);
    expect(seen.applied.byHand).toStrictEqual(['ownerId']);
  });

  it.each<[HostTaskState, string[]]>([
    ['completed', ['completed']],
    ['awaitingControl', ['completed']],
    ['declined', ['declined']],
    ['inProgress', []],
    ['deferred', []],
  ])('reads the state %s of an open task as %j', (state, kinds) => {
    const seen = observeTask(read({ state, modifiedAt: NOON + 1000 }), rowOf(), CREATED);
    expect(seen.facts.map((fact) => fact.kind)).toStrictEqual(kinds);
  });

  it.each<HostTaskState>(['completed', 'declined', 'deferred', 'awaitingControl'])(
    'takes %s for our cancelled task: hosts show it as they can',
    (state) => {
      const applied = afterWrite(CREATED, { state: 'cancelled' }, NOON + 1000);
      const later = read({ state, modifiedAt: NOON + 2000 });
      expect(observeTask(later, rowOf({ state: 'cancelled' }), applied).facts).toStrictEqual([]);
    },
  );

  it('tells what was written as the result, with the completion or after it, and not our own words', () => {
    const at = NOON + 1000;
    const closed = { state: 'completed', modifiedAt: at, completedAt: at, completedBy: '8' } as const;
    const silent = observeTask(read(closed), rowOf(), CREATED);
    expect(silent.facts).toStrictEqual([{ kind: 'completed', at, by: '8' }]);
    const said = { ...closed, result: ' agreed ' };
    expect(observeTask(read(said), rowOf(), CREATED).facts).toStrictEqual([
      { kind: 'completed', at, by: '8', result: 'agreed' },
    ]);
    const late = observeTask(read(said), rowOf(), silent.applied);
    expect(late).toMatchObject({
      facts: [{ kind: 'resultWritten', at, result: 'agreed' }],
      changed: true,
      applied: { result: 'agreed' },
    });
    const wish = rowOf({ state: 'completed', comment: 'agreed' });
    const applied = afterWrite(CREATED, { state: 'completed' }, at);
    expect(observeTask(read(said), wish, applied)).toMatchObject({ facts: [], changed: true });
  });

  it('tells every edit once: the second read of the same task says nothing', () => {
    const task = fc.record({
      title: fc.constantFrom('Call the director', 'Write', ' Call the director '),
      ownerId: fc.constantFrom('7', '8', null),
      dueAt: fc.constantFrom(NOON, NOON + 1, NOON + 86_400_000, null),
      state: fc.constantFrom<HostTaskState>(
        'open',
        'inProgress',
        'completed',
        'declined',
        'deferred',
        'awaitingControl',
      ),
      modifiedAt: fc.constantFrom(NOON - 1000, NOON, NOON + 1000),
      result: fc.constantFrom('agreed', ' ', null),
    });
    const state = fc.constantFrom<DesiredTask['state']>('open', 'completed', 'cancelled');
    fc.assert(
      fc.property(task, state, state, (changes, wanted, held) => {
        const row = rowOf({ state: wanted });
        const applied = { ...CREATED, content: { ...CREATED.content, state: held } };
        const first = observeTask(read(changes), row, applied);
        const second = observeTask(read(changes), row, first.applied);
        expect(second).toMatchObject({ facts: [], changed: false });
      }),
    );
  });
});
