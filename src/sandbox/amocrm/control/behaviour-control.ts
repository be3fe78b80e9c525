import type { FastifyInstance } from 'fastify';
import {
  ControlError,
  found,
  optionalFlag,
  optionalNumber,
  optionalText,
  readBody,
  requiredNumber,
  requiredText,
} from '../../common/control-input.js';
import { changeDelivery, registerFaultControl, resetDelivery } from '../../common/delivery-control.js';
import { FAULT_KINDS } from '../server/fault-kinds.js';
import type { ControlParts } from './control-parts.js';

/** How the account behaves: hooks, faults, clock, limits, plan, name. */
export function registerBehaviourControl(app: FastifyInstance, parts: ControlParts): void {
  registerDelivery(app, parts);
  registerFaultControl(app, parts.faults, FAULT_KINDS);
  registerLimits(app, parts);
  registerSettings(app, parts);
  app.post('/clock', (request) => {
    const { clock, courier } = parts.store;
    clock.advance(requiredNumber(readBody(request), 'advanceMs'));
    courier.look();
    return { now: clock.now() };
  });
  app.post('/tokens/expire', () => {
    parts.store.tokens.expireAll();
    return { ok: true };
  });
  app.post('/reset', () => reset(parts));
}

function registerDelivery(app: FastifyInstance, { store }: ControlParts): void {
  app.post('/events', (request) => {
    const body = readBody(request);
    const { settings: delivery, counts } = store.sender;
    changeDelivery(store.sender, body);
    const hooks = store.hooks.settings;
    hooks.loseStatus = optionalFlag(body, 'loseStatus') ?? hooks.loseStatus;
    hooks.coalesce = optionalFlag(body, 'coalesce') ?? hooks.coalesce;
    return { settings: { ...delivery, ...hooks }, counts };
  });
  app.post('/events/drain', async () => {
    await store.sender.drained();
    return store.sender.counts;
  });
  app.post('/hooks/disable', (request) => {
    const hook = found(store.webhooks.find(requiredText(readBody(request), 'destination')), 'such hook');
    hook.disabled = true;
    return { disabled: true };
  });
  app.post('/hooks/enable', (request) => {
    const hook = found(store.webhooks.find(requiredText(readBody(request), 'destination')), 'such hook');
    hook.disabled = false;
    hook.invalid = [];
    return { disabled: false };
  });
}

function registerLimits(app: FastifyInstance, { limits }: ControlParts): void {
  app.post('/limits', (request) => {
    const body = readBody(request);
    const values = limits.settings;
    values.on = optionalFlag(body, 'on') ?? values.on;
    for (const name of ['rate', 'accountRate', 'banAfter', 'banWindowSeconds'] as const) {
      values[name] = optionalNumber(body, name) ?? values[name];
    }
    const style = optionalText(body, 'style');
    if (style === 'text' || style === 'json') values.style = style;
    const banned = optionalFlag(body, 'banned');
    if (banned === true) limits.banned = true;
    if (banned === false) limits.lift();
    return { ...values, banned: limits.banned };
  });
}

function registerSettings(app: FastifyInstance, { store }: ControlParts): void {
  const { settings, tokens } = store;
  app.post('/settings', (request) => {
    const body = readBody(request);
    const plan = optionalText(body, 'plan');
    if (plan === 'basic' || plan === 'extended' || plan === 'professional') settings.plan = plan;
    else if (plan !== undefined) throw new ControlError(400, 'plan must be basic, extended or professional');
    settings.filterAddOn = optionalFlag(body, 'filterAddOn') ?? settings.filterAddOn;
    settings.clockSkew = optionalNumber(body, 'clockSkew') ?? settings.clockSkew;
    settings.disposable = disposableOf(optionalText(body, 'disposable')) ?? settings.disposable;
    const platform = optionalNumber(body, 'platform');
    if (platform === 1 || platform === 2) settings.platform = platform;
    const paid = optionalFlag(body, 'paid');
    if (paid !== undefined && paid !== settings.paid) {
      settings.paid = paid;
      settings.unpaidSince = store.clock.seconds();
    }
    tokens.graceRefresh = optionalFlag(body, 'graceRefresh') ?? tokens.graceRefresh;
    tokens.oldAccessDies = optionalFlag(body, 'oldAccessDies') ?? tokens.oldAccessDies;
    return { ...settings, graceRefresh: tokens.graceRefresh, oldAccessDies: tokens.oldAccessDies };
  });
  app.post('/rename', (request) => {
    const body = readBody(request);
    const to = requiredText(body, 'to');
    if (!URL.canParse(to)) {
      throw new ControlError(400, 'to must be an origin, such as http://127.0.0.1:3102');
    }
    settings.renamedTo = new URL(to).origin;
    settings.subdomain = optionalText(body, 'subdomain') ?? settings.subdomain;
    return { renamedTo: settings.renamedTo, subdomain: settings.subdomain };
  });
}

function reset({ store, faults, limits, log }: ControlParts) {
  faults.clear();
  limits.reset();
  log.clear();
  resetDelivery(store.sender);
  Object.assign(store.hooks.settings, { loseStatus: false, coalesce: false });
  Object.assign(store.settings, {
    renamedTo: null,
    plan: 'extended',
    paid: true,
    filterAddOn: false,
    platform: 1,
    clockSkew: 0,
    disposable: 'good',
  });
  return { ok: true };
}

function disposableOf(
  text: string | undefined,
): 'good' | 'expired' | 'wrong-audience' | 'wrong-secret' | undefined {
  switch (text) {
    case undefined:
    case 'good':
    case 'expired':
    case 'wrong-audience':
    case 'wrong-secret':
      return text;
    default:
      throw new ControlError(400, 'disposable must be good, expired, wrong-audience or wrong-secret');
  }
}
