import { portal } from './portal.js';
import { toast } from './widgets.js';

/** Where the person is: what `APP` and `self.system()` answer from. */
export const here = { location: 'everywhere', area: '', base: 'leads', card: null, selected: [] };

const written = new Set();

export function setArea(place) {
  Object.assign(here, place);
  state.current_card = place.card === null ? false : { id: place.card.id, model: modelOf(place.card) };
}

export function dropCard() {
  here.card = null;
  here.selected = [];
  state.current_card = false;
}

const state = { current_card: false, current_list: false, current_view: { $el: null } };

/** Puts `APP` and its old name into the page. Its writes are noted: a widget must not change the page's own object. */
export function publish() {
  const app = {
    data: state,
    lang_id: portal.language,
    constant: (name) => (name === 'card_id' ? (here.card?.id ?? 0) : portal.start.constants[name]),
    getBaseEntity: () => here.base,
    isCard: () => here.card !== null,
    getWidgetsArea: () => here.area,
    notifications: {
      show_message: (message) => tell(message),
      show_message_error: (message) => tell(message, true),
      show_notification: (message) => tell(message.text ?? message, message.type === 'error'),
      add_error: (message, callbacks) => later(message, callbacks, true),
      add_call: (message, callbacks) => later(message, callbacks, false),
    },
    addNotificationCallback: () => {},
    sdk: { showUserStatus: () => {}, setCallingStatus: () => {}, getCallingStatus: () => false },
    widgets: {
      list: {},
      system: { subdomain: portal.start.subdomain, domain: portal.start.domain },
    },
  };
  const guarded = new Proxy(app, {
    set(target, name, value) {
      written.add(String(name));
      return Reflect.set(target, name, value);
    },
  });
  window.APP = guarded;
  window.AMOCRM = guarded;
}

/** Returns a function that names what was written into `APP` since. */
export function watchWrites() {
  written.clear();
  return () => [...written];
}

function tell(message, bad = false) {
  toast([message.header, message.text].filter(Boolean).join(': '), bad);
}

function later(message, callbacks, bad) {
  tell(message, bad);
  callbacks?.done?.();
  callbacks?.always?.();
}

/** The little of a Backbone model that widgets look at. */
function modelOf(card) {
  return { id: card.id, attributes: card, get: (name) => card[name] };
}
