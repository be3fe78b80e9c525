import { fill, h } from './dom.js';
import { call, onChange, portal } from './portal.js';
import { complain, create, destroy, end, enter, guard, readInstalled } from './widget-host.js';
import { Modal } from './widget-modal.js';
import { attempt, calm, emptyState, link, toast } from './widgets.js';

/** The account's integrations: installing, settings, disabling. */
export function integrationsScreen(place) {
  const { words } = portal;
  const body = h('div', { class: 'integrations', id: 'list_page_holder' });
  const actions = link('/settings/pipeline/', { class: 'button' }, words.pipelineActions);
  fill(place, h('div', { class: 'toolbar' }, h('h1', {}, words.integrations), actions), body);
  const draw = async () => {
    await readInstalled();
    const { widgets } = portal.start;
    fill(
      body,
      widgets.length === 0
        ? emptyState(words.noIntegrations, words.noIntegrationsHint)
        : widgets.map((view) => tile(view, () => void openSettings(view, draw))),
    );
  };
  void draw();
  const leave = enter({ location: 'everywhere', area: 'widgetsSettings', base: 'widgets' });
  const stop = onChange(calm(() => void draw(), 500));
  return () => {
    stop();
    leave();
  };
}

function tile(view, open) {
  const { words } = portal;
  const stated = {
    not_installed: words.notInstalled,
    not_configured: words.installing,
    installed: words.installed,
  };
  const logo = view.path === null ? '/portal/assets/mark.svg' : `${view.path}/images/logo_main.png`;
  return h(
    'article',
    { class: 'integration panel', 'data-code': view.code },
    h('img', { src: logo, alt: '', width: 200, height: 136 }),
    h('h2', {}, view.title),
    h('p', { class: 'faint' }, `${words[view.kind]} · ${stated[view.state]}`),
    view.path === null ? h('p', { class: 'faint' }, words.noWidget) : null,
    h(
      'div',
      { class: 'integration-actions' },
      h(
        'button',
        { class: 'button primary', onclick: open, 'aria-label': `${words.configure}: ${view.title}` },
        view.state === 'installed' ? words.configure : words.install,
      ),
      view.state === 'installed' && view.manifest?.advanced
        ? link(`/settings/advanced/${view.code}/`, { class: 'button' }, words.advanced)
        : null,
    ),
  );
}

/** The settings of a widget, with the elements that widgets look for. */
async function openSettings(view, redraw) {
  const { words, start } = portal;
  let widget = view.path === null ? null : await create(view, 'settings');
  const fields = fieldsOf(view);
  const descr = h('div', { class: 'widget_settings_block__descr' });
  const wrapper = h(
    'div',
    { id: 'widget_settings__fields_wrapper', class: 'widget_settings_block__fields' },
    fields.nodes,
  );
  const actions = h('div', { class: 'widget_settings_block__controls' });
  const block = h(
    'div',
    { class: 'widget_settings_block', id: `widget_settings_block_${view.code}` },
    h('h2', {}, view.title),
    start.user.admin ? null : h('p', { class: 'faint' }, words.onlyAdmin),
    descr,
    wrapper,
    actions,
  );
  const modal = new Modal({
    class_name: `widget-settings__modal ${view.code}`,
    title: view.title,
    init: ($body) => $body.append(block),
    destroy: () => {
      if (widget !== null) destroy(view, widget);
    },
  });
  const show = () => {
    drawActions();
    if (widget !== null) guard(view, () => widget.callbacks.settings?.(modal.$body));
  };
  const install = async () => {
    if (widget !== null && !(await onSave(view, widget, 'Y', fields.values()))) return;
    const first = view.state !== 'installed';
    const done = await attempt(() => (first ? put(view, 'install') : null));
    if (done === undefined) return;
    await attempt(() => put(view, 'settings', { fields: fields.values() }));
    if (first && done?.callback === 0) toast(words.callbackSilent, true);
    toast(first ? words.installedToast : words.savedToast);
    await redraw();
    // What the page knows is read anew while we wait, and then it is another object.
    view = portal.start.widgets.find((one) => one.id === view.id) ?? view;
    if (widget !== null) {
      destroy(view, widget);
      widget = await create(view, 'settings');
    }
    fields.clear();
    show();
  };
  const disable = async () => {
    if (widget !== null && !(await onSave(view, widget, 'N', fields.values()))) return;
    if ((await attempt(() => put(view, 'uninstall'))) === undefined) return;
    end(view);
    modal.destroy();
    toast(words.removedToast);
    await redraw();
  };
  const drawActions = () =>
    fill(
      actions,
      h(
        'button',
        {
          class: 'button primary js-widget-install',
          disabled: !start.user.admin,
          onclick: () => void install(),
        },
        view.state === 'installed' ? words.save : words.install,
      ),
      view.state === 'installed'
        ? h(
            'button',
            {
              class: 'button danger js-widget-uninstall',
              disabled: !start.user.admin,
              onclick: () => void disable(),
            },
            words.uninstall,
          )
        : null,
    );
  show();
}

