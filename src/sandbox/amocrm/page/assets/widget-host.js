import { listenersOf, watchWidgets } from './moderation.js';
import { call, portal } from './portal.js';
import { dropCard, here, publish, setArea, watchWrites } from './widget-app.js';
import { Modal } from './widget-modal.js';
import { prototypeOf } from './widget-self.js';
import { toast } from './widgets.js';

/** Widgets alive now: `{ view, instance, once }`. */
let alive = [];
/** Raised by every change of place: what was begun for an older one is dropped. */
let turn = 0;

/** Loads what the host lends to widgets; to be awaited once, before the first screen. */
export async function prepare() {
  const { requirejs } = window;
  requirejs.config({
    paths: {
      jquery: '/portal/libraries/jquery',
      underscore: '/portal/libraries/underscore',
      twigjs: '/portal/libraries/twig',
    },
  });
  window.define('lib/components/base/modal', [], () => Modal);
  const [$, underscore] = await modules(['jquery', 'underscore', 'twigjs']);
  Object.assign(window, { $, jQuery: $, _: underscore });
  nameWidgets();
  publish();
  watchWidgets((code, what) => {
    const view = portal.start.widgets.find((one) => one.code === code);
    if (view !== undefined) complain(view, what);
  });
}

/** A host's modules by their ids. An async function must not be handed to the loader: it would never be called. */
export function modules(ids) {
  return new Promise((resolve, reject) => {
    window.requirejs(
      ids,
      (...found) => resolve(found),
      (error) => reject(error),
    );
  });
}

/** Leads are ticked in the list, and a widget's entry in the menu of the selection is pressed. */
export function chooseLeads(ids) {
  here.selected = ids;
  for (const { view, instance } of alive) guard(view, () => instance.callbacks.leads?.selected?.());
}

export async function readInstalled() {
  const answer = await call('GET', '/portal/integrations').catch(() => null);
  if (answer !== null) portal.start.widgets = answer.integrations;
  nameWidgets();
}

/** A widget has its name in each language of its own. */
function nameWidgets() {
  for (const view of portal.start.widgets) {
    const texts = view.texts[portal.language] ?? Object.values(view.texts)[0] ?? {};
    const path = String(view.manifest?.widget?.name ?? '');
    const name = path.split('.').reduce((tree, key) => tree?.[key], texts);
    if (typeof name === 'string' && name !== '') view.title = name;
  }
}

/**
 * Enters a place: widgets that belong there are made and called in the host's order. Returns how to leave.
 * `location` is the word of the manifest, `area` the word of the page; `base` the kind of entity.
 */
export function enter({ location, area, base, card = null }) {
  turn += 1;
  const mine = turn;
  setArea({ location, area, base, card });
  void fillArea(location, () => mine === turn);
  return () => {
    if (mine === turn) turn += 1;
    leave();
    dropCard();
  };
}

async function fillArea(location, current) {
  for (const view of portal.start.widgets) {
    if (!current()) return;
    if (view.state !== 'installed' || view.manifest === null || !belongs(view, location)) continue;
    if (alive.some((one) => one.view.code === view.code)) continue;
    const instance = await create(view, location);
    if (instance === null || !current()) continue;
    alive.push({ view, instance, once: view.manifest.widget?.init_once === true });
    run(view, instance);
  }
  window.$(document).trigger('page:changed');
}

function leave() {
  const staying = alive.filter((one) => one.once);
  for (const { view, instance, once } of alive) {
    if (!once) destroy(view, instance);
  }
  alive = staying;
}

/** Ends one instance. Nothing of it may stay: no frame in its places, no listener on the window. */
export function destroy(view, instance) {
  guard(view, () => instance.callbacks.destroy?.());
  if (alive.some((one) => one.instance !== instance && one.view.code === view.code)) return;
  const places = [
    `.card-widgets__widget-${view.code}`,
    `#work-area-${view.code}`,
    `#${view.code}_custom_content`,
  ];
  if (document.querySelector(places.map((place) => `${place} iframe`).join(',')) !== null)
    complain(view, 'left a frame behind after destroy');
  const left = listenersOf(view.code);
  if (left > 0) complain(view, `left ${left} listeners on the window after destroy`);
}

/** Ends a widget for good, as its disabling does. */
export function end(view) {
  const found = alive.find((one) => one.view.code === view.code);
  alive = alive.filter((one) => one !== found);
  if (found !== undefined) destroy(view, found.instance);
}

function belongs(view, location) {
  const locations = (view.manifest.locations ?? []).map((one) => one.replace(/-[01]$/u, ''));
  return locations.includes(location) || locations.includes('everywhere');
}

/** Makes the widget of a view, with the host's methods there before its constructor runs. */
export async function create(view, location) {
  try {
    const [Widget] = await modules([`${view.path}/script.js`]);
    addStyle(view);
    Widget.prototype = prototypeOf(view, location, complain);
    const instance = new Widget();
    if (typeof instance.callbacks !== 'object') throw new Error('callbacks are missing');
    return instance;
  } catch (error) {
    toast(`${view.title}: ${portal.words.loadFailed} (${error.message ?? error})`, true);
    return null;
  }
}

/** `?order=late` calls `init` before `bind_actions`: the documentation tells both. */
function run(view, instance) {
  const late = new URLSearchParams(location.search).get('order') === 'late';
  const order = late ? ['render', 'init', 'bind_actions'] : ['render', 'bind_actions', 'init'];
  for (const name of order) {
    const callback = instance.callbacks[name];
    if (callback === undefined) return complain(view, `${name} is missing`);
    const answer = guard(view, () => callback.call(instance));
    if (answer !== true) {
      complain(view, `${name} did not return true`);
      if (name === 'render') return undefined;
    }
  }
  return undefined;
}

/** Calls into a widget; what it throws is its own fault, not the page's. */
export function guard(view, action) {
  const before = watchWrites();
  try {
    return action();
  } catch (error) {
    complain(view, error.message);
    return undefined;
  } finally {
    for (const name of before()) complain(view, `APP.${name} was written`);
  }
}

/** A rule was broken. Tests read the list; people see a notice. */
export function complain(view, what) {
  window.sandboxComplaints = [...(window.sandboxComplaints ?? []), `${view.code}: ${what}`];
  toast(`${portal.words.complaint}: ${view.title}, ${what}`, true);
}

function addStyle(view) {
  const id = `widget-style-${view.code}`;
  if (!view.styled || document.getElementById(id) !== null) return;
  const style = document.createElement('link');
  Object.assign(style, { id, rel: 'stylesheet', href: `${view.path}/style.css` });
  document.head.append(style);
}
