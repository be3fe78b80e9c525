import { fill, h } from './dom.js';
import {
  MAIN_PAGE_ONLY,
  placementInterface,
  readMessage,
  sliderRequest,
  openablePath,
  writeAnswer,
} from './frame-protocol.js';
import { pickDeals, pickPeople } from './picker.js';
import { call, href, look, portal } from './portal.js';
import { closeSliderOf, openSlider } from './slider.js';
import { emptyState, toast } from './widgets.js';

const SILENCE_HINT_MS = 10_000;

/** Everything tests look at: `window.portalFrames.log`, and `fire(event, data)` to the frames bound to a placement event. */
const open = new Set();
window.portalFrames = {
  log: [],
  fire: (event, data) => open.forEach((frame) => frame.fire(event, data)),
};

/**
 * Opens an application in a frame: a form posted into it, as the host does, then the frame protocol of the parent's
 * side. `mode`: `tab` grows with its content, `page` and `slider` are as high as their place.
 *
 * @param request `{applicationId, placement, placementId?, options?}`
 * @param surroundings `{mode, reloadData?}`
 */
export function openFrame(holder, request, surroundings) {
  const frame = {
    launch: null,
    init: null,
    element: null,
    layout: null,
    bound: new Map(),
    applicationId: request.applicationId,
    surroundings,
  };
  const listen = (event) => void receive(frame, event);
  frame.fire = (event, data) => {
    for (const callback of frame.bound.get(event) ?? []) post(frame, callback, data);
  };
  frame.close = () => {
    removeEventListener('message', listen);
    open.delete(frame);
    frame.layout?.remove();
  };
  addEventListener('message', listen);
  open.add(frame);
  void start(frame, holder, request);
  return frame;
}

async function start(frame, holder, request) {
  holder.setAttribute('aria-busy', 'true');
  try {
    const answer = await call('POST', '/portal/frames', request);
    frame.launch = answer.launch;
    frame.init = { ...answer.init, LANG: portal.language };
  } catch (error) {
    fill(holder, emptyState(error.message));
    return;
  }
  const { sid, frameName } = frame.launch;
  frame.element = h('iframe', {
    id: `appframe_${sid}`,
    name: frameName,
    class: 'appframe',
    title: 'application',
    allow: 'geolocation *; microphone *; camera *; autoplay *',
  });
  frame.layout = h(
    'div',
    { id: `appframe_layout_${sid}`, class: `appframe-layout ${frame.surroundings.mode}` },
    h('div', { class: 'loading', 'aria-hidden': 'true' }),
    frame.element,
  );
  fill(holder, frame.layout);
  const hint = setTimeout(
    () => frame.layout.append(h('p', { class: 'silence' }, portal.words.appSilent)),
    SILENCE_HINT_MS,
  );
  frame.element.addEventListener('load', () => {
    clearTimeout(hint);
    holder.removeAttribute('aria-busy');
    frame.layout.querySelectorAll('.loading, .silence').forEach((one) => one.remove());
  });
  submit(frame.launch);
}

function submit(launch) {
  const action = new URL(launch.action);
  action.searchParams.set('LANG', portal.language);
  const inputs = Object.entries(launch.fields).map(([name, value]) =>
    h('input', { type: 'hidden', name, value }),
  );
  const form = h(
    'form',
    { method: 'post', action: action.href, target: launch.frameName, class: 'launch' },
    inputs,
  );
  document.body.append(form);
  form.submit();
  form.remove();
}

function post(frame, callback, value) {
  frame.element?.contentWindow?.postMessage(writeAnswer(callback, value), frame.launch.origin);
}

/** Answers one message; what is unknown, denied or not from our application is passed over in silence. */
async function receive(frame, event) {
  if (frame.element === null || event.source !== frame.element.contentWindow) return;
  if (event.origin !== frame.launch.origin) return;
  const message = readMessage(event.data);
  if (message === null || message.sid !== frame.launch.sid) return;
  window.portalFrames.log.push({ method: message.method, params: message.params });
  const answer = COMMANDS[message.method];
  if (answer === undefined || denied(frame, message.method)) return;
  const reply = (value) => post(frame, message.callback, value);
  await Promise.resolve(answer(frame, message.params, reply, message.callback)).catch(() => undefined);
}

function denied(frame, method) {
  if (MAIN_PAGE_ONLY.has(method) && frame.init.PLACEMENT !== 'DEFAULT') return true;
  return method === 'resizeWindow' && frame.surroundings.mode === 'slider';
}

