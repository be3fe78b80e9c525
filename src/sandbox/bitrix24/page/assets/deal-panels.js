import { removeDeal } from './deal-removal.js';
import { ICONS, h, icon } from './dom.js';
import { call, money, moment, portal, stageOf } from './portal.js';
import { taskRow } from './tasks.js';
import { attempt, emptyState, toast } from './widgets.js';

/** What the deal is, and its tasks. */
export function generalPanel(card) {
  const { words } = portal;
  const { deal, tasks, activities, robots } = card.data;
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
      activityList(activities),
    ),
  );
}

function activityList(activities) {
  if (activities.length === 0) return null;
  const rows = activities.map((one) =>
    h(
      'li',
      { class: one.completed ? 'note done' : 'note' },
      icon(ICONS.clock),
      h(
        'div',
        { class: 'grow' },
        h('strong', {}, one.subject),
        one.deadline === null ? null : h('span', { class: 'faint block' }, moment(one.deadline)),
      ),
    ),
  );
  return [h('h2', { class: 'pad' }, portal.words.activities), h('ul', { class: 'tasks' }, rows)];
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
