import { boardScreen } from './board.js';
import { ICONS } from './dom.js';
import { leadScreen, newLeadScreen } from './lead.js';
import { look, onChange, portal } from './portal.js';
import { pipelineScreen } from './pipeline-actions.js';
import { advancedScreen, integrationsScreen, menuScreen } from './settings.js';
import { navItem, startShell } from './shell.js';
import { tasksScreen } from './tasks.js';
import { chooseLeads, enter, prepare, readInstalled } from './widget-host.js';

const GEAR =
  'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100';

const ROUTES = [
  [/^\/(?:leads\/)?$/u, (place) => board(place)],
  [/^\/leads\/pipeline\/(?:(\d+)\/)?$/u, (place, pipelineId) => board(place, pipelineId)],
  [/^\/leads\/list\/(?:pipeline\/(\d+)\/)?$/u, (place, pipelineId) => list(place, pipelineId)],
  [/^\/leads\/add\/$/u, newLeadScreen],
  [/^\/leads\/detail\/(\d+)\/$/u, leadScreen],
  [/^\/todo\/(?:list|line)\/$/u, (place) => around(place, 'tlist', 'todo', tasksScreen)],
  [/^\/settings\/widgets\/$/u, integrationsScreen],
  [/^\/settings\/pipeline\/$/u, pipelineScreen],
  [/^\/settings\/advanced\/(\w+)\/$/u, advancedScreen],
  [/^\/widget_page\/(\w+)\/$/u, menuScreen],
];

/** Widgets have no place on the board but `everywhere`. */
function board(place, pipelineId) {
  return around(place, 'everywhere', 'leads-pipeline', (inner) => boardScreen(inner, 'kanban', pipelineId));
}

function list(place, pipelineId) {
  window.sandboxSelect = chooseLeads;
  return around(place, 'llist', 'leads', (inner) => boardScreen(inner, 'list', pipelineId));
}

/** A screen with the widgets of its area. */
function around(place, location, area, screen) {
  const leaveScreen = screen(place);
  const leaveArea = enter({ location, area, base: 'leads' });
  return () => {
    leaveArea();
    leaveScreen?.();
  };
}

function items() {
  const { words, start } = portal;
  const menus = start.widgets.filter(
    (one) => one.state === 'installed' && one.kind === 'public' && one.manifest?.left_menu,
  );
  return [
    navItem('/leads/pipeline/', location.pathname === '/' ? '/' : '/leads/', ICONS.deals, words.deals),
    navItem('/todo/list/', '/todo/', ICONS.tasks, words.tasks, start.openTasks),
    menus.map((one) =>
      navItem(`/widget_page/${one.code}/`, `/widget_page/${one.code}/`, ICONS.app, one.title),
    ),
    navItem('/settings/widgets/', '/settings/', GEAR, words.settings),
  ];
}

async function begun() {
  const dark =
    look.theme === 'dark' || (look.theme === null && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.colorScheme = dark ? 'dark' : 'light';
  await prepare();
  onChange((changes) => changes.some((change) => change.kind === 'application') && void readInstalled());
}

void startShell({
  routes: ROUTES,
  known: (path) =>
    /^\/(?:leads|todo|settings|widget_page|contacts|dashboard|mail|customers|catalogs)\//u.test(path),
  items,
  begun,
});
