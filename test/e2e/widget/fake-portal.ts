import Fastify from 'fastify';

export interface FakePortal {
  readonly origin: string;
  /** Address of the page that frames the app. */
  page(options?: PortalOptions): string;
  close(): Promise<void>;
}

export interface PortalOptions {
  readonly place?: 'frame' | 'install';
  readonly placement?: string;
  readonly width?: string;
  readonly install?: boolean;
  readonly firstRun?: boolean;
  /** Methods that stay unanswered, as refused ones do. */
  readonly silent?: readonly string[];
  readonly fixedHeight?: number;
}

/** A portal's page by the frame protocol's facts: form, named frame, messages, deny lists, silence instead of errors. */
export async function startFakePortal(appOrigin: () => string): Promise<FakePortal> {
  const app = Fastify({ forceCloseConnections: true });
  app.get<{ Querystring: { options?: string } }>('/', (request, reply) => {
    const options = JSON.parse(request.query.options ?? '{}') as PortalOptions;
    return reply
      .type('text/html; charset=utf-8')
      .send(pageHtml(appOrigin(), request.headers.host ?? '', options));
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const origin = address.replace('127.0.0.1', 'portal.localhost');
  return {
    origin,
    page: (options = {}) => `${origin}/?options=${encodeURIComponent(JSON.stringify(options))}`,
    close: () => app.close(),
  };
}

function pageHtml(appOrigin: string, host: string, options: PortalOptions): string {
  const sid = 'f1e2d3c4b5a697887766554433221100';
  const placement = options.placement ?? 'CRM_DEAL_DETAIL_TAB';
  const settings = JSON.stringify({ ...options, appOrigin, host, sid, placement }).replaceAll('<', '\\u003c');
  const action = `${appOrigin}/embed/bitrix24/${options.place ?? 'frame'}?DOMAIN=${host}&PROTOCOL=0&LANG=ru&APP_SID=${sid}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,">
<style>body{margin:0;background:#e5e9ec} #layout{height:${options.fixedHeight ?? 500}px} iframe{border:0;display:block;width:100%;height:100%}</style></head>
<body><form id="f" method="post" action="${action}" target="${host}|0|${sid}">
<input type="hidden" name="AUTH_ID" value="token-1"><input type="hidden" name="member_id" value="m1">
<input type="hidden" name="PLACEMENT" value="${placement}"></form>
<div id="layout"><iframe title="App" id="app" name="${host}|0|${sid}"></iframe></div>
<script>(${parentScript})(${settings}); document.getElementById('f').submit();</script></body></html>`;
}

/** Runs in the portal's page. */
const parentScript = `function (o) {
  const frame = document.getElementById('app');
  const layout = document.getElementById('layout');
  window.__log = []; window.__sliders = [];
  const initial = { LANG: 'ru', DOMAIN: o.host, PROTOCOL: 0, PATH: '/rest', AUTH_ID: 'token-1', REFRESH_ID: 'r1', AUTH_EXPIRES: '3600',
    MEMBER_ID: 'm1', IS_ADMIN: true, INSTALL: !!o.install, FIRST_RUN: !!o.firstRun, USER_OPTIONS: [], APP_OPTIONS: [],
    PLACEMENT: o.placement, PLACEMENT_OPTIONS: o.placement === 'DEFAULT' ? '' : { ID: '57' } };
  const denied = o.placement === 'DEFAULT' ? [] : ['setTitle', 'setScroll', 'reloadWindow'];
  const allowed = /^\\/(crm\\/(deal|lead|contact|company|type)|marketplace|company\\/personal\\/user\\/\\d+|workgroups\\/group\\/\\d+)\\//;
  const commands = {
    getInitData: (p, answer) => answer(initial),
    refreshAuth: (p, answer) => answer({ AUTH_ID: 'token-2', REFRESH_ID: 'r2', AUTH_EXPIRES: '3600' }),
    resizeWindow: (p, answer) => { if (o.fixedHeight) return; layout.style.height = p.height + 'px'; answer({ width: layout.offsetWidth, height: layout.offsetHeight }); },
    openPath: (p, answer) => {
      const path = new URL(p.path, location.origin).pathname;
      if (!allowed.test(p.path)) return answer({ result: 'error', errorCode: 'PATH_NOT_AVAILABLE' });
      window.__sliders.push({ path, close: () => answer({ result: 'close' }) });
    },
    openApplication: (p, answer) => { window.__sliders.push({ app: p, close: () => answer() }); },
    closeApplication: (p, answer) => answer({}),
    reloadData: (p, answer) => answer({}),
    setInstall: (p, answer) => answer(p),
    setInstallFinish: () => { window.__finished = true; },
  };
  addEventListener('message', (event) => {
    if (event.origin !== o.appOrigin || typeof event.data !== 'string') return;
    const parts = event.data.split(':');
    const method = parts[0], sid = parts.at(-1), callback = parts.at(-2), text = parts.slice(1, -2).join(':');
    if (sid !== o.sid) return;
    const params = text ? JSON.parse(text) : null;
    window.__log.push({ method, params });
    if ((o.silent || []).includes(method) || denied.includes(method) || !commands[method]) return;
    commands[method](params, (result) => frame.contentWindow.postMessage(callback + ':' + (result === undefined ? '' : JSON.stringify(result)), o.appOrigin));
  });
}`;
