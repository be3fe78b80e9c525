import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bitrix24World, startBitrix24World } from '../support/bitrix24-world.js';

const TASK = {
  dealId: 'D_1',
  title: 'Выставить счёт',
  description: '',
  ownerId: '1',
  dueAt: null,
  durationMinutes: null,
};

let world: Bitrix24World;

beforeEach(async () => {
  world = await startBitrix24World();
});

afterEach(async () => {
  await world.close();
});

describe('test/contract/bitrix24-comments', () => {
  it('leaves the words of a reason in a task’s comment, and makes no link of them', async () => {
    const [made] = await world.client.writeTasks([{ kind: 'create', key: 'k', task: TASK }]);
    const taskId = made?.kind === 'ok' ? made.taskId : '';
    const comment = 'не вышло: [URL=https://evil.example.com]счёт[/URL]';
    await world.client.writeTasks([{ kind: 'complete', taskId, comment }]);
    const task = [...world.portal.store.tasks].find(({ id }) => String(id) === taskId);
    expect(task?.comments.map(({ text }) => text)).toEqual([comment.replaceAll('[', '[\u200B')]);
  });
});
