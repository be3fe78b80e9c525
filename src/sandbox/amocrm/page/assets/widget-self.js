import { call, portal } from './portal.js';
import { here } from './widget-app.js';

const CONTROLS = {
  button: '<button type="button" class="button {{ class_name }}" id="{{ id }}">{{ text }}</button>',
  input:
    '<input class="text-input {{ class_name }}" name="{{ name }}" id="{{ id }}" value="{{ value }}" placeholder="{{ placeholder }}">',
  textarea:
    '<textarea class="text-input {{ class_name }}" name="{{ name }}" id="{{ id }}">{{ value }}</textarea>',
  checkbox:
    '<label class="control-checkbox {{ class_name }}"><input type="checkbox" name="{{ name }}" value="{{ value }}" {% if checked %}checked{% endif %}> {{ text }}</label>',
  select:
    '<select class="{{ class_name }}" name="{{ name }}">{% for item in items %}<option value="{{ item.id }}">{{ item.option }}</option>{% endfor %}</select>',
};
const CRM_POST_MS = 1000;
const TOKEN_SPARE_SECONDS = 60;

/** Tokens by integration: one is used for many requests, as the host does. */
const tokens = new Map();
let lastPost = 0;

/** The methods a widget finds on itself before its constructor runs. */
export function prototypeOf(view, location, complain) {
  const texts = () => view.texts[portal.language] ?? Object.values(view.texts)[0] ?? {};
  const settings = { ...view.settings };
  return {
    params: paramsOf(view),
    get langs() {
      return texts();
    },
    i18n: (name) => name.split('.').reduce((tree, key) => tree?.[key], texts()) ?? '',
    get_settings: () => ({ ...paramsOf(view), ...settings }),
    set_settings: (fields) => Object.assign(settings, fields),
    get_install_status: () => (view.state === 'not_installed' ? 'install' : view.state),
    set_status: () => {},
    get_version: () => view.manifest?.widget?.version ?? '1.0.0',
    system: () => systemOf(location),
    get_accounts_current: () => Promise.resolve(portal.start.constants.account),
    get_pipeline_id: () => here.card?.pipelineId ?? portal.start.pipelines[0]?.id ?? 0,
    get_current_card_contacts_data: () => Promise.resolve(contactsOf(here.card)),
    list_selected: () => ({
      selected: here.selected.map((id) => ({ id, type: 'lead', emails: [], phones: [] })),
      summary: { items: here.selected.length, emails: 0, phones: 0 },
    }),
    render: (options, params) => render(view, options, params),
    render_template: (options, params) => renderTemplate(view, options, params),
    crm_post: (url, data, done, type, failed) => crmPost(view, complain, { url, data, done, type, failed }),
    $authorizedAjax: (options) => authorizedAjax(view, options),
    add_action: () => {},
    add_source: () => {},
    widgetsOverlay: () => {},
    listenSocketChannel: () => () => {},
    setSdkCatalogId: () => {},
  };
}

function paramsOf(view) {
  return {
    id: view.id,
    widget_code: view.code,
    oauth_client_uuid: view.id,
    active: view.state === 'installed' ? 'Y' : 'N',
    widget_active: view.state === 'installed' ? 'Y' : 'N',
    status: view.state === 'not_installed' ? 'install' : view.state,
    path: view.path,
    images_path: `${view.path}/images`,
    version: view.manifest?.widget?.version ?? '1.0.0',
  };
}

function systemOf(location) {
  const { user } = portal.start.constants;
  return {
    area: location,
    amouser_id: String(user.id),
    amouser: user.login,
    amohash: '',
    subdomain: portal.start.subdomain,
    domain: portal.start.domain,
    server: window.location.origin,
    displayed_count: 0,
    displayed_count_by_area: 0,
  };
}

function contactsOf(card) {
  return card?.contactId ? [{ id: card.contactId, name: card.contactName }] : [];
}

function twig(data, params) {
  return window
    .requirejs('twigjs')
    .twig({ data })
    .render(params ?? {});
}

/** Text of a template: given, one of the host's controls, or a file of the widget, which comes later. */
function render(view, options, params) {
  if (options.data !== undefined) return twig(options.data, params);
  if (options.ref !== undefined) {
    const name = /\/tmpl\/controls\/(\w+)\.twig$/u.exec(options.ref)?.[1];
    return twig(CONTROLS[name] ?? '', params);
  }
  const file = `${options.base_path ?? view.path}${options.href}`;
  const text = fetch(file).then((answer) => (answer.ok ? answer.text() : ''));
  const template = text.then((data) => ({ render: (values) => twig(data, values) }));
  if (options.load) void template.then(options.load);
  return options.promised ? template : '';
}

/** The widget's box in the right column; drawn again it is the same box. */
function renderTemplate(view, options, params) {
  const column = document.querySelector('.card-widgets__elements');
  if (column === null) return '';
  const { $ } = window;
  const name = `card-widgets__widget-${view.code}`;
  const box = $('<div>', { class: `card-widgets__widget ${name}` });
  const caption = $('<div>', { class: `card-widgets__widget__caption ${options.caption?.class_name ?? ''}` });
  caption.html(options.caption?.html ?? '');
  if (!options.caption?.html) caption.append($('<strong>').text(view.title));
  const body = $('<div>', { class: 'card-widgets__widget__body' });
  body.html(twig(`${options.body ?? ''}${options.render ?? ''}`, params));
  const known = $(column).find(`.${name}`);
  if (known.length > 0) known.replaceWith(box);
  else $(column).append(box);
  box.append(caption, body);
  column.parentElement?.querySelector('.card-widgets__none')?.remove();
  return body.html();
}

/** One request a second goes out; more than that is a fault of the widget. */
function crmPost(view, complain, { url, data, done, type, failed }) {
  const now = Date.now();
  if (now - lastPost < CRM_POST_MS) complain(view, 'crm_post more than once a second');
  lastPost = now;
  window.$.ajax({ url, data, method: 'POST', dataType: type ?? 'text' }).then(done, failed);
}

/** A real cross-origin request with a token that proves who the person is. */
function authorizedAjax(view, options) {
  const { $ } = window;
  const result = $.Deferred();
  const send = (token) => {
    // Handing the request back would make its failure an unhandled one.
    $.ajax({ ...options, headers: { ...options.headers, 'X-Auth-Token': token } }).then(
      (...answer) => result.resolve(...answer),
      (...failure) => result.reject(...failure),
    );
  };
  tokenOf(view).then(send, (error) =>
    result.reject({ status: 0, responseText: error.message }, 'error', error.message),
  );
  return result.promise();
}

async function tokenOf(view) {
  const known = tokens.get(view.id);
  if (known !== undefined && known.until > Date.now()) return known.token;
  const path = `/ajax/v2/integrations/${view.id}/disposable_token`;
  const { token } = await call('GET', path, undefined, { 'X-Requested-With': 'XMLHttpRequest' });
  const { iat, exp } = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  tokens.set(view.id, { token, until: Date.now() + (exp - iat - TOKEN_SPARE_SECONDS) * 1000 });
  return token;
}
