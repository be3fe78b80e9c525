import { ICONS, h, icon } from './dom.js';
import { call, moment, now, portal, userName } from './portal.js';
import { taskTitle } from './tasks.js';
import { attempt, avatar } from './widgets.js';

/** A task of the card: closing it asks for a result, as the host does. */
export function taskLine(task, refresh) {
  const { words } = portal;
  const late = !task.completed && task.deadline !== null && task.deadline < now();
  const state = task.completed ? words.completed : late ? words.overdue : words.deadline;
  const when = task.completed ? (task.closedAt ?? task.createdAt) : task.deadline;
  return h(
    'li',
    { class: task.completed ? 'task done' : 'task', 'data-task': task.id },
    h('span', { class: 'task-mark' }, task.completed ? icon(ICONS.check) : null),
    h(
      'div',
      { class: 'grow' },
      taskTitle(task),
      task.description === '' ? null : h('p', { class: 'pre' }, `${words.result}: ${task.description}`),
      h(
        'div',
        { class: 'task-foot' },
        avatar(task.responsibleId),
        h('span', {}, userName(task.responsibleId)),
        h('span', { class: late ? 'late' : 'faint' }, icon(ICONS.clock), `${state}: ${moment(when)}`),
      ),
      task.completed ? null : resultForm(task, refresh),
    ),
  );
}

function resultForm(task, refresh) {
  const { words } = portal;
  const text = h('input', {
    'aria-label': `${words.result}: ${task.title}`,
    placeholder: words.result,
    maxlength: 500,
  });
  const send = async (event) => {
    event.preventDefault();
    const result = text.value.trim();
    await attempt(() =>
      result === ''
        ? call('POST', `/portal/tasks/${task.id}/complete`)
        : call('POST', `/portal/tasks/${task.id}/result`, { text: result }),
    );
    await refresh();
  };
  const label = `${words.doneWithResult}: ${task.title}`;
  return h(
    'form',
    { class: 'task-result', onsubmit: send },
    text,
    h('button', { class: 'button', 'aria-label': label }, words.doneWithResult),
  );
}
