import { ICONS, fill, h, icon } from './dom.js';
import { href, look, portal, userName } from './portal.js';

const HUES = [211, 162, 28, 262, 340, 190, 95, 12];

/** A round mark with a person's initials; the name stands beside it or in its title. */
export function avatar(id) {
  const name = userName(id);
  const initials = name
    .split(' ')
    .slice(0, 2)
    .map((word) => word[0] ?? '')
    .join('');
  return h(
    'span',
    {
      class: 'avatar',
      title: name,
      'aria-hidden': 'true',
      style: { '--hue': String(HUES[id % HUES.length]) },
    },
    initials,
  );
}

/** A link inside the page. */
export function link(path, attributes, ...children) {
  return h('a', { ...attributes, href: href(path) }, ...children);
}

export function select(label, value, options, onPick, attributes = {}) {
  const known = options.map(([id, text]) => h('option', { value: id, selected: id === value }, text));
  return h(
    'select',
    { 'aria-label': label, title: label, onchange: (event) => onPick(event.target.value), ...attributes },
    known,
  );
}

export function emptyState(title, hint, ...actions) {
  return h(
    'div',
    { class: 'empty' },
    h('strong', {}, title),
    hint === undefined ? null : h('p', {}, hint),
    actions,
  );
}

export function toast(text, bad = false) {
  const note = h('div', { class: bad ? 'toast bad' : 'toast' }, text);
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), bad ? 8000 : 4000);
}

/** Runs a person's action; a refusal is told in words. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message, true);
    return undefined;
  }
}

/** A native dialog; `build(close)` draws its content; resolves with what `close` was given, or null on Escape. */
export function dialog(title, build) {
  return new Promise((resolve) => {
    let result = null;
    const box = h('dialog', { class: 'dialog', 'aria-label': title });
    const close = (value) => {
      result = value;
      box.close();
    };
    const shut = h(
      'button',
      { class: 'icon-button', 'aria-label': portal.words.close, onclick: () => close(null) },
      icon(ICONS.close),
    );
    fill(box, h('header', {}, h('h2', {}, title), shut), build(close));
    box.addEventListener('close', () => {
      box.remove();
      resolve(result);
    });
    document.getElementById('overlays').append(box);
    box.showModal();
  });
}

/** Calls at most once in `waitMs`, the first time at once: a storm of changes draws one picture. */
export function calm(action, waitMs) {
  let timer = null;
  let again = false;
  const run = () => {
    if (timer !== null) {
      again = true;
      return;
    }
    action();
    timer = setTimeout(() => {
      timer = null;
      if (again) {
        again = false;
        run();
      }
    }, waitMs);
  };
  return run;
}

export function applyTheme() {
  if (look.theme !== null) document.documentElement.dataset.theme = look.theme;
}
