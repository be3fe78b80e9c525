import { ICONS } from './dom.js';
import { applicationScreen, applicationsScreen, linkScreen, menuScreen } from './applications.js';
import { boardScreen } from './board.js';
import { dealScreen } from './deal.js';
import { portal } from './portal.js';
import { navItem, startShell } from './shell.js';
import { notificationsScreen, tasksScreen } from './tasks.js';
import { toast } from './widgets.js';

const ROUTES = [
  [/^\/$/u, boardScreen],
  [/^\/crm\/deal\/(?:(kanban|list)\/)?(?:category\/(\d+)\/)?$/u, boardScreen],
  [/^\/crm\/deal\/details\/(\d+)\/$/u, dealScreen],
  [/^\/company\/personal\/user\/\d+\/tasks\/(?:task\/view\/(\d+)\/)?$/u, tasksScreen],
  [/^\/notifications\/$/u, notificationsScreen],
  [/^\/marketplace\/$/u, applicationsScreen],
  [/^\/marketplace\/app\/([^/]+)\/$/u, applicationScreen],
  [/^\/marketplace\/view\/(\d+)\/$/u, menuScreen],
  [/^\/marketplace\/view\/([^/]+)\/$/u, linkScreen],
];

function items() {
  const { words, start } = portal;
  const store = location.pathname.startsWith('/marketplace/app/') ? '/marketplace/app/' : null;
  return [
    navItem('/crm/deal/kanban/', location.pathname === '/' ? '/' : '/crm/', ICONS.deals, words.deals),
    navItem(
      `/company/personal/user/${start.user.id}/tasks/`,
      '/company/',
      ICONS.tasks,
      words.tasks,
      start.openTasks,
    ),
    navItem('/notifications/', '/notifications/', ICONS.bell, words.notifications, start.notifications),
    navItem('/marketplace/', store, ICONS.grid, words.applications),
    start.menu.map((placement) =>
      navItem(`/marketplace/view/${placement.id}/`, null, ICONS.app, titleOf(placement)),
    ),
  ];
}

function titleOf(placement) {
  return placement.titles[portal.language]?.TITLE ?? placement.title;
}

/** An installer that ended sends the browser back with its outcome. */
function begun() {
  const finished = new URLSearchParams(location.search).get('install_finished');
  if (finished !== null)
    toast(finished === 'Y' ? portal.words.installedToast : portal.words.installFailed, finished !== 'Y');
}

void startShell({
  routes: ROUTES,
  known: (path) => /^\/(?:crm|company|marketplace|workgroups)\//u.test(path),
  items,
  begun,
});
