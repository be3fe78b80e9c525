import { paths } from './paths.js';
import { wordsOf } from './words.js';

/** Who looks, in which language: all of it stands in the address, so that a view can be shared and nothing is stored. */
const address = new URLSearchParams(location.search);

export const look = {
  user: address.get('user') ?? paths.personIn(location.pathname),
  lang: address.get('lang') === 'ru' || address.get('lang') === 'en' ? address.get('lang') : null,
  theme: address.get('theme') === 'dark' || address.get('theme') === 'light' ? address.get('theme') : null,
  framed: address.get('IFRAME') === 'Y',
  mobile: address.get('mobile') === '1',
};

/** What `/portal/start` answered; filled before anything is drawn. */
export const portal = { start: null, words: wordsOf('ru'), language: 'ru', clockSkewMs: 0 };

export async function loadStart() {
  portal.start = await call('GET', '/portal/start');
  portal.language = look.lang ?? portal.start.language;
  portal.words = wordsOf(portal.language);
  portal.clockSkewMs = portal.start.now - Date.now();
  return portal.start;
}

/** Calls the page's own data address; throws an Error with the portal's message. */
export async function call(method, path, body, more = {}) {
  const headers = { accept: 'application/json', ...more };
  if (look.user !== null) headers['x-portal-user'] = look.user;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

/** An address of this page that keeps the person, the language and the theme. */
export function href(path, extra = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries({
    user: look.user,
    lang: look.lang,
    theme: look.theme,
    ...extra,
  })) {
    if (value !== null && value !== undefined && !url.searchParams.has(name))
      url.searchParams.set(name, value);
  }
  if (look.framed) {
    url.searchParams.set('IFRAME', 'Y');
    url.searchParams.set('IFRAME_TYPE', 'SIDE_SLIDER');
  }
  return url.pathname + url.search;
}

export function now() {
  return Date.now() + portal.clockSkewMs;
}

export function userName(id) {
  const user = [...portal.start.users, ...portal.start.former].find((one) => one.id === id);
  return user?.name ?? `#${id}`;
}

export function stageOf(stageId) {
  for (const pipeline of portal.start.pipelines) {
    const stage = pipeline.stages.find((one) => one.id === stageId);
    if (stage !== undefined) return stage;
  }
  return { id: stageId, name: stageId, color: '#9aa4b2', kind: 'open' };
}

export function money(amount, currency) {
  const digits = { style: 'currency', currency, maximumFractionDigits: 0 };
  return new Intl.NumberFormat(portal.language, digits).format(amount);
}

export function count(number) {
  return new Intl.NumberFormat(portal.language).format(number);
}

/** A deal's number as people write it. */
export function number(id) {
  return portal.language === 'ru' ? `№ ${id}` : `#${id}`;
}

export function moment(at) {
  const zone = portal.start.user.timeZone;
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone };
  const sameYear = new Date(at).getUTCFullYear() === new Date(now()).getUTCFullYear();
  return new Intl.DateTimeFormat(portal.language, sameYear ? parts : { ...parts, year: 'numeric' }).format(
    at,
  );
}

/** "3 days": how long something has lasted. */
export function lasting(fromAt) {
  const minutes = Math.max(0, Math.round((now() - fromAt) / 60_000));
  const [value, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 2880
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 1440), 'day'];
  return new Intl.NumberFormat(portal.language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

const listeners = new Set();

/** Calls back with the changes of the portal; returns the function that ends it. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the portal's changes; `onState` hears whether the connection stands. */
export function follow(onState) {
  let source = null;
  let missed = false;
  const all = (changes, more) => listeners.forEach((listener) => listener(changes, more));
  const open = () => {
    source = new EventSource('/portal/stream');
    source.onmessage = (event) => {
      const { changes, more } = JSON.parse(event.data);
      all(changes, more);
    };
    source.onerror = () => {
      missed = true;
      onState(false);
    };
    source.onopen = () => {
      onState(true);
      if (missed) all([], true);
      missed = false;
    };
  };
  open();
  // A page the browser puts aside keeps its stream, and six of them leave no connection for the page in front.
  addEventListener('pagehide', () => {
    missed = true;
    source.close();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
}
