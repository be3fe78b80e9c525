import type { Frame } from 'playwright-core';
import { stumblings } from './axe.js';

/** Said in the page: what the checks below share. */
const SHARED = `
  const open = document.querySelector('dialog[open]');
  const within = open ?? document.body;
  const all = (selector, from = within) =>
    [...from.querySelectorAll(selector)].filter((one) => one.checkVisibility({ visibilityProperty: true }));
  const told = (node) => node.textContent.replace(/\\s+/g, ' ').trim();
  const called = (node) => '<' + node.tagName.toLowerCase() + ' ' + (node.getAttribute('class') ?? '') + '> ' + told(node).slice(0, 60);
  const PRESSED = 'a[href], button, select, summary, textarea, input, [role="tab"]';
  const HELD = PRESSED + ', [tabindex="0"]';
  const held = () => all(HELD).filter((one) => !one.disabled && one.tabIndex >= 0 && !one.closest('.hidden'));
  const spotOf = (one) => (one.matches('[type=checkbox], [type=radio]') && one.closest('label') || one).getBoundingClientRect();
`;

/**
 * Points 3, 13 to 17 as far as a machine can tell: what stands out of its place, what is too small, in the wrong order, without
 * a name or a ring, one line for each fault.
 */
const POINTS = `(() => {
  ${SHARED}
  const faults = [];
  const fault = (point, node) => faults.push(point + ': ' + called(node));

  // One main heading, one main part, named menus.
  const heads = all('h1', document.body);
  if (heads.length !== 1) faults.push('main headings: ' + heads.length);
  if (all('main', document.body).length !== 1) faults.push('main parts: ' + all('main', document.body).length);
  for (const nav of all('nav')) if (!nav.getAttribute('aria-label')) fault('menu without a name', nav);
  if (document.querySelector('[role="search"]') && !document.querySelector('[aria-live], [role="status"]')) faults.push('nothing says what a search found');

  // Tables say what their rows and columns are; pictures have words and a table.
  for (const head of all('th')) if (!head.getAttribute('scope')) fault('head of a table without a scope', head);
  for (const table of all('table'))
    if (!table.caption && !table.closest('[aria-label], [aria-labelledby]')) fault('table without a name', table);
  for (const canvas of all('canvas')) {
    const figure = canvas.closest('figure');
    if (!figure?.querySelector('figcaption')?.textContent.trim() || !figure.querySelector('button[aria-pressed]'))
      fault('picture without words or a table', figure ?? canvas);
  }

  // What is seen on a control is how its name begins.
  const plain = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}%]+/gu, ' ').trim();
  for (const control of all('button, a[href], summary, [role="tab"]')) {
    const label = control.getAttribute('aria-label');
    if (label === null) continue;
    const copy = control.cloneNode(true);
    for (const one of copy.querySelectorAll('.hidden, svg, [aria-hidden="true"]')) one.remove();
    const shown = plain(copy.textContent);
    const begins = /^\\d+$/.test(shown) ? plain(label).split(' ').includes(shown) : plain(label).startsWith(shown);
    if (!begins) fault('name that begins with something else, "' + label + '"', control);
  }

  // Reached by the finger and by the keyboard, in the order in which it is read.
  for (const control of all(PRESSED)) {
    if (control.closest('.hidden')) continue;
    const { width, height } = spotOf(control);
    if (width < 24 || height < 24) fault('smaller than 24 px, ' + Math.round(width) + ' × ' + Math.round(height), control);
  }
  for (const one of all('[tabindex]')) if (one.tabIndex > 0) fault('out of turn', one);
  const stays = (one) => { for (let at = one; at; at = at.parentElement) if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return false; return true; };
  // What has scrolled out of its box stands at the edge of the box.
  const placeOf = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const box = one.closest('.panel-scroll, .fold-box, .board, .column, dialog')?.getBoundingClientRect() ?? { left: 0, right: innerWidth, top: -1e6, bottom: 1e6 };
    const hiddenBy = bottom <= box.top || top >= box.bottom || right <= box.left || left >= box.right;
    if (hiddenBy) return null;
    const between = (low, at, high) => Math.max(low, Math.min(at, high));
    return { left: between(box.left, left, box.right), right: between(box.left, right, box.right), top: between(box.top, top, box.bottom), bottom: between(box.top, bottom, box.bottom) };
  };
  const order = held().filter((one) => open || stays(one));
  order.forEach((one, index) => {
    const next = order[index + 1];
    if (!next || one.contains(next)) return;
    const from = placeOf(one);
    const to = placeOf(next);
    if (from && to && to.bottom <= from.top && to.left < from.right) fault('keyboard goes back up to ' + called(next) + ' from', one);
  });

  // A ring of two pixels, and nothing lies over what has it.
  const before = document.activeElement;
  for (const one of held()) {
    one.blur();
    one.focus({ focusVisible: true });
    if (document.activeElement !== one) continue;
    const ringed = one.matches('[type=checkbox], [type=radio]') ? [one, one.closest('label') ?? one] : [one];
    const ring = ringed.some((each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
    if (!ring) fault('no ring', one);
    const { left, top, width, height } = spotOf(one);
    // Whole: what a scrolling board shows in part is found there.
    const covers = [0.1, 0.5, 0.9].map((share) => document.elementFromPoint(left + width * share, top + Math.min(height / 2, 20)))
      .filter((over) => over && !one.contains(over) && !over.contains(one) && !over.closest('label')?.contains(one));
    if (covers.length === 3) fault('under ' + called(covers[0]) + ' is', one);
  }
  before?.focus?.({ preventScroll: true });
  for (const box of all('*')) if (box.scrollTop !== 0 || box.scrollLeft !== 0) box.scrollTo(0, 0);

  // What moves, moves only where one asked for it.
  for (const moving of document.getAnimations())
    if (moving.effect?.getComputedTiming().duration > 0) fault('moves', moving.effect.target);
  return faults;
})()`;

