import { ICONS, h, icon } from './dom.js';
import { portal } from './portal.js';

const stack = [];

/** Opens a panel over the page, above those that are open; resolves when it is closed. */
export function openSlider({ width, title, label, owner, mount }) {
  return new Promise((resolve) => {
    const opener = document.activeElement;
    const holder = h('div', { class: 'slider-body' });
    const shut = h(
      'button',
      { class: 'slider-close', 'aria-label': portal.words.close, onclick: () => close() },
      icon(ICONS.close),
      label === null
        ? null
        : h('span', { class: 'slider-label', style: { '--label': label.color } }, label.text),
    );
    const panel = h(
      'div',
      {
        class: 'slider',
        role: 'dialog',
        'aria-modal': 'true',
        'aria-label': title ?? portal.words.open,
        tabindex: '-1',
      },
      shut,
      title === null ? null : h('h2', { class: 'slider-title' }, title),
      holder,
    );
    if (width !== null) panel.style.setProperty('--width', `${width}px`);
    const shade = h('div', { class: 'shade', onclick: (event) => event.target === shade && close() }, panel);
    const inner = mount(holder);
    const entry = { owner, close };
    function close() {
      const place = stack.indexOf(entry);
      if (place < 0) return;
      stack.splice(place, 1);
      inner.close();
      shade.remove();
      if (opener instanceof HTMLElement) opener.focus();
      resolve();
    }
    stack.push(entry);
    document.getElementById('overlays').append(shade);
    panel.focus();
  });
}

/** Closes the uppermost panel, when it is the application's own. */
export function closeSliderOf(owner) {
  const top = stack.at(-1);
  if (top !== undefined && top.owner === owner) top.close();
}

addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) stack.at(-1)?.close();
});
