import type { FastifyInstance } from 'fastify';
import { ControlError, optionalNumber, optionalText, readBody, requiredText } from './control-input.js';
import type { EventSender } from './event-sender.js';
import type { FaultQueue } from './fault-queue.js';

/** `GET`, `POST` and `DELETE /faults`: what is to go wrong next. */
export function registerFaultControl<Kind extends string>(
  app: FastifyInstance,
  faults: FaultQueue<Kind>,
  kinds: readonly Kind[],
): void {
  app.get('/faults', () => ({ kinds, waiting: faults.list() }));
  app.post('/faults', (request) => {
    const body = readBody(request);
    const text = requiredText(body, 'kind');
    const kind = kinds.find((known) => known === text);
    if (kind === undefined) throw new ControlError(400, `kind must be one of ${kinds.join(', ')}`);
    return faults.add({
      kind,
      method: optionalText(body, 'method'),
      times: optionalNumber(body, 'times'),
      after: optionalNumber(body, 'after'),
      amount: optionalNumber(body, 'amount'),
      code: optionalText(body, 'code'),
    });
  });
  app.delete('/faults', () => {
    faults.clear();
    return { ok: true };
  });
}

/** How deliveries misbehave, as far as any host's may. */
export function changeDelivery(sender: EventSender, body: Readonly<Record<string, unknown>>): void {
  for (const name of ['lose', 'loseShare', 'repeat', 'reorder', 'delayMs'] as const) {
    sender.settings[name] = optionalNumber(body, name) ?? sender.settings[name];
  }
}

/** Deliveries go as they should again. */
export function resetDelivery(sender: EventSender): void {
  Object.assign(sender.settings, { lose: 0, loseShare: 0, repeat: 0, reorder: 0, delayMs: 0 });
}
