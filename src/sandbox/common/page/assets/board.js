import { ICONS, fill, h, icon } from './dom.js';
import { call, count, lasting, money, onChange, portal, stageOf, userName } from './portal.js';
import { PAGE_ROWS, listBody, queryOf } from './list.js';
import { newDeal } from './new-deal.js';
import { paths } from './paths.js';
import { attempt, avatar, calm, link, select } from './widgets.js';

/** Deals as a kanban board or a list. */
export function boardScreen(place, view, pipelineText) {
  const query = new URLSearchParams(location.search);
  const wide = portal.start.pipelines[0]?.id ?? 0;
  const filter = {
    view: view === 'list' ? 'list' : 'kanban',
    pipelineId: pipelineText === undefined ? (view === 'list' ? '' : String(wide)) : pipelineText,
    ownerId: query.get('owner') ?? '',
    search: query.get('search') ?? '',
    offset: 0,
    /** Cards shown in a column beyond the first. */
    extra: new Map(),
  };
  const body = h('div', { class: 'board-body' });
  let asked = 0;
  const draw = async () => {
    asked += 1;
    const mine = asked;
    const content = await attempt(() =>
      filter.view === 'list' ? listBody(filter, draw) : kanbanBody(filter, draw),
    );
    if (content !== undefined && mine === asked) swap(body, content);
  };
  fill(place, toolbar(filter, draw), body);
  void draw();
  return onChange(calm(() => void draw(), 700));
}

/** Draws anew without losing how far each column was scrolled, nor the focus. */
function swap(body, content) {
  const before = body.querySelector('.columns');
  const left = before?.scrollLeft ?? 0;
  const tops = [...body.querySelectorAll('.column-cards')].map((column) => column.scrollTop);
  const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  fill(body, content);
  const after = body.querySelector('.columns');
  if (after !== null) after.scrollLeft = left;
  body.querySelectorAll('.column-cards').forEach((column, index) => (column.scrollTop = tops[index] ?? 0));
  if (focused !== null) body.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function toolbar(filter, draw) {
  const { words, start } = portal;
  const change = (part) => {
    Object.assign(filter, part, { offset: 0 });
    filter.extra.clear();
    void draw();
  };
  const wait = debounce((search) => change({ search: search.trim() }), 200);
  const pipelines = start.pipelines.map((one) => [String(one.id), one.name]);
  const views = ['kanban', 'list'].map((name) =>
    link(
      paths.deals(name, filter.pipelineId),
      { class: 'segment', 'aria-current': filter.view === name ? 'true' : null },
      words[name],
    ),
  );
  const owners = [['', words.everyone], ...start.users.map((user) => [String(user.id), user.name])];
  return h(
    'div',
    { class: 'toolbar' },
    h('h1', {}, words.deals),
    h('div', { class: 'segments' }, views),
    select(
      words.pipeline,
      filter.pipelineId,
      filter.view === 'list' ? [['', words.allPipelines], ...pipelines] : pipelines,
      (pipelineId) => change({ pipelineId }),
    ),
    h(
      'label',
      { class: 'search' },
      icon(ICONS.search),
      h('input', {
        type: 'search',
        'aria-label': words.search,
        placeholder: words.search,
        value: filter.search,
        oninput: (event) => wait(event.target.value),
      }),
    ),
    select(words.owner, filter.ownerId, owners, (ownerId) => change({ ownerId })),
    h(
      'button',
      { class: 'button primary', onclick: () => void newDeal(filter) },
      icon(ICONS.plus),
      words.newDeal,
    ),
  );
}

function debounce(action, waitMs) {
  let timer;
  return (value) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(value), waitMs);
  };
}

async function kanbanBody(filter, draw) {
  const board = await call('GET', `/portal/board?${queryOf(filter)}`);
  const columns = await Promise.all(board.columns.map((column) => withExtra(filter, column)));
  return h(
    'div',
    { class: 'columns', tabindex: '0', role: 'group', 'aria-label': portal.words.kanban },
    columns.map((column) => columnOf(filter, column, draw)),
  );
}

async function withExtra(filter, column) {
  const wanted = filter.extra.get(column.stageId) ?? 0;
  const deals = [...column.deals];
  while (deals.length < column.deals.length + wanted && deals.length < column.total) {
    const page = await call(
      'GET',
      `/portal/deals?${queryOf(filter, { stageId: column.stageId, offset: deals.length })}`,
    );
    if (page.deals.length === 0) break;
    deals.push(...page.deals);
  }
  return { ...column, deals };
}

function columnOf(filter, column, draw) {
  const stage = stageOf(column.stageId);
  const more = column.total > column.deals.length;
  const cards = h(
    'div',
    { class: 'column-cards' },
    column.deals.map(dealCard),
    more ? moreButton(filter, column, draw) : null,
  );
  const box = h(
    'section',
    { class: `column ${stage.kind}`, 'aria-label': stage.name, style: { '--stage': stage.color } },
    h(
      'header',
      { class: 'column-head' },
      h('span', { class: 'column-name', title: stage.name }, stage.name),
      h('span', { class: 'column-count' }, count(column.total)),
    ),
    cards,
  );
  box.addEventListener('dragover', (event) => {
    event.preventDefault();
    box.classList.add('over');
  });
  box.addEventListener('dragleave', () => box.classList.remove('over'));
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    box.classList.remove('over');
    const id = Number(event.dataTransfer.getData('text/deal'));
    if (id > 0)
      void attempt(() => call('POST', `/portal/deals/${id}/stage`, { stageId: stage.id })).then(draw);
  });
  return box;
}

function moreButton(filter, column, draw) {
  const rest = column.total - column.deals.length;
  const open = () => {
    filter.extra.set(column.stageId, (filter.extra.get(column.stageId) ?? 0) + PAGE_ROWS);
    void draw();
  };
  return h('button', { class: 'button quiet', onclick: open }, `${portal.words.more} (${count(rest)})`);
}

function dealCard(deal) {
  return link(
    paths.deal(deal.id),
    {
      class: 'deal-card',
      draggable: 'true',
      ondragstart: (event) => event.dataTransfer.setData('text/deal', String(deal.id)),
    },
    h('span', { class: 'deal-title' }, deal.title),
    h('span', { class: 'deal-amount' }, money(deal.amount, deal.currency)),
    h(
      'span',
      { class: 'deal-foot' },
      avatar(deal.ownerId),
      h('span', { class: 'grow' }, userName(deal.ownerId)),
      h('span', { class: 'faint', title: portal.words.inStage }, lasting(deal.movedAt)),
    ),
  );
}
