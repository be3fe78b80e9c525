import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';
import type { Answer, Call, Method } from './method.js';

const MAX_ATTACH = 60_000;

/** Notifications to employees. */
export function notifyMethods(store: PortalStore): readonly Method[] {
  return ['im.notify', 'im.notify.system.add', 'im.notify.personal.add'].map((name) => ({
    name,
    scope: 'im',
    run: (call) => notify(store, call, name === 'im.notify.personal.add'),
  }));
}

function notify(store: PortalStore, call: Call, personal: boolean): Answer {
  const { params, caller } = call;
  const userId = params.number('USER_ID') || params.number('to');
  checkNotification(call, userId);
  const person = store.people.get(userId);
  if (person === undefined || !person.active) {
    return { result: false };
  }
  const made = store.notifications.add({
    userId,
    fromId: personal ? caller.person.id : 0,
    applicationId: caller.application?.id ?? params.text('CLIENT_ID'),
    message: params.text('MESSAGE'),
    tag: params.text('TAG'),
    subTag: params.text('SUB_TAG'),
    at: store.clock.seconds(),
  });
  store.announce({ kind: 'notification', id: made.id, userId });
  return { result: made.id };
}

function checkNotification(call: Call, userId: number): void {
  const { params, caller } = call;
  if (!Number.isFinite(userId) || userId <= 0) {
    throw new RestError(400, 'USER_ID_EMPTY', 'User identifier is not specified');
  }
  if (!params.has('MESSAGE')) {
    throw new RestError(400, 'MESSAGE_EMPTY', 'Message text is empty');
  }
  if (JSON.stringify(params.get('ATTACH') ?? '').length > MAX_ATTACH) {
    throw new RestError(400, 'ATTACH_OVERSIZE', 'Attachment is too large');
  }
  const tagged = params.has('TAG') || params.has('SUB_TAG');
  if (tagged && caller.application === null && !params.has('CLIENT_ID')) {
    throw new RestError(400, 'CLIENT_ID_EMPTY', 'CLIENT_ID is required for a tag');
  }
}
