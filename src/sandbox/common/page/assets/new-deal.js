import { h } from './dom.js';
import { paths } from './paths.js';
import { call, href, portal } from './portal.js';
import { attempt, dialog, select } from './widgets.js';

/** Asks for a new deal and goes to its card. */
export async function newDeal(filter) {
  const { words, start } = portal;
  const draft = await dialog(words.newDeal, (close) => {
    const title = h('input', { name: 'title', required: true, maxlength: 200, autofocus: true });
    const amount = h('input', { name: 'amount', type: 'number', min: 0, step: 1, value: '100000' });
    let pipelineId = filter.pipelineId === '' ? String(start.pipelines[0]?.id ?? 0) : filter.pipelineId;
    let ownerId = String(start.user.id);
    const send = (event) => {
      event.preventDefault();
      close({
        title: title.value,
        amount: Number(amount.value) || 0,
        pipelineId: Number(pipelineId),
        ownerId: Number(ownerId),
      });
    };
    return h(
      'form',
      { class: 'form', onsubmit: send },
      h('label', {}, words.title, title),
      h('label', {}, words.amount, amount),
      h(
        'label',
        {},
        words.pipeline,
        select(
          words.pipeline,
          pipelineId,
          start.pipelines.map((one) => [String(one.id), one.name]),
          (value) => (pipelineId = value),
        ),
      ),
      h(
        'label',
        {},
        words.owner,
        select(
          words.owner,
          ownerId,
          start.users.map((user) => [String(user.id), user.name]),
          (value) => (ownerId = value),
        ),
      ),
      h('footer', {}, h('button', { class: 'button primary', type: 'submit' }, words.create)),
    );
  });
  if (draft === null) return;
  const deal = await attempt(() => call('POST', '/portal/deals', draft));
  if (deal !== undefined)
    document.dispatchEvent(new CustomEvent('portal:go', { detail: href(paths.deal(deal.id)) }));
}
