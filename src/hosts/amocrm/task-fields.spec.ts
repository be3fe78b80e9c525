import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TaskDraft } from '../../contract/client.js';
import { changedFields, isDone, newTask } from './task-fields.js';

const DUE = Date.UTC(2027, 0, 15, 9);
const DRAFT: TaskDraft = {
  dealId: '7',
  title: 'Позвонить',
  description: 'Спросить о сроках',
  ownerId: '3',
  dueAt: DUE,
  durationMinutes: 30,
};
/** A task as the host tells it, with everything that other people's programs may have changed. */
const ROW = {
  id: 5,
  text: 'Позвонить\nСпросить о сроках\n\n[#=k]',
  responsible_user_id: 9,
  complete_till: 1_900_000_000,
  task_type_id: 77,
  duration: 60,
  is_completed: false,
  result: [],
};

/** Names of the host's fields, by ours. */
const FIELDS = {
  title: ['text'],
  description: ['text'],
  ownerId: ['responsible_user_id'],
  dueAt: ['complete_till'],
  dealId: ['entity_id', 'entity_type'],
  durationMinutes: ['duration'],
} as const;

describe('src/hosts/amocrm/task-fields', () => {
  it('makes a task with its owner, its deal in the plural, whole seconds and a kind that every account has', () => {
    expect(newTask(DRAFT, 'k')).toEqual({
      text: 'Позвонить\nСпросить о сроках\n\n[#=k]',
      complete_till: DUE / 1000,
      entity_id: 7,
      entity_type: 'leads',
      responsible_user_id: 3,
      task_type_id: 1,
      duration: 1800,
    });
  });

  it.each([
    ['Позвонить', 1],
    ['Назначьте встречу с продавцом', 1],
    ['Arrange a meeting', 1],
    ['Проведите встречу', 2],
    ['Провести первую встречу с клиентом', 2],
    ['Встреча с директором', 2],
    ['Встретиться на объекте', 2],
    ['Meeting with the decision maker', 2],
    ['Hold the first meeting', 2],
  ])(
    'shows “%s” in the CRM as a task of type %i, so that its calendar tells calls and meetings apart',
    (title, type) => {
      expect(newTask({ ...DRAFT, title }, 'k')).toMatchObject({ task_type_id: type });
    },
  );

  it.each([
    ['ownerId', 'responsible_user_id'],
    ['dealId', 'entity_id'],
  ] as const)('refuses a draft without a proper %s, instead of leaving it to the host', (name, field) => {
    expect(newTask({ ...DRAFT, [name]: 'nobody' }, 'k')).toBe(field);
    expect(changedFields({ kind: 'update', taskId: '5', changes: { [name]: 'nobody' } }, ROW)).toBe(field);
  });

  it('sends of a change what changes and nothing else, so that nobody’s edit is written over', () => {
    const changes = fc.record(DRAFT_VALUES, { requiredKeys: [] });
    fc.assert(
      fc.property(changes, (wanted) => {
        const fields = changedFields({ kind: 'update', taskId: '5', changes: wanted }, ROW);
        const names = Object.keys(wanted).flatMap((name) => FIELDS[name as keyof typeof FIELDS]);
        expect(Object.keys(fields).toSorted()).toEqual([...new Set(names)].toSorted());
      }),
    );
  });

  it('completes with a result and nothing else, and opens again with nothing else', () => {
    const complete = { kind: 'complete', taskId: '5', comment: 'ждут счёт' } as const;
    expect(changedFields(complete, ROW)).toEqual({ is_completed: true, result: { text: 'ждут счёт' } });
    expect(changedFields({ kind: 'complete', taskId: '5' }, ROW)).toEqual({ is_completed: true });
    expect(changedFields({ kind: 'reopen', taskId: '5' }, ROW)).toEqual({ is_completed: false });
  });

  it('has nothing to send for a task that is so already: a seller’s result stays', () => {
    const closed = { ...ROW, is_completed: true, result: { text: 'договорились' } };
    expect(isDone({ kind: 'cancel', taskId: '5', comment: 'снято планом' }, closed)).toBe(true);
    expect(isDone({ kind: 'complete', taskId: '5' }, closed)).toBe(true);
    expect(isDone({ kind: 'reopen', taskId: '5' }, ROW)).toBe(true);
    expect(isDone({ kind: 'reopen', taskId: '5' }, closed)).toBe(false);
  });
});

const DRAFT_VALUES = {
  title: fc.constantFrom('Встретиться', 'Позвонить'),
  description: fc.constantFrom('', 'О сроках'),
  ownerId: fc.constantFrom('3', '4'),
  dueAt: fc.constantFrom(DUE, null),
  dealId: fc.constantFrom('7', '8'),
  durationMinutes: fc.constantFrom(15, null),
};
