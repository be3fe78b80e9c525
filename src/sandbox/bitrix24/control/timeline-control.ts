import type { FastifyInstance } from 'fastify';
import {
  ControlError,
  found,
  optionalNumber,
  pathNumber,
  readBody,
  requiredText,
} from '../../common/control-input.js';
import { activityView } from '../portal-views.js';
import { changeActivity, pressButton } from '../store/activity-actions.js';
import { byUser } from '../store/portal-store.js';
import type { ControlParts } from './control-parts.js';

/** What a person does in a deal's timeline: reading it, pressing buttons, completing. */
export function registerTimelineControl(app: FastifyInstance, { store, context }: ControlParts): void {
  app.get('/deals/:id/timeline', (request) => {
    const { id } = found(store.deals.get(pathNumber(request)), 'such deal');
    return { comments: context.timeline(id), activities: context.activities(id) };
  });
  app.post('/activities/:id/press', (request) => {
    const row = found(store.activities.get(pathNumber(request)), 'such activity');
    const body = readBody(request);
    const as = optionalNumber(body, 'as') ?? Number(row.values['responsibleId']);
    try {
      return pressButton(store, row.id, requiredText(body, 'button'), as);
    } catch (error) {
      if (error instanceof ControlError) throw error;
      throw new ControlError(400, error instanceof Error ? error.message : 'no such button');
    }
  });
  app.post('/activities/:id/complete', (request) => {
    const row = found(store.activities.get(pathNumber(request)), 'such activity');
    const as = optionalNumber(readBody(request), 'as') ?? Number(row.values['responsibleId']);
    changeActivity(store, row, { completed: 'Y' }, byUser(as));
    return activityView(row);
  });
}
