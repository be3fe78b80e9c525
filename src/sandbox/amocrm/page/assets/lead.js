import { removeDeal } from './deal-removal.js';
import { ICONS, fill, h, icon } from './dom.js';
import { taskLine } from './lead-tasks.js';
import { call, href, lasting, money, moment, number, onChange, portal, stageOf, userName } from './portal.js';
import { enter } from './widget-host.js';
import { attempt, avatar, calm, emptyState, link, select, toast } from './widgets.js';

/** A lead's card: what it is, what happened, and the column of widgets. Widgets live on while the rest is drawn anew. */
export function leadScreen(place, idText) {
  const id = Number(idText);
  const about = h('section', { class: 'lead-about' });
  const feed = h('section', { class: 'lead-feed', 'aria-label': portal.words.feed });
  fill(place, h('div', { class: 'lead' }, about, feed, widgetColumn()));
  let leave = null;
  const refresh = async () => {
    const data = await call('GET', `/portal/deals/${id}`).catch((error) => error);
    if (data instanceof Error) {
      fill(place, emptyState(data.message, undefined, link('/', { class: 'button' }, portal.words.toDeals)));
      return;
    }
    drawAbout(about, data.deal, refresh);
    drawFeed(feed, data, refresh);
    leave ??= enter({ location: 'lcard', area: 'leads_card', base: 'leads', card: data.deal });
  };
  void refresh();
  const soon = calm(() => void refresh(), 300);
  const stop = onChange((changes, more) => {
    const touches = (change) =>
      (change.kind === 'deal' && change.id === id) || change.dealId === id || change.dealIds?.includes(id);
    if (more || changes.some(touches)) soon();
  });
  return () => {
    stop();
    leave?.();
  };
}

/** A card that is not saved yet: its id is 0, and becomes another without a reload. */
export function newLeadScreen(place) {
  const { words, start } = portal;
  const title = h('input', {
    'aria-label': words.title,
    placeholder: words.title,
    required: true,
    maxlength: 200,
  });
  const amount = h('input', { 'aria-label': words.budget, type: 'number', min: 0, value: '0' });
  const send = async (event) => {
    event.preventDefault();
    const draft = {
      title: title.value,
      amount: Number(amount.value) || 0,
      pipelineId: start.pipelines[0]?.id,
    };
    const deal = await attempt(() => call('POST', '/portal/deals', draft));
    if (deal !== undefined)
      document.dispatchEvent(new CustomEvent('portal:go', { detail: href(`/leads/detail/${deal.id}/`) }));
  };
  const form = h(
    'form',
    { class: 'form', onsubmit: send },
    h('label', {}, words.title, title),
    h('label', {}, words.budget, amount),
    h('footer', {}, h('button', { class: 'button primary', type: 'submit' }, words.save)),
  );
  fill(
    place,
    h(
      'div',
      { class: 'lead' },
      h('section', { class: 'lead-about' }, h('h1', {}, words.unsaved), form),
      h('section', { class: 'lead-feed' }),
      widgetColumn(),
    ),
  );
  return enter({ location: 'lcard', area: 'leads_card', base: 'leads', card: { id: 0 } });
}

/** What widgets draw into. */
function widgetColumn() {
  const { words } = portal;
  return h(
    'aside',
    { class: 'card-widgets', 'aria-label': words.widgets },
    h('div', { class: 'card-widgets__elements' }),
    h('p', { class: 'card-widgets__none' }, words.noWidgets),
  );
}

