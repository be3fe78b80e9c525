import { ICONS, fill, h, icon } from './dom.js';
import { openFrame } from './frame.js';
import { call, onChange, portal } from './portal.js';
import { attempt, calm, emptyState, link, toast } from './widgets.js';

/** The portal's applications: install, open, remove. */
export function applicationsScreen(place) {
  const { words } = portal;
  const body = h('div', { class: 'cards' });
  const draw = async () => {
    const answer = await attempt(() => call('GET', '/portal/applications'));
    if (answer === undefined) return;
    const cards = answer.applications.map((application) => applicationCard(application, draw));
    fill(body, cards.length === 0 ? emptyState(words.noApplications, words.noApplicationsHint) : cards);
  };
  fill(place, h('div', { class: 'toolbar' }, h('h1', {}, words.applications)), body);
  void draw();
  return onChange(calm(() => void draw(), 500));
}

function applicationCard(application, draw) {
  const { words, start } = portal;
  const state = { new: words.notInstalled, installing: words.installing, installed: words.installed }[
    application.state
  ];
  const verb = { new: words.install, installing: words.continueInstall, installed: words.open }[
    application.state
  ];
  const remove = (clean) => async () => {
    const gone = await attempt(() =>
      call('POST', `/portal/applications/${encodeURIComponent(application.id)}/uninstall`, { clean }),
    );
    if (gone !== undefined) toast(words.uninstalled);
    await draw();
  };
  const removals = [
    h('button', { class: 'button quiet', onclick: remove(false) }, words.uninstall),
    h('button', { class: 'button quiet danger', onclick: remove(true) }, words.uninstallClean),
  ];
  const installed = application.state === 'installed';
  return h(
    'article',
    { class: 'panel application' },
    h('span', { class: 'application-mark' }, icon(ICONS.app)),
    h(
      'div',
      { class: 'grow' },
      h('h2', {}, application.title),
      h('p', { class: 'faint break' }, application.handlerUrl),
      h('span', { class: installed ? 'state good' : 'state' }, state),
    ),
    h(
      'div',
      { class: 'actions' },
      installed || start.user.admin
        ? link(`/marketplace/app/${encodeURIComponent(application.id)}/`, { class: 'button primary' }, verb)
        : h('span', { class: 'faint' }, words.onlyAdmin),
      start.user.admin && application.state !== 'new' ? removals : null,
    ),
  );
}

/** The application's main page; while it is not installed this is its installer, and an employee sees why not. */
export function applicationScreen(place, idText) {
  const { words, start } = portal;
  const application = start.applications.find((one) => one.id === decodeURIComponent(idText));
  if (application === undefined) {
    fill(place, emptyState(words.notFound));
    return () => {};
  }
  if (application.state !== 'installed' && !start.user.admin) {
    fill(place, emptyState(words.notFullyInstalled));
    return () => {};
  }
  return framedPage(place, application.title, { applicationId: application.id, placement: 'DEFAULT' });
}

/** A page the application added to the left menu. */
export function menuScreen(place, idText) {
  const placement = portal.start.menu.find((one) => String(one.id) === idText);
  if (placement === undefined) {
    fill(place, emptyState(portal.words.notFound));
    return () => {};
  }
  const title = placement.titles[portal.language]?.TITLE ?? placement.title;
  return framedPage(place, title, {
    placement: 'LEFT_MENU',
    placementId: placement.id,
    applicationId: placement.applicationId,
  });
}

/** An address of the application's own: what stands in its `params` goes along, nothing else. */
export function linkScreen(place, idText) {
  const application = portal.start.applications.find((one) => one.id === decodeURIComponent(idText));
  if (application === undefined || application.state !== 'installed') {
    fill(place, emptyState(portal.words.notFound));
    return () => {};
  }
  const options = {};
  for (const [name, value] of new URLSearchParams(location.search)) {
    const [, key] = /^params\[([^\]]+)\]$/u.exec(name) ?? [];
    if (key !== undefined) options[key] = value;
  }
  const request = { applicationId: application.id, placement: 'REST_APP_URI', options };
  return framedPage(place, application.title, request);
}

function framedPage(place, title, request) {
  const holder = h('div', { class: 'panel app-page' });
  fill(place, h('div', { class: 'toolbar' }, h('h1', { id: 'pagetitle' }, title)), holder);
  const frame = openFrame(holder, request, { mode: 'page' });
  return () => frame.close();
}
