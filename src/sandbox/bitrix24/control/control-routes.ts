import type { FastifyInstance } from 'fastify';
import { registerApplicationControl } from './application-control.js';
import { registerBehaviourControl } from './behaviour-control.js';
import { answerControlFault } from '../../common/control-input.js';
import type { ControlParts } from './control-parts.js';
import { registerDataControl } from './data-control.js';
import { registerStateControl } from './state-control.js';
import { registerTimelineControl } from './timeline-control.js';

/** The control API under `/__sandbox/`; the readme lists it. */
export function registerControl(app: FastifyInstance, parts: ControlParts): void {
  app.register(
    (scope, _options, done) => {
      scope.setErrorHandler(answerControlFault);
      registerStateControl(scope, parts);
      registerDataControl(scope, parts);
      registerTimelineControl(scope, parts);
      registerBehaviourControl(scope, parts);
      registerApplicationControl(scope, parts);
      done();
    },
    { prefix: '/__sandbox' },
  );
}
