import { ApiError, forbidden, notFound, unprocessable } from '../server/api-error.js';
import { HOOK_SETTINGS, MAX_HOOKS, type Webhook } from '../store/webhooks.js';
import { EMPTY, type ApiAnswer, type Call, type Route } from './call.js';
import { whole } from './hal.js';
import { readOne, refuseFaulty } from './items.js';
import { among, filterOf, textsOf } from './query.js';

/** Subscriptions to changes: for admins, on plans that have them. */
export function webhookRoutes(): readonly Route[] {
  return [
    { verb: 'GET', path: 'webhooks', name: 'webhooks.list', run: listHooks },
    { verb: 'POST', path: 'webhooks', name: 'webhooks.add', run: putHook },
    { verb: 'DELETE', path: 'webhooks', name: 'webhooks.delete', run: removeHook },
  ];
}

function listHooks(call: Call): ApiAnswer {
  allowed(call);
  const wanted = textsOf(filterOf(call, 'destination'));
  const hooks = call.store.webhooks.all.filter((hook) => among(wanted, hook.destination));
  if (hooks.length === 0) return EMPTY;
  return whole(
    call,
    'webhooks',
    hooks.map((hook) => hookView(call, hook)),
  );
}

/** One object, not a list. What is known is replaced; a hook that was switched off stays off. */
function putHook(call: Call): ApiAnswer {
  allowed(call);
  const { store } = call;
  const item = readOne(call);
  const destination = item.text('destination', true) ?? '';
  const settings = (item.list('settings') ?? []).filter((one): one is string => typeof one === 'string');
  if (!isAddress(destination)) item.fault('destination', 'NotSupportedChoice');
  settings.forEach((name, index) => {
    if (!HOOK_SETTINGS.includes(name)) item.fault(`settings.${index}`, 'NotSupportedChoice');
  });
  if (settings.length === 0) item.fault('settings', 'NotBlank');
  const sort = item.whole('sort') ?? 10;
  refuseFaulty([item]);
  if (store.webhooks.find(destination) === undefined && store.webhooks.all.length >= MAX_HOOKS) {
    throw unprocessable('Webhooks limit exceeded');
  }
  const hook = store.webhooks.put(destination, settings, call.caller.person.id, store.clock.seconds(), sort);
  return { status: store.settings.platform === 1 ? 201 : 200, body: hookView(call, hook) };
}

function removeHook(call: Call): ApiAnswer {
  allowed(call);
  const item = readOne(call);
  const destination = item.text('destination', true) ?? '';
  refuseFaulty([item]);
  if (!call.store.webhooks.remove(destination)) throw notFound('Webhook not found');
  return EMPTY;
}

function allowed(call: Call): void {
  if (!call.caller.person.admin) throw forbidden();
  if (call.store.settings.plan === 'basic') {
    throw new ApiError(403, 'Forbidden', 'Webhooks are not available on the current plan');
  }
}

/** Domains in Cyrillic are refused, also when they come encoded. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/u.test(protocol) && !hostname.includes('xn--');
}

function hookView(call: Call, hook: Webhook) {
  return {
    id: hook.id,
    destination: hook.destination,
    created_at: hook.created,
    updated_at: hook.updated,
    account_id: call.store.accountId,
    created_by: hook.createdBy,
    sort: hook.sort,
    disabled: hook.disabled,
    settings: hook.settings,
  };
}
