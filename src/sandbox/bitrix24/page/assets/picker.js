import { fill, h } from './dom.js';
import { call, money, portal } from './portal.js';
import { attempt, avatar, dialog } from './widgets.js';

/** Lets the person choose colleagues; null when they changed their mind. */
export function pickPeople(several) {
  const { words, start } = portal;
  return dialog(words.chooseUser, (close) => {
    const chosen = new Set();
    const rows = start.users.map((user) => {
      const toggle = (event) => {
        if (!several) return close([personOf(user)]);
        if (chosen.has(user)) chosen.delete(user);
        else chosen.add(user);
        event.currentTarget.setAttribute('aria-pressed', String(chosen.has(user)));
        return undefined;
      };
      return h(
        'button',
        { class: 'pick', onclick: toggle, 'aria-pressed': several ? 'false' : null },
        avatar(user.id),
        h('span', { class: 'grow' }, user.name, h('span', { class: 'faint block' }, user.position)),
      );
    });
    const done = h(
      'button',
      { class: 'button primary', onclick: () => close([...chosen].map(personOf)) },
      words.choose,
    );
    return h(
      'div',
      { class: 'form' },
      h('div', { class: 'picks' }, rows),
      several ? h('footer', {}, done) : null,
    );
  });
}

function personOf(user) {
  return {
    id: String(user.id),
    name: user.name,
    photo: '',
    position: user.position,
    url: `/company/personal/user/${user.id}/`,
    sub: false,
    sup: false,
  };
}

/** Lets the person choose one deal; the answer is an object of numbered entries, as the host gives it. */
export function pickDeals() {
  const { words } = portal;
  return dialog(words.chooseDeal, (close) => {
    const rows = h('div', { class: 'picks' });
    const draw = async (search) => {
      const page = await attempt(() =>
        call('GET', `/portal/deals?limit=20&search=${encodeURIComponent(search)}`),
      );
      if (page === undefined) return;
      fill(
        rows,
        page.deals.map((deal) =>
          h(
            'button',
            { class: 'pick', onclick: () => close({ 0: dealOf(deal) }) },
            h('span', { class: 'grow' }, deal.title),
            money(deal.amount, deal.currency),
          ),
        ),
      );
    };
    void draw('');
    return h(
      'div',
      { class: 'form' },
      h('input', {
        type: 'search',
        'aria-label': words.search,
        placeholder: words.search,
        oninput: (event) => void draw(event.target.value),
      }),
      rows,
    );
  });
}

function dealOf(deal) {
  return {
    id: `D_${deal.id}`,
    type: 'deal',
    title: deal.title,
    desc: deal.companyName ?? '',
    url: `/crm/deal/details/${deal.id}/`,
  };
}
