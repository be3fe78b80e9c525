/**
 * The words of the frame protocol, without the page: how a message of the application is read, which address it may
 * open, what a placement offers. Everything from the frame is untrusted.
 */

const LONGEST_MESSAGE = 1_000_000;

/** `method[:JSON]:callback:SID`, or an object when the method itself has a colon; null when it is neither. */
export function readMessage(data) {
  if (typeof data === 'string') return data.length > LONGEST_MESSAGE ? null : readText(data);
  if (typeof data !== 'object' || data === null || typeof data.method !== 'string') return null;
  return {
    method: data.method,
    params: data.params ?? '',
    callback: String(data.callback ?? ''),
    sid: String(data.appSid ?? ''),
  };
}

function readText(text) {
  const parts = text.split(':');
  if (parts.length < 3) return null;
  const [method] = parts;
  return {
    method,
    params: readParams(parts.slice(1, -2).join(':')),
    callback: parts.at(-2),
    sid: parts.at(-1),
  };
}

function readParams(text) {
  if (text === '') return '';
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `callback:JSON`; an undefined value leaves the second part empty. */
export function writeAnswer(callback, value) {
  return `${callback}:${value === undefined ? '' : JSON.stringify(value)}`;
}

const OPENABLE = [
  /^\/crm\/(?:deal|lead|contact|company|type)\//u,
  /^\/marketplace\//u,
  /^\/company\/personal\/user\/\d+\//u,
  /^\/workgroups\/group\/\d+\//u,
];

/**
 * The address `openPath` may open, or null. Paths arrive with `../..` in them (that is how a width is asked for) and
 * must be made plain before they are held against the list, or any address could be reached.
 */
export function openablePath(path, origin) {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//') || path.includes('\\'))
    return null;
  if (!URL.canParse(path, origin)) return null;
  const url = new URL(path, origin);
  if (url.origin !== origin || !OPENABLE.some((allowed) => allowed.test(url.pathname))) return null;
  return url.pathname + url.search;
}

/** Asked only on the application's own page, never from inside a placement. */
export const MAIN_PAGE_ONLY = new Set(['setTitle', 'setScroll', 'reloadWindow']);

/** What a placement offers besides the general methods. */
export function placementInterface(placement) {
  if (placement.endsWith('_DETAIL_TAB')) return { command: ['reloadData'], event: ['onCrmEntityUpdate'] };
  return { command: [], event: [] };
}

const LABEL_COLORS = {
  aqua: '#06bab1',
  green: '#7bb50b',
  orange: '#ffa801',
  brown: '#ae914b',
  pink: '#ff5b9a',
  blue: '#1f86ff',
  grey: '#a8adb4',
  violet: '#8f5fe8',
};

/** The slider an application asks for: its own keys go to the application as options, the `bx24_` keys to the portal. */
export function sliderRequest(params) {
  const given = typeof params === 'object' && params !== null ? params : {};
  const free = Object.entries(given).filter(([name]) => !name.startsWith('bx24_'));
  const label = given.bx24_label ?? {};
  const width = Number(given.bx24_width);
  return {
    options: 'options' in given ? (given.params ?? {}) : Object.fromEntries(free),
    width: Number.isFinite(width) && width > 0 ? width : null,
    title: typeof given.bx24_title === 'string' ? given.bx24_title : null,
    label:
      typeof label.text === 'string'
        ? { text: label.text, color: LABEL_COLORS[label.bgColor] ?? '#1f86ff' }
        : null,
  };
}
