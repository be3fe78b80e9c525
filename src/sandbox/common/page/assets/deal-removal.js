import { h } from './dom.js';
import { paths } from './paths.js';
import { call, href, portal } from './portal.js';
import { attempt, dialog } from './widgets.js';

/** Asks, deletes the deal, and goes back to the board. */
export async function removeDeal(id) {
  const { words } = portal;
  const sure = await dialog(words.removeSure, (close) =>
    h(
      'footer',
      { class: 'form' },
      h('button', { class: 'button', onclick: () => close(null) }, words.cancel),
      h('button', { class: 'button danger', onclick: () => close(true) }, words.remove),
    ),
  );
  if (sure !== true) return;
  const gone = await attempt(() => call('DELETE', `/portal/deals/${id}`));
  if (gone !== undefined)
    document.dispatchEvent(new CustomEvent('portal:go', { detail: href(paths.deals('kanban')) }));
}
