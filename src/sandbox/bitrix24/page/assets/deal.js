import { ICONS, fill, h, icon } from './dom.js';
import { openFrame } from './frame.js';
import { call, lasting, money, number, onChange, portal, stageOf } from './portal.js';
import { generalPanel, historyPanel } from './deal-panels.js';
import { attempt, avatar, calm, emptyState, link, select, toast } from './widgets.js';

/** A deal's card. Its frames live on while the card around them is drawn anew. */
export function dealScreen(place, idText) {
  const id = Number(idText);
  const head = h('div', { class: 'card-head' });
  const bar = h('div', { class: 'stages' });
  const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': portal.words.about });
  const panels = h('div', { class: 'tab-panels' });
  const card = {
    id,
    data: null,
    current: new URLSearchParams(location.search).get('tab') ?? 'general',
    frames: new Map(),
    tabs,
    panels,
    head,
    bar,
  };
  card.refresh = async () => {
    const data = await call('GET', `/portal/deals/${id}`).catch((error) => error);
    if (data instanceof Error) {
      fill(place, emptyState(data.message, undefined, link('/', { class: 'button' }, portal.words.toDeals)));
      return;
    }
    card.data = data;
    drawHead(card);
    drawBar(card);
    drawTabs(card);
  };
  fill(place, h('div', { class: 'card' }, head, bar, tabs, panels));
  void card.refresh();
  const soon = calm(() => void card.refresh(), 300);
  const stop = onChange((changes, more) => {
    const touches = (change) =>
      change.kind === 'application' ||
      (change.kind === 'deal' && change.id === id) ||
      change.dealId === id ||
      change.dealIds?.includes(id);
    if (!more && !changes.some(touches)) return;
    soon();
    for (const { frame } of card.frames.values()) frame.fire('onCrmEntityUpdate', { entityId: id });
  });
  return () => {
    stop();
    for (const { frame } of card.frames.values()) frame.close();
  };
}

function drawHead(card) {
  const { words, start } = portal;
  const { deal } = card.data;
  const owners = start.users.map((user) => [String(user.id), user.name]);
  if (!start.users.some((user) => user.id === deal.ownerId))
    owners.unshift([String(deal.ownerId), `#${deal.ownerId}`]);
  const hand = (ownerId) =>
    void attempt(() => call('PATCH', `/portal/deals/${deal.id}`, { ownerId: Number(ownerId) })).then(
      card.refresh,
    );
  fill(
    card.head,
    link(
      '/crm/deal/kanban/',
      { class: 'icon-button', 'aria-label': words.toDeals, title: words.toDeals },
      icon(ICONS.back),
    ),
    h(
      'div',
      { class: 'grow' },
      h('h1', {}, deal.title),
      h(
        'p',
        { class: 'faint' },
        `${number(deal.id)} · `,
        h('strong', { class: 'sum' }, money(deal.amount, deal.currency)),
        deal.companyName === null ? null : ` · ${deal.companyName}`,
      ),
    ),
    h(
      'label',
      { class: 'owner' },
      avatar(deal.ownerId),
      select(words.owner, String(deal.ownerId), owners, hand),
    ),
  );
}

function drawBar(card) {
  const { words } = portal;
  const { deal } = card.data;
  const pipeline = portal.start.pipelines.find((one) => one.id === deal.pipelineId);
  if (pipeline === undefined) return;
  const move = async (stageId) => {
    if (stageId === deal.stageId) return;
    const moved = await attempt(() => call('POST', `/portal/deals/${deal.id}/stage`, { stageId }));
    if (moved !== undefined) toast(`${words.dealMoved}: ${stageOf(moved.stageId).name}`);
    await card.refresh();
  };
  const present = pipeline.stages.findIndex((stage) => stage.id === deal.stageId);
  const open = pipeline.stages.filter((stage) => stage.kind === 'open');
  const chevrons = open.map((stage) =>
    stageButton(stage, pipeline.stages.indexOf(stage), present, deal, () => void move(stage.id)),
  );
  const ends = pipeline.stages.filter((stage) => stage.kind !== 'open');
  const closing = ends.map((stage) =>
    h(
      'button',
      {
        class: `stage-end ${stage.kind}`,
        'aria-pressed': String(stage.id === deal.stageId),
        onclick: () => void move(stage.id),
      },
      stage.name,
    ),
  );
  const narrow = select(
    words.moveTo,
    deal.stageId,
    pipeline.stages.map((stage) => [stage.id, stage.name]),
    (stageId) => void move(stageId),
    { class: 'stage-select' },
  );
  fill(
    card.bar,
    h('div', { class: 'chevrons', role: 'group', 'aria-label': words.moveTo }, chevrons),
    h('div', { class: 'stage-ends', role: 'group', 'aria-label': words.stage }, closing),
    narrow,
    h(
      'p',
      { class: 'stage-now' },
      h(
        'span',
        { class: 'stage-pill', style: { '--stage': stageOf(deal.stageId).color } },
        stageOf(deal.stageId).name,
      ),
      h('span', { class: 'faint' }, `${words.inStage}: ${lasting(deal.movedAt)}`),
    ),
  );
}

