import type { FastifyInstance } from 'fastify';
import { changeDelivery, registerFaultControl, resetDelivery } from '../../common/delivery-control.js';
import { FAULT_KINDS } from '../server/faults.js';
import {
  ControlError,
  optionalFlag,
  optionalNumber,
  optionalText,
  readBody,
  requiredNumber,
  requiredText,
} from '../../common/control-input.js';
import type { ControlParts } from './control-parts.js';

/** How the portal behaves: events, faults, clock, limits, name. */
export function registerBehaviourControl(app: FastifyInstance, parts: ControlParts): void {
  registerDelivery(app, parts);
  registerFaults(app, parts);
  registerLimits(app, parts);
  registerSettings(app, parts);
}

function registerDelivery(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  app.post('/events', (request) => {
    const body = readBody(request);
    const { settings: delivery } = store.sender;
    changeDelivery(store.sender, body);
    return { settings: delivery, counts: store.sender.counts };
  });
  app.post('/events/drain', async () => {
    await store.sender.drained();
    return store.sender.counts;
  });
}

function registerFaults(app: FastifyInstance, parts: ControlParts): void {
  const { faults } = parts;
  registerFaultControl(app, faults, FAULT_KINDS);
}

function registerLimits(app: FastifyInstance, parts: ControlParts): void {
  const { store, limits } = parts;
  app.post('/clock', (request) => {
    store.clock.advance(requiredNumber(readBody(request), 'advanceMs'));
    return { now: store.clock.now() };
  });
  app.post('/limits', (request) => {
    const body = readBody(request);
    const values = limits.settings;
    values.on = optionalFlag(body, 'on') ?? values.on;
    values.burst = optionalNumber(body, 'burst') ?? values.burst;
    values.rate = optionalNumber(body, 'rate') ?? values.rate;
    values.operatingLimit = optionalNumber(body, 'operatingLimit') ?? values.operatingLimit;
    const accounting = optionalText(body, 'batchAccounting');
    if (accounting === 'documented' || accounting === 'measured') {
      values.batchAccounting = accounting;
    }
    for (const [method, seconds] of Object.entries(body['costs'] ?? {})) {
      values.costs[method] = Number(seconds);
    }
    return values;
  });
}

function registerSettings(app: FastifyInstance, parts: ControlParts): void {
  const { store, faults, limits, settings } = parts;
  app.post('/settings', (request) => {
    const body = readBody(request);
    settings.v3 = optionalFlag(body, 'v3') ?? settings.v3;
    store.tokens.oldAccessDies = optionalFlag(body, 'oldAccessDies') ?? store.tokens.oldAccessDies;
    return { v3: settings.v3, oldAccessDies: store.tokens.oldAccessDies };
  });
  app.post('/rename', (request) => {
    const to = requiredText(readBody(request), 'to');
    if (!URL.canParse(to)) {
      throw new ControlError(400, 'to must be an origin, such as http://127.0.0.1:3101');
    }
    settings.renamedTo = new URL(to).origin;
    return { renamedTo: settings.renamedTo };
  });
  app.post('/tokens/expire', () => {
    store.tokens.expireAll();
    return { ok: true };
  });
  app.post('/reset', () => {
    faults.clear();
    limits.reset();
    parts.log.clear();
    resetDelivery(store.sender);
    settings.renamedTo = null;
    settings.v3 = true;
    return { ok: true };
  });
}
