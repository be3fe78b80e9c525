import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import Fastify, { type FastifyReply } from 'fastify';
import { packArchive } from '../../../scripts/widget-archive.mjs';
import { PERSON_TOKEN } from './mock-entry.js';

const WIDGET = path.resolve(import.meta.dirname, '../../../widgets/amocrm');
const { resolve } = createRequire(import.meta.url);

export interface AccountOptions {
  readonly area?: 'lcard' | 'settings' | 'advanced_settings' | 'widget_page' | 'digital_pipeline';
  readonly language?: 'ru' | 'en';
  readonly dark?: boolean;
  /** 0: a card that was not saved yet. */
  readonly leadId?: number;
  readonly widthPx?: number;
  readonly status?: 'installed' | 'not_configured';
  readonly token?: string;
  /** The card's box appears only after a moment, as it does on a slow page. */
  readonly late?: boolean;
}

export interface FakeAccount {
  readonly origin: string;
  page(options?: AccountOptions): string;
  close(): Promise<void>;
}

/** An account's page by the widget contract's facts, with the packed archive in it. */
export async function startFakeAccount(appOrigin: () => string): Promise<FakeAccount> {
  const app = Fastify({ forceCloseConnections: true });
  const js = (reply: FastifyReply, text: string): FastifyReply =>
    reply.type('text/javascript; charset=utf-8').send(text);
  app.get('/require.js', async (_request, reply) =>
    js(reply, await readFile(resolve('requirejs/require.js'), 'utf8')),
  );
  app.get('/jquery.js', async (_request, reply) => js(reply, await readFile(resolve('jquery'), 'utf8')));
  app.get('/lib/components/base/modal.js', (_request, reply) => js(reply, `define(['jquery'], (${modal}));`));
  app.get<{ Params: { '*': string } }>('/widget/*', (request, reply) => {
    const files = unzipSync(packArchive({ folder: WIDGET, appUrl: appOrigin() }));
    const bytes = files[request.params['*']];
    return bytes ? js(reply, strFromU8(bytes)) : reply.code(404).send();
  });
  app.get<{ Querystring: { options?: string } }>('/', async (request, reply) => {
    const options = JSON.parse(request.query.options ?? '{}') as AccountOptions;
    return reply.type('text/html; charset=utf-8').send(await pageHtml(options));
  });
  app.get('/leads/detail/:id', (_request, reply) => reply.type('text/html').send('<title>Lead</title>'));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const origin = address.replace('127.0.0.1', 'account.localhost');
  return {
    origin,
    page: (options = {}) => `${origin}/?options=${encodeURIComponent(JSON.stringify(options))}`,
    close: () => app.close(),
  };
}

async function pageHtml(options: AccountOptions): Promise<string> {
  const language = options.language ?? 'ru';
  const texts = JSON.parse(await readFile(path.join(WIDGET, `i18n/${language}.json`), 'utf8')) as unknown;
  const settings = JSON.stringify({
    area: 'lcard',
    leadId: 57,
    status: 'installed',
    token: PERSON_TOKEN,
    language,
    texts,
    ...options,
  }).replaceAll('<', '\\u003c');
  const width = options.widthPx === undefined ? 'auto' : `${options.widthPx}px`;
  return `<!doctype html><html lang="${language}"${options.dark ? ' data-color-scheme="dark"' : ''}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Account</title><link rel="icon" href="data:,">
<style>body{margin:0;background:${options.dark ? '#0b141c' : '#e8eaed'};color:#888}#column{width:${width}}</style></head>
<body><div id="column"></div><script src="/require.js"></script><script>(${parentScript})(${settings})</script></body></html>`;
}

/** Just what a widget uses of the host's own dialog. */
const modal = `($) => function Modal(options) {
  const box = $('<div class="modal" role="dialog"><div class="modal-body"></div></div>').appendTo('body');
  this.destroy = () => { box.remove(); options.destroy(); };
  window.__modal = this;
  options.init(box.find('.modal-body'));
}`;

/** Runs in the account's page: prototype of the widget, areas, and the order of callbacks. */
const parentScript = `function (o) {
  window.APP = { data: { current_card: o.area === 'lcard' ? { id: o.leadId } : false }, lang_id: o.language,
    constant: (name) => (name === 'account' ? { id: 31000001 } : null), getWidgetsArea: () => 'leads_card' };
  requirejs.config({ baseUrl: '/' });
  require(['jquery', '/widget/script.js'], ($, Widget) => {
    const column = $('#column');
    Object.assign(Widget.prototype, {
      system: () => ({ area: o.area, amouser_id: 3 }),
      i18n: (name) => o.texts[name],
      get_settings: () => ({ widget_code: 'dozhim', status: o.status, active: 'Y' }),
      render_template: (parts) => {
        const add = () => column.append($('<div class="card-widgets__widget-dozhim">').append(
          $('<div class="card-widgets__widget__body">').html(parts.body)));
        if (o.late) setTimeout(add, 400); else add();
      },
      $authorizedAjax: (options) => $.ajax(Object.assign({}, options, { headers: { 'X-Auth-Token': o.token } })),
    });
    const widget = new Widget();
    window.__widget = widget;
    const calls = widget.callbacks;
    if (!calls.render() || !calls.init() || !calls.bind_actions()) throw new Error('a callback returned false');
    if (o.area === 'lcard' && !o.late) calls.render();
    if (o.area === 'settings') { column.append('<div id="dozhim_custom_content"></div>'); calls.settings(column); }
    if (o.area === 'digital_pipeline') {
      column.append('<form><div><div><i class="digital-pipeline__short-task_widget-style_dozhim"></i></div><input name="key"></div></form>');
      column.find('input').on('change', () => { window.__changed = true; });
      calls.dpSettings();
    }
    if (o.area === 'advanced_settings') { column.append('<div id="list_page_holder"></div>'); calls.advancedSettings(); }
    if (o.area === 'widget_page') { column.append('<div id="work-area-dozhim"></div>'); calls.initMenuPage({ location: 'widget_page', item_code: 'dozhim' }); }
  });
}`;
