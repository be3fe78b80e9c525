import { removeDeal } from './deal-removal.js';
import { ICONS, h, icon } from './dom.js';
import { openFrame } from './frame.js';
import { call, money, moment, portal, stageOf } from './portal.js';
import { openSlider } from './slider.js';
import { plain, taskRow } from './tasks.js';
import { attempt, emptyState, toast } from './widgets.js';

/** What the deal is, and its tasks. */
export function generalPanel(card) {
  const { words } = portal;
  const { deal, tasks, robots } = card.data;
  const fields = [
    [words.amount, money(deal.amount, deal.currency)],
    [words.client, deal.companyName ?? '–'],
    [words.contact, deal.contactName ?? '–'],
    [words.created, moment(deal.createdAt)],
    [words.changed, moment(deal.modifiedAt)],
  ];
  const sorted = tasks.toSorted(
    (one, other) =>
      Number(one.completed) - Number(other.completed) ||
      (one.deadline ?? Infinity) - (other.deadline ?? Infinity),
  );
  const run = (code) =>
    void attempt(() => call('POST', `/portal/deals/${deal.id}/robots`, { code })).then(
      (done) => done && toast(words.robotStarted),
    );
  const remove = () => void removeDeal(deal.id);
  return h(
    'div',
    { class: 'two' },
    h(
      'section',
      { class: 'panel pad' },
      h('h2', {}, words.about),
      h(
        'dl',
        { class: 'fields' },
        fields.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
      ),
      robots.length === 0
        ? null
        : h(
            'div',
            { class: 'robots' },
            h('h3', {}, words.robots),
            robots.map((robot) =>
              h('button', { class: 'button', onclick: () => run(robot.code) }, robot.name),
            ),
          ),
      h('button', { class: 'button quiet danger', onclick: remove }, words.remove),
    ),
    h(
      'section',
      { class: 'panel' },
      h('h2', { class: 'pad' }, words.dealTasks),
      sorted.length === 0
        ? emptyState(words.noTasks, words.noTasksHint)
        : h(
            'ul',
            { class: 'tasks' },
            sorted.map((task) => taskRow(task)),
          ),
      activityList(card),
      timelineList(card.data.timeline),
    ),
  );
}

/** What waits for somebody in the deal; an application's own records bring their buttons along. */
function activityList(card) {
  const { activities } = card.data;
  if (activities.length === 0) return null;
  const rows = activities.toSorted(
    (one, other) => Number(one.completed) - Number(other.completed) || other.id - one.id,
  );
  return [
    h('h2', { class: 'pad' }, portal.words.activities),
    h(
      'ul',
      { class: 'tasks activities' },
      rows.map((one) => activityRow(card, one)),
    ),
  ];
}

function activityRow(card, one) {
  const { words } = portal;
  const who = portal.start.users.find((user) => user.id === one.responsibleId);
  const press = (button) => void attempt(() => pressed(card, one, button)).then(card.refresh);
  const complete = () =>
    void attempt(() => call('POST', `/portal/activities/${one.id}/complete`)).then(card.refresh);
  const buttons = one.buttons.map(({ key, title, primary }) =>
    h(
      'button',
      {
        class: primary ? 'button primary' : 'button',
        disabled: one.pressed !== '',
        onclick: () => press(key),
      },
      title,
    ),
  );
  if (buttons.length === 0 && one.provider === 'CRM_TODO')
    buttons.push(h('button', { class: 'button', onclick: complete }, words.complete));
  return h(
    'li',
    { class: one.completed ? 'note done' : 'note', 'data-activity': String(one.id) },
    icon(one.completed ? ICONS.check : ICONS.clock),
    h(
      'div',
      { class: 'grow' },
      h('strong', {}, one.subject),
      one.description === '' ? null : h('p', { class: 'said' }, plain(one.description)),
      h(
        'span',
        { class: 'faint block' },
        [who?.name, one.deadline === null ? null : moment(one.deadline)].filter(Boolean).join(' · '),
      ),
      one.completed || buttons.length === 0 ? null : h('div', { class: 'robots' }, buttons),
    ),
  );
}

async function pressed(card, activity, button) {
  const done = await call('POST', `/portal/activities/${activity.id}/press`, { button });
  if (done.type === 'redirect') document.dispatchEvent(new CustomEvent('portal:go', { detail: done.uri }));
  if (done.type !== 'openRestApp') return;
  const request = { applicationId: done.applicationId, placement: 'DEFAULT', options: done.options };
  await openSlider({
    width: null,
    title: activity.subject,
    label: null,
    owner: card,
    mount: (holder) => openFrame(holder, request, { mode: 'slider' }),
  });
}

/** Comments of people and applications, newest first. */
function timelineList(timeline) {
  if (timeline.length === 0) return null;
  const rows = timeline.map((one) => {
    const author = portal.start.users.find((user) => user.id === one.authorId);
    return h(
      'li',
      { class: 'note' },
      icon(ICONS.comment),
      h(
        'div',
        { class: 'grow' },
        one.title === '' ? null : h('strong', {}, one.title),
        h('p', { class: 'said' }, plain(one.text)),
        h('span', { class: 'faint block' }, [author?.name, moment(one.at)].filter(Boolean).join(' · ')),
      ),
    );
  });
  return [h('h2', { class: 'pad' }, portal.words.timeline), h('ul', { class: 'tasks timeline' }, rows)];
}

/** The stages the deal went through, newest first. */
export function historyPanel(card) {
  const rows = card.data.history.toReversed().map((entry) => {
    const stage = stageOf(entry.stageId);
    return h(
      'li',
      { class: 'note' },
      h('span', { class: 'dot', style: { '--stage': stage.color } }),
      h(
        'div',
        { class: 'grow' },
        h('strong', {}, stage.name),
        h('span', { class: 'faint block' }, moment(entry.at)),
      ),
    );
  });
  return h(
    'section',
    { class: 'panel pad' },
    h('h2', {}, portal.words.history),
    h('ol', { class: 'tasks' }, rows),
  );
}
