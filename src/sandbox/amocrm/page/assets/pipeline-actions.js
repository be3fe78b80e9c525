import { fill, h } from './dom.js';
import { call, onChange, portal, stageOf } from './portal.js';
import { create, destroy, enter, guard } from './widget-host.js';
import { Modal } from './widget-modal.js';
import { attempt, calm, emptyState, link, toast } from './widgets.js';

/** The digital pipeline: which actions of widgets stand on which stages, and adding one. */
export function pipelineScreen(place) {
  const { words } = portal;
  const body = h('div', { class: 'pipeline-actions' });
  const head = h(
    'div',
    { class: 'toolbar' },
    h('h1', {}, words.pipelineActions),
    link('/settings/widgets/', { class: 'button' }, words.integrations),
  );
  fill(place, head, body);
  const draw = async () => {
    const answer = await call('GET', '/portal/triggers').catch(() => null);
    if (answer !== null) fill(body, adding(draw), listed(answer.triggers, draw));
  };
  void draw();
  const leave = enter({ location: 'everywhere', area: 'digital-pipeline', base: 'leads' });
  const stop = onChange(calm(() => void draw(), 500));
  return () => {
    stop();
    leave();
  };
}

/** Widgets that have an action to offer. */
function offering() {
  return portal.start.widgets.filter(
    (view) => view.state === 'installed' && view.path !== null && view.manifest?.dp !== undefined,
  );
}

function adding(redraw) {
  const { words, start } = portal;
  const views = offering();
  if (views.length === 0) return emptyState(words.noActions, words.noActionsHint);
  const stages = start.pipelines.flatMap((pipeline) =>
    pipeline.stages.map((stage) => h('option', { value: stage.id }, `${stage.name} · ${pipeline.name}`)),
  );
  const stage = h('select', { 'aria-label': words.stage }, stages);
  const button = (view) =>
    h(
      'button',
      {
        class: 'button primary',
        disabled: !start.user.admin,
        onclick: () => void openForm(view, stage.value, redraw),
      },
      `${words.addAction}: ${textAt(view, view.manifest.dp.title) || view.title}`,
    );
  return h(
    'div',
    { class: 'toolbar' },
    stage,
    views.map(button),
    start.user.admin ? null : h('p', { class: 'faint' }, words.onlyAdmin),
  );
}

function listed(triggers, redraw) {
  const { words } = portal;
  const title = ({ url, settings }) => {
    const view = offering().find((one) => one.manifest.dp.webhook_url === url);
    return [view?.title ?? url, settings?.template].filter(Boolean).join(': ');
  };
  const remove = (trigger) =>
    void attempt(() => call('DELETE', `/portal/triggers/${trigger.id}`)).then(redraw);
  return h(
    'ul',
    { class: 'pipeline-actions-list' },
    triggers.map((trigger) =>
      h(
        'li',
        { class: 'panel' },
        h('strong', {}, stageOf(`${trigger.pipelineId}:${trigger.statusId}`).name),
        h('span', { class: 'grow' }, title(trigger)),
        h('button', { class: 'button', onclick: () => remove(trigger) }, words.removeAction),
      ),
    ),
  );
}

/** The form of an action, with the elements that widgets look for: their mark stands two levels below it. */
async function openForm(view, stageKey, redraw) {
  const { words } = portal;
  const widget = await create(view, 'digital_pipeline');
  if (widget === null) return;
  const inputs = Object.entries(view.manifest.dp.settings ?? {}).map(([name, field]) => [
    name,
    h('input', { name, type: field.type === 'pass' ? 'password' : 'text', autocomplete: 'off' }),
    textAt(view, field.name),
  ]);
  const save = async () => {
    const settings = Object.fromEntries(inputs.map(([name, input]) => [name, input.value]));
    const missing = inputs.find(([name, input]) => {
      return view.manifest.dp.settings[name].required === true && input.value.trim() === '';
    });
    if (missing) return toast(`${words.fillIn}: ${missing[2]}`, true);
    const order = { integrationId: view.id, stageKey, settings };
    if ((await attempt(() => call('POST', '/portal/triggers', order))) === undefined) return undefined;
    modal.destroy();
    toast(words.actionAdded);
    return redraw();
  };
  const mark = h(
    'div',
    { class: `digital-pipeline__short-task_widget-style_${view.code}` },
    textAt(view, view.manifest.dp.title) || view.title,
  );
  const form = h(
    'div',
    { class: 'digital-pipeline__edit-forms widget_settings_block' },
    h('div', { class: 'digital-pipeline__short-task' }, mark),
    inputs.map(([, input, label]) =>
      h('label', { class: 'widget_settings_block__input_field' }, label, input),
    ),
    h(
      'div',
      { class: 'widget_settings_block__controls' },
      h(
        'button',
        { class: 'button primary', 'data-action': 'send_widget_hook', onclick: () => void save() },
        words.save,
      ),
    ),
  );
  const modal = new Modal({
    class_name: 'digital-pipeline__modal',
    title: view.title,
    init: ($body) => $body.append(form),
    destroy: () => void destroy(view, widget),
  });
  guard(view, () => widget.callbacks.dpSettings?.());
}

function textAt(view, path) {
  const texts = view.texts[portal.language] ?? Object.values(view.texts)[0] ?? {};
  const found = String(path ?? '')
    .split('.')
    .reduce((tree, key) => tree?.[key], texts);
  return typeof found === 'string' ? found : '';
}