function put(view, what, body = {}) {
  return call('POST', `/portal/integrations/${view.id}/${what}`, body);
}

/** Asked at installing, saving and disabling; anything but true, at once or later, stops what was begun. */
async function onSave(view, widget, active, fields) {
  const { onSave: callback } = widget.callbacks;
  if (callback === undefined) return complain(view, 'onSave is missing') ?? false;
  const answer = guard(view, () => callback.call(widget, { active, fields }));
  if (answer !== true && typeof answer?.then !== 'function') {
    complain(view, 'onSave returned neither true nor a promise');
    return false;
  }
  return (await Promise.resolve(answer).catch(() => false)) !== false;
}

/** Inputs of the manifest's `settings`; a custom field is a box for the widget and a hidden value. */
function fieldsOf(view) {
  const inputs = new Map();
  const boxes = [];
  const nodes = Object.entries(view.manifest?.settings ?? {}).map(([name, field]) => {
    const value = String(view.settings[name] ?? '');
    if (field.type === 'custom') {
      const hidden = h('input', { type: 'hidden', name, id: `${view.code}_custom`, value });
      const box = h('div', { id: `${view.code}_custom_content` });
      inputs.set(name, hidden);
      boxes.push(box);
      return [box, hidden];
    }
    const type = field.type === 'pass' ? 'password' : 'text';
    const input = h('input', {
      type,
      name,
      class: 'widget_settings_block__controls__',
      value,
      autocomplete: 'off',
    });
    inputs.set(name, input);
    return h('label', { class: 'widget_settings_block__input_field' }, textAt(view, field.name), input);
  });
  return {
    nodes,
    values: () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value])),
    clear: () => boxes.forEach((box) => box.replaceChildren()),
  };
}

function textAt(view, path) {
  const texts = view.texts[portal.language] ?? Object.values(view.texts)[0] ?? {};
  return String(path.split('.').reduce((tree, key) => tree?.[key], texts) ?? path);
}

/** The page a private integration may have: `advanced_settings`. */
export function advancedScreen(place, code) {
  return workArea(place, code, {
    location: 'advanced_settings',
    area: `advanced-settings:${code}`,
    open: (widget) => widget.callbacks.advancedSettings?.(),
  });
}

/** The page of the left menu, which published integrations have. */
export function menuScreen(place, code) {
  return workArea(place, code, {
    location: 'widget_page',
    area: `widget-page:${code}`,
    open: (widget) =>
      widget.callbacks.initMenuPage?.({ location: 'widget_page', item_code: code, subitem_code: '' }),
  });
}

function workArea(place, code, { location, area, open }) {
  const { words, start } = portal;
  const view = start.widgets.find((one) => one.code === code);
  if (view === undefined || view.path === null || view.state !== 'installed') {
    const back = link('/settings/widgets/', { class: 'button' }, words.integrations);
    fill(place, emptyState(words.notInstalled, undefined, back));
    return () => {};
  }
  fill(
    place,
    h('div', { class: 'toolbar' }, h('h1', {}, view.title)),
    h('div', { id: 'list_page_holder', class: 'work-area' }, h('div', { id: `work-area-${code}` })),
  );
  const leave = enter({ location: 'nowhere', area, base: 'widgets' });
  let widget = null;
  let left = false;
  void create(view, location).then((made) => {
    if (left) return;
    widget = made;
    if (made === null) return;
    guard(view, () => made.callbacks.render?.());
    guard(view, () => open(made));
  });
  return () => {
    left = true;
    if (widget !== null) destroy(view, widget);
    leave();
  };
}