/** Words that stand out of their place, or are cut off where nothing says so. */
const PLACES = `(() => {
  ${SHARED}
  const faults = [];
  const fault = (point, node) => faults.push(point + ': ' + called(node));
  /** Only for who listens. */
  const aside = (node) => { for (let at = node; at; at = at.parentElement) if (getComputedStyle(at).clipPath !== 'none') return true; return false; };
  const scrolls = (node) => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
  const shortened = (node) => getComputedStyle(node).textOverflow === 'ellipsis';
  const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const holder = text.parentElement;
    if (text.data.trim() === '' || holder.closest('.hidden, option, script') || aside(holder) || !holder.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const { left, right, width } = range.getBoundingClientRect();
    if (width === 0) continue;
    let inside = true;
    for (let around = holder; around && around !== document.body; around = around.parentElement) {
      if (shortened(around) || (scrolls(around) && around.scrollWidth > around.clientWidth)) { inside = false; break; }
      if (!around.matches('.card, .row, li, td, th, dialog, button, .badge, .button')) continue;
      const box = around.getBoundingClientRect();
      if (right > box.right + 1 || left < box.left - 1) { fault('words out of <' + around.tagName.toLowerCase() + ' ' + around.className + '>', holder); inside = false; break; }
    }
    if (inside && (right > innerWidth + 1 || left < -1)) fault('words out of the frame', holder);
  }
  for (const box of all('*')) {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(box);
    if (getComputedStyle(box).webkitLineClamp !== 'none') continue;
    if (aside(box) || box.closest('.hidden, svg, select, input, textarea, canvas') || textOverflow === 'ellipsis') continue;
    const cut = (overflowX === 'hidden' && box.scrollWidth > box.clientWidth + 2) || (overflowY === 'hidden' && box.scrollHeight > box.clientHeight + 2);
    if (cut && told(box) !== '') fault('cut off', box);
  }
  return [...new Set(faults)];
})()`;

/** Every text a third longer, its letters and lines further apart: as another language, and as who reads badly sets it. */
const STRAIN = `(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.06em !important; word-spacing: 0.16em !important; }');
  document.adoptedStyleSheets.push(sheet);
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const words = text.data.trim();
    if (/\\p{L}{3}/u.test(words)) text.data = text.data.trimEnd() + ' ' + words.slice(0, Math.ceil(words.length * 0.35)).trim() + ' ';
  }
})()`;

/** In the system's own colours what is chosen still looks other than what is not. */
const FORCED = `(() => {
  ${SHARED}
  const looks = (one) => {
    const style = getComputedStyle(one);
    return ['borderTop', 'borderBottom', 'borderLeft', 'outline', 'textDecorationLine', 'fontWeight', 'backgroundColor', 'color'].map((name) => style[name]).join();
  };
  const CHOSEN = '[aria-pressed="true"], [aria-selected="true"][role="tab"], [aria-current]:not([aria-current="false"])';
  return all(CHOSEN).flatMap((one) => {
    const other = [...(one.parentElement?.parentElement ?? document).querySelectorAll(one.tagName)].find(
      (each) => each !== one && each.className.split(' ')[0] === one.className.split(' ')[0] && !each.matches(CHOSEN) && !each.disabled);
    return other && looks(other) === looks(one) ? ['chosen and not chosen look the same: ' + called(one)] : [];
  });
})()`;

/** How far things jumped while the screen came, by the browser's own measure: 0.1 is what people notice. */
const SHIFTS = `new Promise((resolve) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  });
  observer.observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => setTimeout(() => { observer.disconnect(); resolve(Math.round(sum * 1000) / 1000); }, 0));
})`;

const listOf = (frame: Frame, script: string): Promise<readonly string[]> => frame.evaluate<string[]>(script);

/** Everything that a machine can tell about what is seen at this width and in these colours. */
export async function faultsIn(frame: Frame): Promise<readonly string[]> {
  return [
    ...(await stumblings(frame)),
    ...(await listOf(frame, POINTS)),
    ...(await listOf(frame, PLACES)),
    ...(await wide(frame)),
  ];
}

/** What is out of its place at this width. */
export async function misplaced(frame: Frame): Promise<readonly string[]> {
  return [...(await listOf(frame, PLACES)), ...(await wide(frame))];
}

/** The same with every text a third longer and set wide. What the page shows is spoiled afterwards. */
export async function misplacedUnderStrain(frame: Frame): Promise<readonly string[]> {
  await frame.evaluate(STRAIN);
  return misplaced(frame);
}

/** The browser must be told before to use the system's own colours. */
export const sameWhenForced = (frame: Frame): Promise<readonly string[]> => listOf(frame, FORCED);

export const shifted = (frame: Frame): Promise<number> => frame.evaluate<number>(SHIFTS);

/** A page that scrolls to the side, and how far. */
async function wide(frame: Frame): Promise<readonly string[]> {
  const pixels = await frame.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return pixels > 0 ? [`the page scrolls to the side: ${pixels} px`] : [];
}
