import { h } from './dom.js';
import { call, count, money, moment, number, portal, stageOf, userName } from './portal.js';
import { paths } from './paths.js';
import { emptyState, link } from './widgets.js';

export const PAGE_ROWS = 50;

/** The filter of the toolbar as a query of the data address. */
export function queryOf(filter, more = {}) {
  const query = new URLSearchParams();
  const all = { pipelineId: filter.pipelineId, ownerId: filter.ownerId, search: filter.search, ...more };
  for (const [name, value] of Object.entries(all))
    if (value !== '' && value !== undefined) query.set(name, String(value));
  return query.toString();
}

/** One page of the deals as a table. */
export async function listBody(filter, draw) {
  const page = await call('GET', `/portal/deals?${queryOf(filter, { offset: filter.offset })}`);
  const { words } = portal;
  if (page.total === 0) return emptyState(words.noDeals, words.noDealsHint);
  const heads = [words.title, words.stage, words.amount, words.client, words.owner, words.created];
  const table = h(
    'table',
    { class: 'table' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        heads.map((text) => h('th', { scope: 'col' }, text)),
      ),
    ),
    h('tbody', {}, page.deals.map(listRow)),
  );
  return h('div', { class: 'panel list' }, table, pager(filter, page, draw));
}

function listRow(deal) {
  const { words } = portal;
  const stage = stageOf(deal.stageId);
  return h(
    'tr',
    {},
    h(
      'td',
      { 'data-label': words.title },
      link(paths.deal(deal.id), { class: 'strong' }, deal.title),
      h('span', { class: 'faint' }, ` ${number(deal.id)}`),
    ),
    h(
      'td',
      { 'data-label': words.stage },
      h('span', { class: 'stage-pill', style: { '--stage': stage.color } }, stage.name),
    ),
    h('td', { 'data-label': words.amount, class: 'number' }, money(deal.amount, deal.currency)),
    h('td', { 'data-label': words.client }, deal.companyName ?? deal.contactName ?? '–'),
    h('td', { 'data-label': words.owner }, userName(deal.ownerId)),
    h('td', { 'data-label': words.created, class: 'nowrap' }, moment(deal.createdAt)),
  );
}

function pager(filter, page, draw) {
  const { words } = portal;
  const last = Math.min(filter.offset + PAGE_ROWS, page.total);
  const turn = (offset) => {
    filter.offset = offset;
    void draw().then(() => window.scrollTo(0, 0));
  };
  return h(
    'footer',
    { class: 'pager' },
    h(
      'span',
      { class: 'faint' },
      `${count(filter.offset + 1)}–${count(last)} ${words.of} ${count(page.total)}`,
    ),
    h(
      'button',
      {
        class: 'button',
        disabled: filter.offset === 0,
        onclick: () => turn(Math.max(0, filter.offset - PAGE_ROWS)),
      },
      words.previous,
    ),
    h(
      'button',
      { class: 'button', disabled: last >= page.total, onclick: () => turn(filter.offset + PAGE_ROWS) },
      words.next,
    ),
  );
}
