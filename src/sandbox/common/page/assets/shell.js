import { fill, h, icon } from './dom.js';
import { paths } from './paths.js';
import { count, follow, href, loadStart, look, onChange, portal } from './portal.js';
import { applyTheme, avatar, calm, emptyState, link, select } from './widgets.js';

const main = h('main', { id: 'main', tabindex: '-1' });
const nav = h('nav', { class: 'nav', 'aria-label': 'CRM' });
let leave = () => {};
let host = null;

/**
 * Starts the page of a host: `routes` are pairs of a pattern and a screen, which draws into its element and returns
 * how to leave it; `known` says whether an address without a screen belongs to the real host; `items` draws
 * the menu; `begun` is called once, before the first screen.
 */
export async function startShell(parts) {
  host = parts;
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
    look.framed ? null : pageHeader(),
    h('div', { class: 'frame' }, look.framed ? null : nav, main),
  );
  onChange(calm(() => void loadStart().then(drawNav, () => {}), 500));
  follow((connected) => (offline.hidden = connected));
  listen();
  await host.begun?.();
  show();
}

/** Shows the screen of the present address. */
function show() {
  leave();
  leave = () => {};
  const path = location.pathname.endsWith('/') ? location.pathname : `${location.pathname}/`;
  const found = host.routes.find(([pattern]) => pattern.test(path));
  const place = h('div', { class: 'screen' });
  fill(main, place);
  if (found === undefined) {
    fill(
      place,
      emptyState(
        host.known(path) ? portal.words.notSimulated : portal.words.notFound,
        path,
        link('/', { class: 'button' }, portal.words.toDeals),
      ),
    );
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

function listen() {
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
}

/** An entry of the menu; `within` is the beginning of addresses that belong to it, or null. */
export function navItem(path, within, picture, text, number = 0) {
  const current = location.pathname === path || (within !== null && location.pathname.startsWith(within));
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
  fill(nav, host.items());
}

/** The bar above every screen: whose CRM it is, and who looks in which language. */
export function pageHeader() {
  const { words, start } = portal;
  return h(
    'header',
    { class: 'top' },
    link(
      '/',
      { class: 'brand' },
      // The name beside it gives way on narrow screens; the picture's stays.
      h('img', { src: '/portal/assets/mark.svg', alt: start.companyName, width: 28, height: 28 }),
      h('span', { class: 'brand-name', 'aria-hidden': 'true' }, start.companyName),
      h('span', { class: 'tag' }, words.demo),
    ),
    h('span', { class: 'spring' }),
    languageSwitch(),
    loginSelect(),
  );
}

/** Chooses between the languages of the page. */
function languageSwitch() {
  const { words, language } = portal;
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
  return h('div', { class: 'segments', role: 'group', 'aria-label': words.language }, languages);
}

/** Whom the page takes its visitor for. */
function loginSelect() {
  const { words, start } = portal;
  const people = start.users.map((user) => [
    String(user.id),
    user.admin ? `${user.name} (${words.admin})` : user.name,
  ]);
  return h(
    'label',
    { class: 'login' },
    avatar(start.user.id),
    h('span', { class: 'login-label' }, words.loginAs),
    select(words.loginAs, String(start.user.id), people, (user) => reopen({ user })),
  );
}

/** Opens the same address as someone else or in another language; a person's own page moves along. */
function reopen(change) {
  Object.assign(look, change);
  location.assign(href(paths.of(location.pathname, look.user ?? portal.start.user.id)));
}
