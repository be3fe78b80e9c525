import { ICONS, fill, h, icon } from './dom.js';
import { paths } from './paths.js';
import { call, count, moment, now, onChange, portal, userName } from './portal.js';
import { attempt, avatar, calm, emptyState, link } from './widgets.js';

/** The portal's own task list: of the person, or of everyone. */
export function tasksScreen(place, openedText) {
  const { words, start } = portal;
  const wanted = { scope: start.user.admin ? 'all' : 'mine', done: false };
  const body = h('div', {});
  const draw = async () => {
    const query = `scope=${wanted.scope}&done=${wanted.done ? '1' : '0'}`;
    const answer = await attempt(() => call('GET', `/portal/tasks?${query}`));
    if (answer === undefined) return;
    const rows = answer.tasks.map((task) =>
      taskRow(task, { showDeal: true, opened: String(task.id) === openedText }),
    );
    const cut =
      answer.total > answer.tasks.length
        ? h(
            'p',
            { class: 'faint pad' },
            `${words.fewer} ${count(answer.tasks.length)} ${words.of} ${count(answer.total)}`,
          )
        : null;
    fill(
      body,
      rows.length === 0
        ? emptyState(words.noTasks, words.noTasksHint)
        : h('div', { class: 'panel' }, h('ul', { class: 'tasks' }, rows), cut),
    );
  };
  const drawBar = () =>
    fill(
      bar,
      h('h1', {}, words.tasks),
      switcher(
        [
          ['mine', words.mine],
          ['all', words.all],
        ],
        wanted.scope,
        (scope) => pick({ scope }),
      ),
      switcher(
        [
          [false, words.toDo],
          [true, words.done],
        ],
        wanted.done,
        (done) => pick({ done }),
      ),
    );
  const pick = (part) => {
    Object.assign(wanted, part);
    drawBar();
    void draw();
  };
  const bar = h('div', { class: 'toolbar' });
  drawBar();
  fill(place, bar, body);
  void draw();
  return onChange(calm(() => void draw(), 400));
}

function switcher(options, value, onPick) {
  const buttons = options.map(([id, text]) =>
    h('button', { class: 'segment', 'aria-pressed': String(id === value), onclick: () => onPick(id) }, text),
  );
  return h('div', { class: 'segments' }, buttons);
}

/** One task with its button. `showDeal` needs the task's deals beside it. */
export function taskRow(task, { showDeal = false, opened = false } = {}) {
  const { words } = portal;
  const late = !task.completed && task.deadline !== null && task.deadline < now();
  const verb = task.completed ? 'renew' : 'complete';
  const label = task.completed ? words.reopen : words.complete;
  const act = async (event) => {
    event.target.disabled = true;
    await attempt(() => call('POST', `/portal/tasks/${task.id}/${verb}`));
    event.target.disabled = false;
  };
  const when = task.completed
    ? `${words.completed}${task.closedAt === null ? '' : `: ${moment(task.closedAt)}`}`
    : task.deadline === null
      ? words.noDeadline
      : `${late ? words.overdue : words.deadline}: ${moment(task.deadline)}`;
  const about =
    task.description === ''
      ? null
      : h(
          'details',
          { open: opened },
          h('summary', { class: 'faint' }, words.details),
          h('p', { class: 'pre' }, plain(task.description)),
        );
  const deals = showDeal
    ? (task.deals ?? []).map((deal) => link(paths.deal(deal.id), { class: 'task-deal' }, deal.title))
    : null;
  return h(
    'li',
    { class: task.completed ? 'task done' : 'task', 'data-task': task.id },
    h('span', { class: 'task-mark' }, task.completed ? icon(ICONS.check) : null),
    h(
      'div',
      { class: 'grow' },
      taskTitle(task),
      deals,
      about,
      h(
        'div',
        { class: 'task-foot' },
        avatar(task.responsibleId),
        h('span', {}, userName(task.responsibleId)),
        h('span', { class: late ? 'late' : 'faint' }, icon(ICONS.clock), when),
      ),
    ),
    h(
      'button',
      {
        class: task.completed ? 'button quiet' : 'button',
        onclick: act,
        'aria-label': `${label}: ${task.title}`,
      },
      label,
    ),
  );
}

/** Tasks carry the host's bracket markup; this page shows its text. */
export function plain(text) {
  return text.replace(/\[\/?[a-z*]+(?:=[^\]]*)?\]/giu, '');
}

/** What applications and the portal wrote to the person. */
export function notificationsScreen(place) {
  const { words } = portal;
  const body = h('div', {});
  const draw = async () => {
    const answer = await attempt(() => call('GET', '/portal/notifications'));
    if (answer === undefined) return;
    const rows = answer.notifications.map((one) =>
      h(
        'li',
        { class: 'note' },
        icon(ICONS.bell),
        h(
          'div',
          { class: 'grow' },
          h('p', { class: 'pre' }, plain(one.message)),
          h('span', { class: 'faint' }, moment(one.at)),
        ),
      ),
    );
    fill(
      body,
      rows.length === 0
        ? emptyState(words.noNotifications, words.noNotificationsHint)
        : h('div', { class: 'panel' }, h('ul', { class: 'tasks' }, rows)),
    );
  };
  fill(place, h('div', { class: 'toolbar' }, h('h1', {}, words.notifications)), body);
  void draw();
  return onChange(calm(() => void draw(), 400));
}

/** Some hosts have one text for all of a task: its first line is the title, the rest is told below it. */
export function taskTitle({ title }) {
  const [first, ...rest] = title.split('\n');
  const more = rest.join('\n').trim();
  return [
    h('strong', { class: 'task-title' }, first),
    more === '' ? null : h('p', { class: 'task-more pre' }, more),
  ];
}
