import type { FastifyInstance } from 'fastify';
import { answerControlFault } from '../../common/control-input.js';
import { registerBehaviourControl } from './behaviour-control.js';
import type { ControlParts } from './control-parts.js';
import { registerDataControl } from './data-control.js';
import { registerIntegrationControl } from './integration-control.js';
import { registerStateControl } from './state-control.js';

/** The control API under `/__sandbox/`; the readme lists it. */
export function registerControl(app: FastifyInstance, parts: ControlParts): void {
  app.register(
    (scope, _options, done) => {
      scope.setErrorHandler(answerControlFault);
      registerStateControl(scope, parts);
      registerDataControl(scope, parts);
      registerBehaviourControl(scope, parts);
      registerIntegrationControl(scope, parts);
      done();
    },
    { prefix: '/__sandbox' },
  );
}