function stageButton(stage, place, present, deal, onclick) {
  const closed = deal.kind !== 'open';
  const passed = deal.kind === 'won' || (!closed && place <= present);
  const color = deal.kind === 'open' ? stageOf(deal.stageId).color : '#3fb950';
  return h(
    'button',
    {
      class: passed ? 'chevron passed' : 'chevron',
      title: stage.name,
      'aria-current': stage.id === deal.stageId ? 'step' : null,
      style: { '--stage': color },
      onclick,
    },
    h('span', {}, stage.name),
  );
}

/** Tab keys: `general`, `history`, `app-<placement>`; the address may also name an application's tab by its title. */
function drawTabs(card) {
  const { words } = portal;
  const apps = card.data.tabs.map((placement) => ({
    key: `app-${placement.id}`,
    title: placement.titles[portal.language]?.TITLE ?? placement.title,
    placement,
  }));
  const all = [{ key: 'general', title: words.general }, ...apps, { key: 'history', title: words.history }];
  const named = all.find(
    (tab) =>
      tab.key === card.current ||
      tab.title.toLowerCase() === card.current.toLowerCase() ||
      (tab.placement && card.current === 'app'),
  );
  const current = named ?? all[0];
  for (const [key, entry] of card.frames) {
    if (all.some((tab) => tab.key === key)) continue;
    entry.frame.close();
    entry.panel.remove();
    card.frames.delete(key);
  }
  const pick = (tab, focus) => {
    card.current = tab.key;
    const url = new URL(location.href);
    url.searchParams.set('tab', tab.key);
    history.replaceState(null, '', url);
    drawTabs(card);
    if (focus) card.tabs.querySelector('[aria-selected=true]')?.focus();
  };
  const turn = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) pick(all[(all.indexOf(current) + step + all.length) % all.length], true);
  };
  const focused = card.tabs.contains(document.activeElement);
  fill(
    card.tabs,
    all.map((tab) =>
      h(
        'button',
        {
          class: tab.placement ? 'tab app' : 'tab',
          role: 'tab',
          id: `tab-${tab.key}`,
          'aria-selected': String(tab === current),
          'aria-controls': 'tab-panel',
          tabindex: tab === current ? '0' : '-1',
          onclick: () => pick(tab),
          onkeydown: turn,
        },
        tab.title,
      ),
    ),
  );
  if (focused) card.tabs.querySelector('[aria-selected=true]')?.focus();
  drawPanel(card, current);
}

function drawPanel(card, current) {
  let own = card.panels.querySelector('.own');
  if (own === null) {
    own = h('div', { class: 'own', role: 'tabpanel' });
    card.panels.append(own);
  }
  own.hidden = current.placement !== undefined;
  own.id = own.hidden ? '' : 'tab-panel';
  if (current.key === 'general') fill(own, generalPanel(card));
  if (current.key === 'history') fill(own, historyPanel(card));
  if (current.placement !== undefined && !card.frames.has(current.key)) openTab(card, current);
  for (const [key, entry] of card.frames) {
    entry.panel.hidden = key !== current.key;
    entry.panel.id = entry.panel.hidden ? '' : 'tab-panel';
  }
}

function openTab(card, tab) {
  const panel = h('div', { class: 'panel app-panel', role: 'tabpanel', 'aria-labelledby': `tab-${tab.key}` });
  card.panels.append(panel);
  const request = {
    placement: tab.placement.code,
    placementId: tab.placement.id,
    applicationId: tab.placement.applicationId,
    options: { ID: String(card.id) },
  };
  card.frames.set(tab.key, {
    panel,
    frame: openFrame(panel, request, { mode: 'tab', reloadData: card.refresh }),
  });
}