function applicationPath(frame, rest) {
  return `/portal/applications/${encodeURIComponent(frame.applicationId)}/${rest}`;
}

const COMMANDS = {
  getInitData: (frame, _params, reply) => reply(frame.init),
  setInstall: (_frame, params, reply) => reply(params),
  async setInstallFinish(frame) {
    if (!frame.init.INSTALL) return;
    const finished = await call('POST', applicationPath(frame, 'finish')).then(
      () => 'Y',
      () => 'N',
    );
    const url = new URL(location.href);
    url.searchParams.set('install_finished', finished);
    location.assign(url);
  },
  async refreshAuth(frame, _params, reply) {
    try {
      reply(await call('POST', applicationPath(frame, 'refresh')));
    } catch {
      toast(portal.words.authFailed, true);
    }
  },
  resizeWindow(frame, params, reply) {
    const { layout } = frame;
    if (typeof params.width === 'number') layout.style.width = `${params.width}px`;
    else layout.style.width = '100%';
    if (Number(params.height) > 0) layout.style.height = `${Math.min(Number(params.height), 20_000)}px`;
    reply({ width: layout.offsetWidth, height: layout.offsetHeight });
  },
  setTitle(_frame, params, reply) {
    const title = document.getElementById('pagetitle');
    if (title !== null) title.textContent = String(params.title ?? '');
    reply(params);
  },
  setScroll(_frame, params, reply) {
    document.documentElement.style.overflow = params.scroll === false ? 'hidden' : '';
    reply(params);
  },
  reloadWindow: () => location.reload(),
  async openApplication(frame, params, reply) {
    const wanted = sliderRequest(params);
    const mount = (holder) =>
      openFrame(
        holder,
        {
          applicationId: frame.applicationId,
          placement: 'DEFAULT',
          options: { ...wanted.options, IFRAME: 'Y' },
        },
        { mode: 'slider' },
      );
    await openSlider({ ...wanted, owner: frame.applicationId, mount });
    reply(undefined);
  },
  closeApplication: (frame) => closeSliderOf(frame.applicationId),
  async openPath(_frame, params, reply) {
    const path = openablePath(params.path, location.origin);
    if (path === null) return reply({ result: 'error', errorCode: 'PATH_NOT_AVAILABLE' });
    if (look.mobile) return reply({ result: 'error', errorCode: 'METHOD_NOT_SUPPORTED_ON_DEVICE' });
    const address = new URL(href(path), location.origin);
    address.searchParams.set('IFRAME', 'Y');
    address.searchParams.set('IFRAME_TYPE', 'SIDE_SLIDER');
    const mount = (holder) => {
      fill(holder, h('iframe', { class: 'appframe', title: path, src: address.href }));
      return { close: () => holder.replaceChildren() };
    };
    await openSlider({ width: null, title: null, label: null, owner: null, mount });
    return reply({ result: 'close' });
  },
  getInterface: (frame, _params, reply) => reply(placementInterface(frame.init.PLACEMENT)),
  placementBindEvent(frame, params, _reply, callback) {
    if (!placementInterface(frame.init.PLACEMENT).event.includes(params.event)) return;
    frame.bound.set(params.event, [...(frame.bound.get(params.event) ?? []), callback]);
  },
  async reloadData(frame, _params, reply) {
    if (!placementInterface(frame.init.PLACEMENT).command.includes('reloadData')) return;
    await frame.surroundings.reloadData?.();
    reply(undefined);
  },
  async setAppOption(frame, params, reply) {
    const options = await call('POST', applicationPath(frame, 'options'), { scope: 'app', ...params });
    frame.init.APP_OPTIONS = options;
    reply(options);
  },
  async setUserOption(frame, params, reply) {
    const options = await call('POST', applicationPath(frame, 'options'), { scope: 'user', ...params });
    frame.init.USER_OPTIONS = options;
    reply(options);
  },
  async selectUser(_frame, params, reply) {
    const people = await pickPeople(params.mult === true);
    if (people !== null) reply(params.mult === true ? people : people[0]);
  },
  async selectAccess(_frame, _params, reply) {
    const people = await pickPeople(true);
    if (people !== null) reply(people.map(({ id, name }) => ({ id: `U${id}`, name })));
  },
  async selectCRM(_frame, _params, reply) {
    const deals = await pickDeals();
    if (deals !== null) reply({ deal: deals });
  },
  imCallTo: announce,
  imPhoneTo: announce,
  imOpenMessenger: announce,
  imOpenHistory: announce,
};

function announce(_frame, params) {
  toast(typeof params === 'object' ? JSON.stringify(params) : String(params));
}
