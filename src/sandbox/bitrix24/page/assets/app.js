import { ICONS, fill, h, icon } from './dom.js';
import { applicationScreen, applicationsScreen, menuScreen } from './applications.js';
import { boardScreen } from './board.js';
import { dealScreen } from './deal.js';
import { count, follow, href, loadStart, look, onChange, portal } from './portal.js';
import { notificationsScreen, tasksScreen } from './tasks.js';
import { applyTheme, avatar, calm, emptyState, link, select, toast } from './widgets.js';

const ROUTES = [
  [/^\/$/u, boardScreen],
  [/^\/crm\/deal\/(?:(kanban|list)\/)?(?:category\/(\d+)\/)?$/u, boardScreen],
  [/^\/crm\/deal\/details\/(\d+)\/$/u, dealScreen],
  [/^\/company\/personal\/user\/\d+\/tasks\/(?:task\/view\/(\d+)\/)?$/u, tasksScreen],
  [/^\/notifications\/$/u, notificationsScreen],
  [/^\/marketplace\/$/u, applicationsScreen],
  [/^\/marketplace\/app\/([^/]+)\/$/u, applicationScreen],
  [/^\/marketplace\/view\/(\d+)\/$/u, menuScreen],
];

let leave = () => {};
const main = h('main', { id: 'main', tabindex: '-1' });
const nav = h('nav', { class: 'nav', 'aria-label': 'CRM' });

/** Shows the screen of the present address. A screen draws into its element and returns how to leave it. */
function show() {
  leave();
  const path = location.pathname.endsWith('/') ? location.pathname : `${location.pathname}/`;
  const found = ROUTES.find(([pattern]) => pattern.test(path));
  const place = h('div', { class: 'screen' });
  fill(main, place);
  if (found === undefined) {
    const known = /^\/(?:crm|company|marketplace|workgroups)\//u.test(path);
    fill(
      place,
      emptyState(
        known ? portal.words.notSimulated : portal.words.notFound,
        path,
        link('/', { class: 'button' }, portal.words.toDeals),
      ),
    );
    leave = () => {};
  } else {
    leave = found[1](place, ...found[0].exec(path).slice(1)) ?? (() => {});
  }
  drawNav();
}

/** Goes to an address of this page. */
function go(target) {
  history.pushState(null, '', target);
  show();
  window.scrollTo(0, 0);
}

document.addEventListener('click', (event) => {
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (
    anchor === null ||
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    anchor.target !== ''
  )
    return;
  const url = new URL(anchor.href);
  if (url.origin !== location.origin) return;
  event.preventDefault();
  go(url.pathname + url.search);
});
document.addEventListener('portal:go', (event) => go(event.detail));
addEventListener('popstate', show);

function navItem(path, path2, picture, text, number = 0) {
  const current = location.pathname === path || (path2 !== null && location.pathname.startsWith(path2));
  const badge = number > 0 ? h('span', { class: 'badge' }, number > 99 ? '99+' : count(number)) : null;
  return link(
    path,
    { class: 'nav-item', 'aria-current': current ? 'page' : null },
    icon(picture),
    h('span', {}, text),
    badge,
  );
}

function drawNav() {
  const { words, start } = portal;
  fill(
    nav,
    navItem('/crm/deal/kanban/', location.pathname === '/' ? '/' : '/crm/', ICONS.deals, words.deals),
    navItem(
      `/company/personal/user/${start.user.id}/tasks/`,
      '/company/',
      ICONS.tasks,
      words.tasks,
      start.openTasks,
    ),
    navItem('/notifications/', '/notifications/', ICONS.bell, words.notifications, start.notifications),
    navItem(
      '/marketplace/',
      location.pathname.startsWith('/marketplace/app/') ? '/marketplace/app/' : null,
      ICONS.grid,
      words.applications,
    ),
    start.menu.map((placement) =>
      navItem(`/marketplace/view/${placement.id}/`, null, ICONS.app, titleOf(placement)),
    ),
  );
}

function titleOf(placement) {
  return placement.titles[portal.language]?.TITLE ?? placement.title;
}

function header() {
  const { words, start, language } = portal;
  const people = start.users.map((user) => [
    String(user.id),
    user.admin ? `${user.name} (${words.admin})` : user.name,
  ]);
  const languages = ['ru', 'en'].map((code) =>
    h(
      'button',
      {
        class: 'segment',
        'aria-pressed': String(code === language),
        lang: code,
        onclick: () => reopen({ lang: code }),
      },
      code.toUpperCase(),
    ),
  );
  return h(
    'header',
    { class: 'top' },
    link(
      '/',
      { class: 'brand' },
      h('img', { src: '/portal/assets/mark.svg', alt: '', width: 28, height: 28 }),
      h('span', { class: 'brand-name' }, start.companyName),
      h('span', { class: 'tag' }, words.demo),
    ),
    h('span', { class: 'spring' }),
    h('div', { class: 'segments', role: 'group', 'aria-label': words.language }, languages),
    h(
      'label',
      { class: 'login' },
      avatar(start.user.id),
      h('span', { class: 'login-label' }, words.loginAs),
      select(words.loginAs, String(start.user.id), people, (user) => reopen({ user })),
    ),
  );
}

/** Opens the same address as someone else or in another language; a person's own task list moves along. */
function reopen(change) {
  Object.assign(look, change);
  const own = location.pathname.replace(
    /^(\/company\/personal\/user\/)\d+(\/.*)$/u,
    `$1${look.user ?? portal.start.user.id}$2`,
  );
  location.assign(href(own));
}

async function begin() {
  applyTheme();
  const root = document.getElementById('root');
  try {
    await loadStart();
  } catch (error) {
    fill(
      root,
      emptyState(error.message, undefined, h('a', { class: 'button', href: '/' }, portal.words.retry)),
    );
    return;
  }
  document.documentElement.lang = portal.language;
  document.title = portal.start.companyName;
  const offline = h('div', { class: 'offline', hidden: true, role: 'alert' }, portal.words.lostConnection);
  document.body.classList.toggle('framed', look.framed);
  fill(
    root,
    offline,
    look.framed ? null : header(),
    h('div', { class: 'frame' }, look.framed ? null : nav, main),
  );
  onChange(calm(() => void loadStart().then(drawNav, () => {}), 500));
  follow((connected) => (offline.hidden = connected));
  const finished = new URLSearchParams(location.search).get('install_finished');
  if (finished !== null)
    toast(finished === 'Y' ? portal.words.installedToast : portal.words.installFailed, finished !== 'Y');
  show();
}

void begin();