function drawAbout(about, deal, refresh) {
  const { words, start } = portal;
  const stage = stageOf(deal.stageId);
  const stages = start.pipelines.flatMap((pipeline) =>
    pipeline.stages.map((one) => [
      one.id,
      start.pipelines.length > 1 ? `${one.name} · ${pipeline.name}` : one.name,
    ]),
  );
  const move = async (stageId) => {
    const moved = await attempt(() => call('POST', `/portal/deals/${deal.id}/stage`, { stageId }));
    if (moved !== undefined) toast(`${words.moved}: ${stageOf(moved.stageId).name}`);
    await refresh();
  };
  const hand = (ownerId) =>
    void attempt(() => call('PATCH', `/portal/deals/${deal.id}`, { ownerId: Number(ownerId) })).then(refresh);
  const owners = start.users.map((user) => [String(user.id), user.name]);
  if (!start.users.some((user) => user.id === deal.ownerId)) {
    owners.unshift([String(deal.ownerId), userName(deal.ownerId)]);
  }
  const fields = [
    [words.budget, money(deal.amount, deal.currency)],
    [words.contactName, deal.contactName ?? '–'],
    [words.company, deal.companyName ?? '–'],
    [words.created, moment(deal.createdAt)],
    [words.changed, moment(deal.modifiedAt)],
  ];
  fill(
    about,
    h(
      'header',
      { class: 'lead-head' },
      link('/leads/pipeline/', { class: 'icon-button', 'aria-label': words.toDeals }, icon(ICONS.back)),
      h('div', { class: 'grow' }, h('h1', {}, deal.title), h('p', { class: 'faint' }, number(deal.id))),
    ),
    h(
      'div',
      { class: 'lead-stage', style: { '--stage': stage.color } },
      select(words.moveTo, deal.stageId, stages, (stageId) => void move(stageId)),
      h('p', { class: 'faint' }, `${words.inStage}: ${lasting(deal.movedAt)}`),
    ),
    h(
      'label',
      { class: 'lead-owner' },
      avatar(deal.ownerId),
      select(words.owner, String(deal.ownerId), owners, hand),
    ),
    h(
      'dl',
      { class: 'fields' },
      fields.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
    ),
    h('button', { class: 'button quiet danger', onclick: () => void removeDeal(deal.id) }, words.remove),
  );
}

/** Open tasks on top, then what happened, newest first. A half-written note is not lost when the feed is drawn anew. */
function drawFeed(feed, data, refresh) {
  const { words } = portal;
  const written = feed.querySelector('textarea')?.value ?? '';
  const open = data.tasks
    .filter((task) => !task.completed)
    .toSorted((one, other) => one.deadline - other.deadline);
  const done = data.tasks.filter((task) => task.completed);
  const events = [
    ...data.history.map((entry) => ({ at: entry.at, node: moveLine(entry) })),
    ...data.notes.map((note) => ({ at: note.at, node: noteLine(note) })),
    ...done.map((task) => ({ at: task.closedAt ?? task.createdAt, node: taskLine(task, refresh) })),
  ].toSorted((one, other) => other.at - one.at);
  fill(
    feed,
    h('h2', {}, words.feed),
    noteForm(data.deal.id, written, refresh),
    open.length === 0
      ? h('p', { class: 'faint pad' }, words.noTasks)
      : h(
          'ul',
          { class: 'tasks panel' },
          open.map((task) => taskLine(task, refresh)),
        ),
    h(
      'ol',
      { class: 'feed' },
      events.map((event) => event.node),
    ),
  );
}

function noteForm(dealId, written, refresh) {
  const { words } = portal;
  const text = h('textarea', {
    'aria-label': words.noteText,
    placeholder: words.noteText,
    rows: 2,
    maxlength: 2000,
  });
  text.value = written;
  const send = async (event) => {
    event.preventDefault();
    if (text.value.trim() === '') return;
    const done = await attempt(() => call('POST', `/portal/deals/${dealId}/notes`, { text: text.value }));
    if (done === undefined) return;
    text.value = '';
    await refresh();
  };
  return h(
    'form',
    { class: 'note-form', onsubmit: send },
    text,
    h('button', { class: 'button' }, words.addNote),
  );
}

function moveLine(entry) {
  const stage = stageOf(entry.stageId);
  return h(
    'li',
    { class: 'feed-line' },
    h('span', { class: 'dot', style: { '--stage': stage.color } }),
    h('span', { class: 'grow' }, stage.name),
    h('span', { class: 'faint nowrap' }, moment(entry.at)),
  );
}

function noteLine(note) {
  return h(
    'li',
    { class: 'feed-line feed-note' },
    avatar(note.authorId),
    h('span', { class: 'grow pre' }, note.text),
    h('span', { class: 'faint nowrap' }, moment(note.at)),
  );
}
